package io.syncline.client.transfer;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.ReadHandle;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file, or the target of a symbolic link, that has been described, opened to read single blocks
 * of it again. Each is hashed before it is handed out, since the file may have changed meanwhile.
 * Not thread-safe.
 */
final class SecondLook implements AutoCloseable {
    private final BlockHasher hasher = new BlockHasher();
    private final @Nullable ReadHandle handle;
    private final byte[] link;

    private SecondLook(@Nullable ReadHandle handle, byte[] link) {
        this.handle = handle;
        this.link = link;
    }

    /** Opens it; one that can't be opened any more holds no block. */
    static SecondLook at(Disk disk, LocalPath path) {
        try {
            ReadHandle handle = disk.open(path).found().orElse(null);
            byte[] nothing = {};
            return new SecondLook(
                    handle, handle == null ? disk.readLink(path).found().orElse(nothing) : nothing);
        } catch (DiskException e) {
            return new SecondLook(null, new byte[0]);
        }
    }

    /** The block that was there, if it still is. */
    Optional<ByteBuffer> block(Hash hash, long offsetBytes, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        ByteBuffer into = ByteBuffer.wrap(bytes);
        try {
            while (into.hasRemaining()) {
                if (read(into, offsetBytes + into.position()) <= 0) {
                    return Optional.empty();
                }
            }
        } catch (DiskException e) {
            return Optional.empty();
        }
        return hasher.hash(0, bytes, 0, sizeBytes).equals(hash)
                ? Optional.of(into.flip())
                : Optional.empty();
    }

    private int read(ByteBuffer into, long offset) {
        if (handle != null) {
            return handle.read(into, offset);
        }
        int count = (int) Math.min(Math.max(0, link.length - offset), into.remaining());
        into.put(link, count == 0 ? 0 : (int) offset, count);
        return count;
    }

    @Override
    public void close() {
        if (handle != null) {
            handle.close();
        }
    }
}
