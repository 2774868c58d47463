package io.syncline.cli.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Renews classes older than Java 6. They have no stack maps, so the JVM checks them by its old
 * verifier, and what that one has checked is never put into an AOT cache (JVMS 4.10.2). Renewing
 * adds the stack maps and raises the version; the instructions stay.
 */
final class OldClasses {
    /** The first version that must have stack maps is 51; 52 is Java 8. */
    private static final int NEW_VERSION = ClassFile.JAVA_8_VERSION;

    private OldClasses() {}

    /**
     * Replaces {@code jar} atomically by one whose old classes are renewed; a program that runs
     * from it goes on.
     */
    static void renew(Path jar) throws IOException {
        Path renewed = Files.createTempFile(jar.getParent(), "renewed", ".tmp");
        try {
            URL[] place = {jar.toUri().toURL()};
            try (var classes = new URLClassLoader(place);
                    var in = new ZipFile(jar.toFile());
                    OutputStream file = Files.newOutputStream(renewed);
                    var out = new ZipOutputStream(file)) {
                var format =
                        ClassFile.of(
                                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                                ClassFile.ClassHierarchyResolverOption.of(
                                        ClassHierarchyResolver.ofResourceParsing(classes)));
                for (ZipEntry entry : List.copyOf(in.stream().toList())) {
                    byte[] bytes;
                    try (InputStream content = in.getInputStream(entry)) {
                        bytes = content.readAllBytes();
                    }
                    var copy = new ZipEntry(entry.getName());
                    copy.setTime(entry.getTime());
                    out.putNextEntry(copy);
                    out.write(entry.getName().endsWith(".class") ? renew(format, bytes) : bytes);
                }
            }
            Files.move(renewed, jar, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(renewed);
        }
    }

    private static byte[] renew(ClassFile format, byte[] bytes) {
        ClassModel old = format.parse(bytes);
        if (old.majorVersion() >= ClassFile.JAVA_6_VERSION) {
            return bytes;
        }
        ClassTransform raiseVersion = (builder, element) -> builder.with(renewed(element));
        // Code is taken apart and put together again, which is what makes the stack maps.
        ClassTransform rebuildCode =
                ClassTransform.transformingMethodBodies(
                        CodeTransform.ofStateful(
                                () -> (builder, element) -> builder.with(element)));
        return format.transformClass(old, raiseVersion.andThen(rebuildCode));
    }

    private static ClassElement renewed(ClassElement element) {
        return element instanceof ClassFileVersion ? ClassFileVersion.of(NEW_VERSION, 0) : element;
    }
}
