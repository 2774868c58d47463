package io.syncline.client.transfer;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Stat;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.ContentBuilder;
import io.syncline.core.block.Cutter;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveAction;

/**
 * Reads files in one pass: cuts, hashes and describes them. Holes are described without being read.
 * Inside a fork-join pool the blocks of one large file are hashed by all of its threads.
 * Thread-safe.
 */
final class ContentReader {
    /**
     * How much of a file is looked at at once: large enough that the rest carried from one window
     * to the next, 64 KiB on average, is small against it.
     */
    static final int WINDOW_BYTES = 2 << 20;

    /** Fewer blocks than this aren't worth dividing. */
    private static final int DIVIDE_MIN = 4;

    /** What becomes of the blocks of one file; called by one thread. */
    interface Sink {
        /** Waits until so many bytes more may be held in memory. */
        void reserve(int bytes) throws InterruptedException;

        /** Bytes reserved for which no block will come. */
        void unreserve(int bytes);

        /**
         * The next data block. The buffer is never written again, so a sink may keep it; it gives
         * the block's bytes back by itself.
         */
        void data(Hash hash, byte[] buffer, int from, int to) throws InterruptedException;

        /** The next data blocks, {@code count} equal ones, whose bytes are shared by all. */
        void repeated(Hash hash, byte[] block, int count) throws InterruptedException;

        /** The next tree block; after all that it lists. */
        void tree(TreeBlock tree);
    }

    /** What was read. */
    sealed interface Result {
        record Read(Content content, Stat before, Stat after) implements Result {}

        record Unread(Outcome.Refused why) implements Result {}
    }

    private final Disk disk;
    private final Cutter cutter;
    private final Zeros zeros;

    ContentReader(Disk disk, Cutter cutter) {
        this.disk = disk;
        this.cutter = cutter;
        this.zeros = new Zeros(cutter);
    }

    /** What runs of zeros are cut into by this reader. */
    Zeros zeros() {
        return zeros;
    }

    /** Reads a file, or the target of a symbolic link. */
    Result read(LocalPath path, Sink sink) throws InterruptedException {
        try {
            return switch (disk.open(path)) {
                case Look.Found<ReadHandle>(ReadHandle handle) -> {
                    try (handle) {
                        Stat before = handle.stat();
                        Content content = read(handle, 0, before.sizeBytes(), sink);
                        yield new Result.Read(content, before, handle.stat());
                    }
                }
                case Look.Not<ReadHandle>(Outcome.Unsupported why) -> readLink(path, why, sink);
                case Look.Not<ReadHandle>(var why) -> new Result.Unread(why);
            };
        } catch (DiskException e) {
            return new Result.Unread(e.refusal());
        }
    }

    private Result readLink(LocalPath path, Outcome.Refused why, Sink sink)
            throws InterruptedException {
        Stat before = disk.stat(path).orThrow(path);
        if (before.kind() != FileKind.SYMLINK) {
            return new Result.Unread(why);
        }
        byte[] target = disk.readLink(path).orThrow(path);
        sink.reserve(target.length);
        var pass = new Pass(sink);
        pass.emit(target, new int[] {0, target.length}, target.length == 0 ? 0 : 1);
        return new Result.Read(pass.builder.finish(), before, disk.stat(path).orThrow(path));
    }

    /** Opens a file to read single blocks of it again. */
    SecondLook lookAgain(LocalPath path) {
        return SecondLook.at(disk, path);
    }

    /**
     * Hands over the data blocks that lie between two bytes of a regular file, as far as it has
     * them. Begun in the middle of a block, the cuts agree with those of the whole file after a few
     * blocks.
     */
    void scan(LocalPath path, long fromByte, long toByte, Sink sink) throws InterruptedException {
        Optional<ReadHandle> opened = disk.open(path).found();
        if (opened.isPresent()) {
            try (ReadHandle handle = opened.get()) {
                read(handle, fromByte, Math.min(toByte, handle.stat().sizeBytes()), sink);
            }
        }
    }

