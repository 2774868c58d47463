package io.syncline.client.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Native memory for system calls: used by one thread at a time, taken from a bounded pool (not from
 * a thread-local, as virtual threads are many). Beyond the pool's size more are made and freed.
 */
public final class Scratch implements AutoCloseable {
    /** Longest path in one call, without its NUL. */
    public static final int MAX_PATH_BYTES = 4095;

    private static final int POOLED = 16;
    private static final int ENTRIES_BYTES = 64 * 1024;
    private static final ArrayBlockingQueue<Scratch> POOL = new ArrayBlockingQueue<>(POOLED);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment errno = arena.allocate(Libc.errnoLayout());
    private final MemorySegment how = arena.allocate(64, 8);
    private final MemorySegment first = arena.allocate(MAX_PATH_BYTES + 1L);
    private final MemorySegment second = arena.allocate(MAX_PATH_BYTES + 1L);
    private final MemorySegment entries = arena.allocate(ENTRIES_BYTES, 8);
    private final Statx statx = new Statx(arena.allocate(256, 8));

    private Scratch() {}

    /** One that nobody else uses; closing gives it back. */
    public static Scratch take() {
        Scratch pooled = POOL.poll();
        return pooled == null ? new Scratch() : pooled;
    }

    /** The bytes, ended by NUL, in the first of two buffers for names. */
    public MemorySegment name(byte[] bytes) {
        return put(first, bytes);
    }

    /** The same in the second buffer. */
    public MemorySegment otherName(byte[] bytes) {
        return put(second, bytes);
    }

    private static MemorySegment put(MemorySegment buffer, byte[] bytes) {
        if (bytes.length > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("a path of " + bytes.length + " bytes in one call");
        }
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
        buffer.set(JAVA_BYTE, bytes.length, (byte) 0);
        return buffer;
    }

    /** 64 KiB for directory entries, link targets and events. */
    public MemorySegment entries() {
        return entries;
    }

    /** The attributes that the last {@link Libc#statx} read. */
    public Statx statx() {
        return statx;
    }

    MemorySegment errno() {
        return errno;
    }

    MemorySegment how() {
        return how;
    }

    @Override
    public void close() {
        if (!POOL.offer(this)) {
            arena.close();
        }
    }
}
