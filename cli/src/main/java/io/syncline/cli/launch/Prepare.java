package io.syncline.cli.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prepares a folder that {@code scripts/refresh} published: renews jars whose classes an AOT cache
 * refuses, unpacks native libraries, and prints the JVM options that make use of it.
 *
 * <p>Measured for {@code syncline version} with an AOT cache: 210 ms with picocli as it comes, 127
 * ms renewed. The first SQLite connection: 170 ms unpacking its library on each start, 65 ms
 * without.
 */
public final class Prepare {
    private Prepare() {}

    /** Prepares the folder named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: Prepare FOLDER");
        }
        var out = new PrintStream(System.out, true, System.out.charset());
        for (String option : prepare(Path.of(arguments[0]))) {
            out.println(quoted(option));
        }
    }

    /** Prepares {@code app} and returns the JVM options to add. */
    static List<String> prepare(Path app) throws IOException {
        Path libraries = app.resolve("lib");
        OldClasses.renew(jar(libraries, "picocli"));

        Path natives = Files.createDirectories(app.resolve("native"));
        var options = new ArrayList<String>();
        Optional<Platform> platform = Platform.current();
        if (platform.isPresent()) {
            NativeLibrary.unpack(jar(libraries, "zstd-jni"), platform.get().zstdEntry(), natives)
                    .ifPresent(file -> options.add("-DZstdNativePath=" + file));
            NativeLibrary.unpack(
                            jar(libraries, "sqlite-jdbc"), platform.get().sqliteEntry(), natives)
                    .ifPresent(_ -> options.add("-Dorg.sqlite.lib.path=" + natives));
        }
        return options;
    }

    private static Path jar(Path libraries, String artifact) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(libraries, artifact + "-[0-9]*.jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        throw new IOException("no jar of " + artifact + " in " + libraries);
    }

    /** One line of an argument file, which knows quotes and backslashes. */
    static String quoted(String option) {
        return '"' + option.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
