package io.syncline.system.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a folder holds, read by plain file operations alone: an independent judge of what was
 * synced.
 */
public final class Folders {
    /** Syncline's own directory in the root of a synced folder. */
    static final String OWN = ".syncline";

    private Folders() {}

    /**
     * Every path below the folder with what is there: {@code d} for a directory, {@code l TARGET}
     * for a symlink, {@code f SIZE SHA-256 [x] MTIME} for a file.
     */
    static Map<String, String> describe(Path root) {
        TreeMap<String, String> found = new TreeMap<>();
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            if (directory.getParent() != null
                                    && directory.getParent().equals(root)
                                    && directory.getFileName().toString().equals(OWN)) {
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            if (!directory.equals(root)) {
                                found.put(root.relativize(directory).toString(), "d");
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            found.put(root.relativize(file).toString(), describe(file, attributes));
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException failure)
                                throws IOException {
                            if (failure instanceof NoSuchFileException) {
                                return FileVisitResult.CONTINUE;
                            }
                            throw failure;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String describe(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            return "l " + Files.readSymbolicLink(file);
        }
        boolean executable =
                Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
                        .contains(PosixFilePermission.OWNER_EXECUTE);
        return "f "
                + attributes.size()
                + " "
                + sha256(file)
                + (executable ? " x " : " ")
                + attributes.lastModifiedTime().toInstant();
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The differences between two folders, a line each; empty when they are equal. */
    public static List<String> differences(Path left, Path right) {
        Map<String, String> a = describe(left);
        Map<String, String> b = describe(right);
        TreeSet<String> paths = new TreeSet<>(a.keySet());
        paths.addAll(b.keySet());
        List<String> differences = new ArrayList<>();
        for (String path : paths) {
            if (!Objects.equals(a.get(path), b.get(path))) {
                differences.add(path + ": " + a.get(path) + " | " + b.get(path));
            }
        }
        return differences;
    }

    /**
     * The SHA-256 of every file's bytes below the folder, Syncline's trash and conflict copies
     * included.
     */
    static Set<String> contentsWithTrash(Path root) {
        TreeSet<String> hashes = new TreeSet<>();
        try (var files = Files.walk(root)) {
            for (Path file :
                    files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
                hashes.add(sha256(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return hashes;
    }

    static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static void write(Path file, byte[] bytes) {
        try {
            Path parent = Objects.requireNonNull(file.getParent());
            Files.createDirectories(parent);
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the text with a fixed modification time: two devices then have equal files, not only
     * equal bytes.
     */
    static void writeAlike(Path file, String text) {
        write(file, text);
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-02-02T02:02:02Z")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the file exists and holds exactly this text. */
    static boolean holds(Path file, String text) {
        return Files.isRegularFile(file) && read(file).equals(text);
    }
}
