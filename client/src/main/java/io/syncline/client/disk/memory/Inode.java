package io.syncline.client.disk.memory;

import io.syncline.client.disk.FileKind;
import java.util.random.RandomGenerator;

/** What a name leads to: by itself a symbolic link or something special. */
class Inode {
    static final int OWNER_READS = 0400;
    static final int OWNER_WRITES = 0200;
    static final int OWNER_EXECUTES = 0100;

    final Volume volume;
    final long number;
    final FileKind kind;
    final long birthNanos;
    final byte[] target;

    /** Permission bits, and the times in nanoseconds: what a power cut takes back together. */
    record Attributes(int mode, long mtimeNanos, long ctimeNanos) {}

    Attributes attributes;
    Attributes durable;

    /** How many names it has, and how many open handles. */
    int names;

    int handles;

    Inode(
            Volume volume,
            long number,
            FileKind kind,
            long birthNanos,
            Attributes attributes,
            byte[] target) {
        this.volume = volume;
        this.number = number;
        this.kind = kind;
        this.birthNanos = birthNanos;
        this.attributes = attributes;
        this.durable = attributes;
        this.target = target;
    }

    @SuppressWarnings("ReferenceEquality") // That is what an inode's identity is.
    final boolean is(Inode other) {
        return this == other;
    }

    final boolean allows(int bit) {
        return (attributes.mode & bit) != 0;
    }

    long sizeBytes() {
        return target.length;
    }

    /** Pages it takes. */
    int pageCount() {
        return 0;
    }

    boolean isDirty() {
        return !attributes.equals(durable);
    }

    /** What was written before that has reached the disk by itself, whatever it is called now. */
    void writeBack(long beforeNanos) {}

    /** Everything about it reaches the disk. */
    void force() {
        durable = attributes;
    }

    /** A power cut. */
    void crash(RandomGenerator random) {
        if (random.nextBoolean()) {
            attributes = durable;
        }
        force();
    }
}
