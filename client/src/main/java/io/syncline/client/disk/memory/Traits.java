package io.syncline.client.disk.memory;

import io.syncline.core.error.SynclineException;
import java.time.Duration;
import java.util.Objects;

/**
 * What a simulated file system is like. Start from one of the kinds that exist and change what
 * matters.
 *
 * @param names how names are told apart and which can't be
 * @param timestampStepNanos the step in which all times are kept
 * @param executableBit whether the executable bit is kept; where not, no file is executable
 * @param symlinks whether symbolic links can be made
 * @param hardLinks whether a file can have two names
 * @param exchange whether two names can be exchanged in one step
 * @param birthTimes whether the time of creation is told
 * @param reusesInodes whether the number of a deleted file goes to the next new one (R21)
 * @param order in which order changes of names become durable
 * @param writeBackAfter the age at which a power cut takes back no change any more, since the
 *     system has written it by itself
 * @param capacityBytes how much fits, counted in pages of 4 KiB and 256 bytes per entry
 */
public record Traits(
        NameRules names,
        long timestampStepNanos,
        boolean executableBit,
        boolean symlinks,
        boolean hardLinks,
        boolean exchange,
        boolean birthTimes,
        boolean reusesInodes,
        Order order,
        Duration writeBackAfter,
        long capacityBytes) {

    /** In which order changes of names become durable where nothing forces them. */
    public enum Order {
        /** A journal: none without all that came before it (ext4, XFS, APFS, NTFS). */
        JOURNAL,
        /**
         * No more than POSIX promises: each by itself, as far as none is lost that a later one
         * needs.
         */
        ANY
    }

    /** What ext4 flushes its pages after, by default, and a little more. */
    private static final Duration WRITE_BACK = Duration.ofSeconds(40);

    private static final long TEBIBYTE = 1L << 40;

    public Traits {
        Objects.requireNonNull(names);
        Objects.requireNonNull(order);
        if (timestampStepNanos < 1 || capacityBytes < 0 || writeBackAfter.isNegative()) {
            throw SynclineException.invalid("steps, ages and sizes aren't negative");
        }
    }

    /** As ext4 on Linux. */
    public static Traits ext4() {
        return new Traits(
                NameRules.EXACT,
                1,
                true,
                true,
                true,
                true,
                true,
                true,
                Order.JOURNAL,
                WRITE_BACK,
                TEBIBYTE);
    }

    /** As a file system that promises no more than POSIX: changes of names in any order. */
    public static Traits posix() {
        return new Traits(
                NameRules.EXACT,
                1,
                true,
                true,
                true,
                false,
                false,
                true,
                Order.ANY,
                WRITE_BACK,
                TEBIBYTE);
    }

    /** As APFS on macOS: names keep their spelling, and case and normalisation don't count. */
    public static Traits apfs() {
        return new Traits(
                NameRules.APFS,
                1,
                true,
                true,
                true,
                true,
                true,
                false,
                Order.JOURNAL,
                WRITE_BACK,
                TEBIBYTE);
    }

    /** As HFS+ on macOS: names are stored decomposed, times in seconds. */
    public static Traits hfsPlus() {
        return new Traits(
                NameRules.HFS_PLUS,
                1_000_000_000,
                true,
                true,
                true,
                false,
                true,
                false,
                Order.JOURNAL,
                WRITE_BACK,
                TEBIBYTE);
    }

    /** As NTFS on Windows: names reserved, neither links nor executable bits. */
    public static Traits ntfs() {
        return new Traits(
                NameRules.WINDOWS,
                100,
                false,
                false,
                true,
                false,
                true,
                false,
                Order.JOURNAL,
                WRITE_BACK,
                TEBIBYTE);
    }

    /** As FAT32 on a stick: times in two seconds, and little else. */
    public static Traits fat32() {
        return new Traits(
                NameRules.WINDOWS,
                2_000_000_000,
                false,
                false,
                false,
                false,
                false,
                true,
                Order.ANY,
                WRITE_BACK,
                TEBIBYTE);
    }

    /** The same with other names. */
    public Traits names(NameRules other) {
        return new Traits(
                other,
                timestampStepNanos,
                executableBit,
                symlinks,
                hardLinks,
                exchange,
                birthTimes,
                reusesInodes,
                order,
                writeBackAfter,
                capacityBytes);
    }

    /** The same with times in such steps. */
    public Traits timestampStepNanos(long nanos) {
        return new Traits(
                names,
                nanos,
                executableBit,
                symlinks,
                hardLinks,
                exchange,
                birthTimes,
                reusesInodes,
                order,
                writeBackAfter,
                capacityBytes);
    }

    /** The same without what only newer systems have: exchange and times of birth. */
    public Traits plain() {
        return new Traits(
                names,
                timestampStepNanos,
                executableBit,
                symlinks,
                hardLinks,
                false,
                false,
                reusesInodes,
                order,
                writeBackAfter,
                capacityBytes);
    }

    /** The same with changes of names becoming durable in such order. */
    public Traits order(Order other) {
        return new Traits(
                names,
                timestampStepNanos,
                executableBit,
                symlinks,
                hardLinks,
                exchange,
                birthTimes,
                reusesInodes,
                other,
                writeBackAfter,
                capacityBytes);
    }

    /** The same, written by itself after such a time. */
    public Traits writeBackAfter(Duration age) {
        return new Traits(
                names,
                timestampStepNanos,
                executableBit,
                symlinks,
                hardLinks,
                exchange,
                birthTimes,
                reusesInodes,
                order,
                age,
                capacityBytes);
    }

    /** The same of that size. */
    public Traits capacityBytes(long bytes) {
        return new Traits(
                names,
                timestampStepNanos,
                executableBit,
                symlinks,
                hardLinks,
                exchange,
                birthTimes,
                reusesInodes,
                order,
                writeBackAfter,
                bytes);
    }
}