    /**
     * Reads at most up to {@code size}, what the file had when it was opened, so that one that
     * grows for ever ends as well; that it grew is seen by the second look.
     */
    private Content read(ReadHandle handle, long fromByte, long size, Sink sink)
            throws InterruptedException {
        var pass = new Pass(sink);
        byte[] carried = new byte[0];
        long begin = fromByte;
        int reserved = 0;
        try {
            boolean end = begin >= size;
            while (!end) {
                long zeros = pass.zeros(handle, begin, size);
                if (zeros > 0) {
                    sink.unreserve(carried.length);
                    reserved -= carried.length;
                    carried = new byte[0];
                    begin += zeros;
                    end = begin == size;
                    continue;
                }
                int fresh = (int) Math.min(size - begin, WINDOW_BYTES) - carried.length;
                sink.reserve(fresh);
                reserved += fresh;
                byte[] window = Arrays.copyOf(carried, carried.length + fresh);
                int filled = fill(handle, window, carried.length, begin + carried.length);
                end = begin + filled == size || filled < window.length;
                int used = pass.cut(window, filled, end);
                reserved -= used;
                begin += used;
                carried = Arrays.copyOfRange(window, used, filled);
            }
        } finally {
            sink.unreserve(reserved);
        }
        return pass.builder.finish();
    }

    private static int fill(ReadHandle handle, byte[] window, int from, long offset) {
        ByteBuffer into = ByteBuffer.wrap(window);
        into.position(from);
        while (into.hasRemaining()) {
            int count = handle.read(into, offset + into.position() - from);
            if (count <= 0) {
                break;
            }
        }
        return into.position();
    }

    /** One pass over one file. */
    private final class Pass {
        final Sink sink;
        final ContentBuilder builder;

        Pass(Sink sink) {
            this.sink = sink;
            this.builder = new ContentBuilder(sink::tree);
        }

        /**
         * Hands over blocks of zeros if a hole holds some from the beginning of a block on, no more
         * than one tree block lists; returns how many bytes that is.
         */
        long zeros(ReadHandle handle, long begin, long size) throws InterruptedException {
            long hole = Math.min(handle.nextData(begin), size) - begin;
            int blocks = (int) Math.min(hole / zeros.sizeBytes(), builder.room(zeros.hash()));
            if (Thread.interrupted()) {
                throw new InterruptedException("the reading was cancelled");
            }
            if (blocks > 0) {
                sink.repeated(zeros.hash(), zeros.bytes(), blocks);
                builder.add(zeros.hash(), zeros.sizeBytes(), blocks);
            }
            return (long) blocks * zeros.sizeBytes();
        }

        /** Hands over all blocks that surely end in this window; returns how far that is. */
        int cut(byte[] window, int filled, boolean end) throws InterruptedException {
            int[] ends = new int[2 + filled / cutter.parameters().minBytes()];
            int count = 0;
            int from = 0;
            while (from < filled) {
                int to = cutter.cut(window, from, filled, end);
                if (to == Cutter.MORE) {
                    break;
                }
                ends[++count] = to;
                from = to;
            }
            emit(window, ends, count);
            return from;
        }

        /** Hashes and hands over the blocks {@code ends[i]..ends[i+1]}. */
        void emit(byte[] window, int[] ends, int count) throws InterruptedException {
            Hash[] hashes = new Hash[count];
            var hashing = new Hashing(window, ends, hashes, 0, count);
            if (count >= DIVIDE_MIN && ForkJoinTask.inForkJoinPool()) {
                hashing.invoke();
            } else {
                hashing.hashAll();
            }
            for (int i = 0; i < count; i++) {
                sink.data(hashes[i], window, ends[i], ends[i + 1]);
                builder.add(hashes[i], ends[i + 1] - ends[i]);
            }
        }
    }

    /** Hashes blocks, dividing the work while there is enough of it. */
    private static final class Hashing extends RecursiveAction {
        private static final long serialVersionUID = 1L;

        private final transient byte[] window;
        private final transient int[] ends;
        private final transient Hash[] hashes;
        private final int from;
        private final int to;

        Hashing(byte[] window, int[] ends, Hash[] hashes, int from, int to) {
            this.window = window;
            this.ends = ends;
            this.hashes = hashes;
            this.from = from;
            this.to = to;
        }

        @Override
        protected void compute() {
            if (to - from < DIVIDE_MIN) {
                hashAll();
                return;
            }
            int middle = (from + to) >>> 1;
            invokeAll(
                    new Hashing(window, ends, hashes, from, middle),
                    new Hashing(window, ends, hashes, middle, to));
        }

        void hashAll() {
            var hasher = new BlockHasher();
            for (int i = from; i < to; i++) {
                hashes[i] = hasher.hash(0, window, ends[i], ends[i + 1]);
            }
        }
    }
}
