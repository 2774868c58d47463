package io.syncline.client.disk.memory;

import io.syncline.client.disk.FileKind;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A regular file: what programs see of it and what is on the disk.
 *
 * <p>Between two forcings the bytes go through <em>epochs</em>, each begun by cutting the file:
 * what was cut off never comes back in a later epoch, though an earlier one may be all that a power
 * cut leaves.
 */
final class FileInode extends Inode {
    /** How many epochs are told apart; the oldest unforced ones are forgotten beyond. */
    private static final int MAX_EPOCHS = 16;

    /**
     * @param keptBytes how much of what was forced had not been cut off
     * @param beginBytes its size when it began
     * @param end what it was when it ended
     */
    private record Epoch(long keptBytes, long beginBytes, Content end) {}

    private static final byte[] NO_TARGET = {};

    private final List<Epoch> past = new ArrayList<>();
    private Content content = Content.empty();
    private Content forced = content.snapshot();
    private long keptBytes;
    private long beginBytes;
    private boolean written;
    private long writtenNanos;

    /** Whether a store through a mapping has already set the times. */
    private boolean mappedAndDirty;

    FileInode(Volume volume, long number, long birthNanos, Attributes attributes) {
        super(volume, number, FileKind.FILE, birthNanos, attributes, NO_TARGET);
    }

    Content content() {
        return content;
    }

    Content forced() {
        return forced;
    }

    @Override
    long sizeBytes() {
        return content.size();
    }

    @Override
    int pageCount() {
        return content.pageCount();
    }

    @Override
    boolean isDirty() {
        return written || super.isDirty();
    }

    boolean isContentDirty() {
        return written;
    }

    void wrote(long nowNanos) {
        written = true;
        writtenNanos = nowNanos;
    }

    /** Bytes that have waited for long enough are on the disk, and the times with them. */
    @Override
    void writeBack(long beforeNanos) {
        if (written && writtenNanos < beforeNanos) {
            durable = new Attributes(durable.mode(), attributes.mtimeNanos(), attributes.ctimeNanos());
            forceContent();
        }
    }

    /** A store through a mapping: whether it is the first since all was written back. */
    boolean storeThroughMapping() {
        boolean first = !mappedAndDirty;
        mappedAndDirty = true;
        written = true;
        return first;
    }

    void setSize(long bytes, long nowNanos) {
        wrote(nowNanos);
        if (bytes < content.size()) {
            if (past.size() == MAX_EPOCHS) {
                past.remove(1);
            }
            past.add(new Epoch(keptBytes, beginBytes, content.snapshot()));
            keptBytes = Math.min(keptBytes, bytes);
            beginBytes = bytes;
        }
        content.setSize(bytes);
    }

    @Override
    void force() {
        super.force();
        forceContent();
    }

    private void forceContent() {
        forced = content.snapshot();
        past.clear();
        keptBytes = content.size();
        beginBytes = content.size();
        written = false;
        mappedAndDirty = false;
    }

    /**
     * A power cut. What was forced stays unless it was overwritten, and of that each page is old,
     * new or torn between two sectors; a longer file may be there with zeros in place of its bytes.
     * The times are written before the bytes, as by a journal that is committed every few seconds
     * and bytes that wait for half a minute: new bytes don't come with an old time.
     */
    @Override
    void crash(RandomGenerator random) {
        Content left = written ? survivor(random) : content;
        boolean asForced = left == forced;
        content = left.snapshot();
        if (asForced && random.nextBoolean()) {
            attributes = durable;
        }
        force();
    }

    private Content survivor(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> forced;
            case 1 -> content;
            default -> torn(random);
        };
    }

    private Content torn(RandomGenerator random) {
        var epochs = new ArrayList<>(past);
        epochs.add(new Epoch(keptBytes, beginBytes, content));
        Epoch epoch = epochs.get(random.nextInt(epochs.size()));
        Content old = forced.snapshot();
        old.setSize(Math.min(epoch.keptBytes, old.size()));
        return Content.torn(old, epoch.end, size(epoch, random), random);
    }

    private static long size(Epoch epoch, RandomGenerator random) {
        long least = epoch.beginBytes;
        long most = epoch.end.size();
        return switch (random.nextInt(4)) {
            case 0 -> least;
            case 1, 2 -> most;
            default -> least < most ? random.nextLong(least, most) : least;
        };
    }
}
