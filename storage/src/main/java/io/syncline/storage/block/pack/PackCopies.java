package io.syncline.storage.block.pack;

import io.syncline.storage.block.PackFiles.Copied;
import io.syncline.storage.block.pack.Disk.DiskFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies files of packs. */
final class PackCopies {
    /** Bytes between two reports of how far a copy is. */
    private static final long PIECE_BYTES = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PackCopies.class);

    private final Disk disk;

    PackCopies(Disk disk) {
        this.disk = disk;
    }

    /** Whether this file is never written again: full, and finished. */
    boolean isSealed(Path file) throws IOException {
        if (Files.size(file) < PackBlockStore.PACK_BYTES_MIN) {
            return false;
        }
        try (DiskFile reading = disk.openForReading(file)) {
            return PackFolder.endsWithIndex(reading);
        }
    }

    /**
     * Copies or links a file, so that its whole copy appears under the target's name or nothing
     * does.
     *
     * @param lengthBytes how much of it
     */
    Copied copy(Path source, long lengthBytes, Path target, boolean link, LongConsumer copied)
            throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Copied how = Copied.COPIED;
        if (link && isSealed(source) && link(source, temporary)) {
            how = Copied.LINKED;
            copied.accept(lengthBytes);
        } else {
            copyBytes(source, lengthBytes, temporary, copied);
            // Tells the next backup that this copy is of that state of the pack.
            Files.setLastModifiedTime(temporary, Files.getLastModifiedTime(source));
        }
        Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        disk.forceFolder(Objects.requireNonNull(target.getParent()));
        return how;
    }

    private static boolean link(Path source, Path target) throws IOException {
        try {
            Files.createLink(target, source);
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Another file system, or one without links.
            LOG.atDebug().setCause(e).log("a pack can't be linked");
            return false;
        }
    }

    private static void copyBytes(Path source, long lengthBytes, Path target, LongConsumer copied)
            throws IOException {
        try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ);
                FileChannel to =
                        FileChannel.open(
                                target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long done = 0;
            while (done < lengthBytes) {
                long piece = from.transferTo(done, Math.min(PIECE_BYTES, lengthBytes - done), to);
                if (piece <= 0) {
                    throw new IOException(source + " became shorter while it was copied");
                }
                done += piece;
                copied.accept(piece);
            }
            to.force(true);
        }
    }
}
