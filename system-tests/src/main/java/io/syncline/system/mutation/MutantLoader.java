package io.syncline.system.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Loads all of Syncline anew, the simulator included, with what a mutation names rewritten; what it
 * builds upon is its parent's.
 */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "io.syncline.";

    private final Map<String, byte[]> mutated = new HashMap<>();

    /**
     * A loader whose classes nobody has used yet.
     *
     * @throws IllegalStateException where the mutation finds nothing to remove
     */
    MutantLoader(Mutation mutation, ClassLoader parent) {
        super("mutant " + mutation.name(), parent);
        for (Mutation.Part part : mutation.parts()) {
            String name = part.className();
            byte[] before = mutated.containsKey(name) ? mutated.get(name) : bytes(name);
            mutated.put(name, Rewriter.rewrite(before, mutation.name(), part, parent));
        }
    }

    @Override
    protected Class<?> loadClass(String of, boolean resolve) throws ClassNotFoundException {
        if (!of.startsWith(OURS)) {
            return super.loadClass(of, resolve);
        }
        synchronized (getClassLoadingLock(of)) {
            Class<?> known = findLoadedClass(of);
            if (known != null) {
                return known;
            }
            byte[] bytes = mutated.containsKey(of) ? mutated.get(of) : bytes(of);
            return defineClass(of, bytes, 0, bytes.length);
        }
    }

    private byte[] bytes(String of) {
        try (InputStream in = getParent().getResourceAsStream(of.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new IllegalStateException("there is no class " + of);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
