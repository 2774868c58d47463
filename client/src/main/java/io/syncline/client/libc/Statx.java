package io.syncline.client.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** The fields of Linux' {@code struct statx}; valid until the next call with the same scratch. */
public record Statx(MemorySegment segment) {
    /** The type bits of {@link #mode}. */
    public static final int TYPE = 0xf000;

    public static final int TYPE_FILE = 0x8000;
    public static final int TYPE_DIRECTORY = 0x4000;
    public static final int TYPE_SYMLINK = 0xa000;

    private static final int STATX_BTIME = 0x800;

    /** Type and permission bits. */
    public int mode() {
        return segment.get(JAVA_SHORT, 28) & 0xffff;
    }

    /** How many names the file has. */
    public int linkCount() {
        return segment.get(JAVA_INT, 16);
    }

    /** The inode's number. */
    public long inode() {
        return segment.get(JAVA_LONG, 32);
    }

    /** Size in bytes. */
    public long sizeBytes() {
        return segment.get(JAVA_LONG, 40);
    }

    /**
     * Space that the file takes on its disk, in units of 512 bytes; less than its size says where
     * it has holes.
     */
    public long blocks() {
        return segment.get(JAVA_LONG, 48);
    }

    /** Major and minor number of the device, as one number. */
    public long device() {
        return (long) segment.get(JAVA_INT, 136) << 32 | (segment.get(JAVA_INT, 140) & 0xffffffffL);
    }

    /** Whether {@link #birthNanos} means something. */
    public boolean hasBirth() {
        return (segment.get(JAVA_INT, 0) & STATX_BTIME) != 0;
    }

    /** Creation time in nanoseconds since 1970. */
    public long birthNanos() {
        return nanos(80);
    }

    /** Time of the last change of attributes, likewise. */
    public long ctimeNanos() {
        return nanos(96);
    }

    /** Time of the last modification, likewise. */
    public long mtimeNanos() {
        return nanos(112);
    }

    /** Seconds and nanoseconds as one int64, clamped at its ends (R45). */
    private long nanos(long offset) {
        long seconds = segment.get(JAVA_LONG, offset);
        long nanos = segment.get(JAVA_INT, offset + 8);
        if (seconds > Long.MAX_VALUE / 1_000_000_000L - 1) {
            return Long.MAX_VALUE;
        }
        if (seconds < Long.MIN_VALUE / 1_000_000_000L + 1) {
            // The smallest value itself means "unknown" to the caller.
            return Long.MIN_VALUE + 1;
        }
        return seconds * 1_000_000_000L + nanos;
    }
}
