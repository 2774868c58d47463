package io.syncline.storage.block.pack;

import io.syncline.storage.block.BlockStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.function.Consumer;

/** Packs on a disk that tells a crash test where it is, in the middle of an append. */
public final class HaltingPacks {
    private HaltingPacks() {}

    /**
     * Opens packs below a folder.
     *
     * @param here is told {@code torn} when half of a write is done, {@code written} when all of it
     *     is but not yet flushed, {@code forced} when it is flushed
     */
    public static BlockStore open(Path folder, Random random, Consumer<String> here) {
        return PackBlockStore.open(
                folder, new TellingDisk(here), random, InstantSource.system(), 1 << 20);
    }

    private record TellingDisk(RealDisk real, Consumer<String> here) implements Disk {
        TellingDisk(Consumer<String> here) {
            this(new RealDisk(), here);
        }

        @Override
        public DiskFile create(Path path) throws IOException {
            return new TellingFile(real.create(path), here);
        }

        @Override
        public DiskFile open(Path path) throws IOException {
            return new TellingFile(real.open(path), here);
        }

        @Override
        public DiskFile openForReading(Path path) throws IOException {
            return real.openForReading(path);
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            real.forceFolder(folder);
        }
    }

    private record TellingFile(Disk.DiskFile file, Consumer<String> here) implements Disk.DiskFile {
        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            int half = bytes.remaining() / 2;
            file.write(bytes.slice(bytes.position(), half), offset);
            here.accept("torn");
            file.write(
                    bytes.slice(bytes.position() + half, bytes.remaining() - half), offset + half);
            here.accept("written");
        }

        @Override
        public int read(byte[] into, int from, int length, long offset) throws IOException {
            return file.read(into, from, length, offset);
        }

        @Override
        public void force() throws IOException {
            file.force();
            here.accept("forced");
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
