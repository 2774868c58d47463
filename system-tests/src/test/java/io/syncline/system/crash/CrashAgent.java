package io.syncline.system.crash;

import io.syncline.system.crash.CrashPoint.Edge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Puts the places of {@link CrashPoints} into the product's classes when a process starts: a call
 * of {@link Hits#at} at the beginning or at each return of a method. A place that isn't in its
 * class ends the process at once, so that no change of the product drops one silently.
 */
public final class CrashAgent {
    /** How a process ends that lacks a place. */
    static final int LACKS_A_PLACE = 70;

    private static final ClassDesc HITS = ClassDesc.of("io.syncline.system.crash.Hits");
    private static final MethodTypeDesc AT =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final String CLOCK_OWNER = "java/time/InstantSource";

    /** The class that hands the server's clock out. */
    private static final String CLOCKED = "io.syncline.server.Server";

    private CrashAgent() {}

    /** Called by the JVM before the program. The argument is the file of {@link Hits}. */
    public static void premain(String file, Instrumentation instrumentation) {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            System.err.println("these places aren't in the program any more: " + missing);
            Runtime.getRuntime().halt(LACKS_A_PLACE);
        }
        Hits.openHere(Path.of(file));
        Set<String> names = new HashSet<>(Set.of(CLOCKED.replace('.', '/')));
        CrashPoints.ALL.forEach(point -> names.add(point.className().replace('.', '/')));
        instrumentation.addTransformer(
                new ClassFileTransformer() {
                    @Override
                    public byte @Nullable [] transform(
                            @Nullable ClassLoader loader,
                            @Nullable String name,
                            @Nullable Class<?> redefined,
                            @Nullable ProtectionDomain domain,
                            byte[] bytes) {
                        if (name == null || !names.contains(name)) {
                            return null;
                        }
                        try {
                            return instrumented(name.replace('/', '.'), bytes);
                        } catch (RuntimeException e) {
                            // Thrown from here it would be ignored by the JVM.
                            e.printStackTrace();
                            Runtime.getRuntime().halt(LACKS_A_PLACE);
                            throw e;
                        }
                    }
                });
    }

    /** The places whose class or method there isn't. */
    static List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (CrashPoint point : CrashPoints.ALL) {
            if (!isThere(point)) {
                missing.add(point.name());
            }
        }
        return missing;
    }

    /** Whether its class has a method with a body of that name. */
    static boolean isThere(CrashPoint point) {
        String resource = "/" + point.className().replace('.', '/') + ".class";
        try (InputStream in = CrashAgent.class.getResourceAsStream(resource)) {
            if (in == null) {
                return false;
            }
            ClassModel model = ClassFile.of().parse(in.readAllBytes());
            return model.methods().stream()
                    .anyMatch(method -> method.code().isPresent() && isIn(point, method));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isIn(CrashPoint point, MethodModel method) {
        return point.isIn(
                method.methodName().stringValue(), method.methodTypeSymbol().parameterCount());
    }

    private static byte[] instrumented(String className, byte[] bytes) {
        ClassFile classFile = ClassFile.of();
        ClassTransform transform =
                (builder, element) -> {
                    List<Integer> entries = new ArrayList<>();
                    List<Integer> exits = new ArrayList<>();
                    if (element instanceof MethodModel method && method.code().isPresent()) {
                        find(className, method, entries, exits);
                        boolean clocked = className.equals(CLOCKED);
                        if (clocked || !entries.isEmpty() || !exits.isEmpty()) {
                            builder.transformMethod(
                                    method,
                                    java.lang.classfile.MethodTransform.transformingCode(
                                            new Calls(entries, exits, clocked)));
                            return;
                        }
                    }
                    builder.with(element);
                };
        return classFile.transformClass(classFile.parse(bytes), transform);
    }

    private static void find(
            String className, MethodModel method, List<Integer> entries, List<Integer> exits) {
        for (int i = 0; i < CrashPoints.ALL.size(); i++) {
            CrashPoint point = CrashPoints.ALL.get(i);
            if (point.className().equals(className) && isIn(point, method)) {
                (point.edge() == Edge.ENTRY ? entries : exits).add(i);
            }
        }
    }

    /** Puts the calls into one method. */
    private record Calls(List<Integer> entries, List<Integer> exits, boolean clocked)
            implements CodeTransform {
        @Override
        public void atStart(CodeBuilder builder) {
            entries.forEach(point -> call(builder, point));
        }

        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            if (element instanceof ReturnInstruction) {
                exits.forEach(point -> call(builder, point));
            }
            if (clocked
                    && element instanceof InvokeInstruction invoke
                    && invoke.owner().asInternalName().equals(CLOCK_OWNER)
                    && invoke.name().equalsString("system")) {
                builder.invokestatic(HITS, "clock", invoke.typeSymbol());
                return;
            }
            builder.with(element);
        }

        private static void call(CodeBuilder builder, int point) {
            builder.loadConstant(point).invokestatic(HITS, "at", AT);
        }
    }

    /**
     * Writes the jar that {@code -javaagent} wants. It holds a manifest only: the classes are on
     * the class path of every process that tests start.
     */
    static void writeJar(Path jar) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(
                new Attributes.Name("Premain-Class"),
                Objects.requireNonNull(CrashAgent.class.getName()));
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
