package io.syncline.system.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Loads all of Syncline anew, the simulator included, with one class mutated; what it builds upon
 * is its parent's.
 */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "io.syncline.";

    private final String name;
    private final byte[] mutated;

    /**
     * A loader whose classes nobody has used yet.
     *
     * @throws IllegalStateException where the mutation finds nothing to remove
     */
    MutantLoader(Mutation mutation, ClassLoader parent) {
        super("mutant " + mutation.name(), parent);
        this.name = mutation.className();
        this.mutated = Rewriter.rewrite(bytes(name), mutation, parent);
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
            byte[] bytes = of.equals(name) ? mutated : bytes(of);
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
