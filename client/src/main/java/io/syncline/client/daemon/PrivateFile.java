package io.syncline.client.daemon;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Small files that only their owner may read: written whole and durably, or not at all. */
final class PrivateFile {
    private static final int BYTES_MAX = 64 << 10;
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFile() {}

    /** Makes the directory and its parents, readable by its owner alone. */
    static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory, permissions("rwx------"));
        } catch (IOException e) {
            throw failed("make directory", directory, e);
        }
    }

    /** Replaces the file's bytes atomically. */
    static void write(Path file, byte[] bytes) {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(temporary);
            Set<StandardOpenOption> options =
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel =
                    FileChannel.open(temporary, options, permissions("rw-------"))) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            if (POSIX) {
                try (FileChannel directory =
                        FileChannel.open(Objects.requireNonNull(file.getParent()))) {
                    directory.force(true);
                }
            }
        } catch (IOException e) {
            throw failed("write", file, e);
        }
    }

    /** The file's bytes; empty where there is no such file. */
    static Optional<byte[]> read(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw SynclineException.corrupt("too large to be ours: " + file);
            }
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read", file, e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("delete", file, e);
        }
    }

    private static FileAttribute<?>[] permissions(String spelling) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(spelling))
                }
                : new FileAttribute<?>[0];
    }

    private static SynclineException failed(String what, Path file, IOException cause) {
        return new SynclineException(
                ErrorCode.UNAVAILABLE,
                "cannot " + what + " " + file + ": " + cause.getMessage(),
                cause);
    }
}
