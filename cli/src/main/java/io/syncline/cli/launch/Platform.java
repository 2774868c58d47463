package io.syncline.cli.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** An operating system and processor for which the libraries carry native code. */
enum Platform {
    LINUX_AMD64("linux/amd64/", ".so", "Linux/x86_64/libsqlitejdbc.so"),
    LINUX_AARCH64("linux/aarch64/", ".so", "Linux/aarch64/libsqlitejdbc.so"),
    MAC_AMD64("darwin/x86_64/", ".dylib", "Mac/x86_64/libsqlitejdbc.dylib"),
    MAC_AARCH64("darwin/aarch64/", ".dylib", "Mac/aarch64/libsqlitejdbc.dylib");

    private final String zstdFolder;
    private final String zstdSuffix;
    private final String sqliteFile;

    Platform(String zstdFolder, String zstdSuffix, String sqliteFile) {
        this.zstdFolder = zstdFolder;
        this.zstdSuffix = zstdSuffix;
        this.sqliteFile = sqliteFile;
    }

    /**
     * The one this JVM runs on; empty where it isn't known to be one of them, and then the
     * libraries choose for themselves. Linux without glibc is such a case.
     */
    static Optional<Platform> current() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        boolean arm = System.getProperty("os.arch", "").equals("aarch64");
        boolean intel =
                System.getProperty("os.arch", "").equals("amd64")
                        || System.getProperty("os.arch", "").equals("x86_64");
        if (system.startsWith("mac")) {
            return arm
                    ? Optional.of(MAC_AARCH64)
                    : intel ? Optional.of(MAC_AMD64) : Optional.empty();
        }
        if (system.equals("linux")) {
            if (intel && Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"))) {
                return Optional.of(LINUX_AMD64);
            }
            if (arm && Files.exists(Path.of("/lib/ld-linux-aarch64.so.1"))) {
                return Optional.of(LINUX_AARCH64);
            }
        }
        return Optional.empty();
    }

    /** A pattern of the entry in zstd-jni's jar, whose name holds the version. */
    String zstdEntry() {
        return zstdFolder + "libzstd-jni-[^/]*\\" + zstdSuffix;
    }

    /** A pattern of the entry in sqlite-jdbc's jar. */
    String sqliteEntry() {
        return "org/sqlite/native/" + sqliteFile.replace(".", "\\.");
    }
}
