package io.syncline.client.scan;

import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;

/**
 * A sum over the entries of one directory: 128 bits, independent of their order, changed in O(1)
 * when an entry comes, goes or changes. It covers all that {@link Stat#unchangedSince} looks at but
 * the device, which the scan compares per directory. Not cryptographic: it saves work, it guards
 * nothing.
 */
public record ListingDigest(long high, long low) {
    /** That of an empty directory. */
    public static final ListingDigest EMPTY = new ListingDigest(0, 0);

    /** That of a directory with this one entry. */
    public static ListingDigest of(String localName, Stat stat) {
        long a = 0x9E3779B97F4A7C15L;
        long b = 0xC2B2AE3D27D4EB4FL;
        for (int i = 0; i < localName.length(); i++) {
            a = (a ^ localName.charAt(i)) * 0x100000001B3L;
            b = Long.rotateLeft(b, 7) + localName.charAt(i) * 0xD6E8FEB86659FD93L;
        }
        boolean directory = stat.kind() == FileKind.DIRECTORY;
        a = fold(a, stat.kind().code() * 2L + (stat.executable() ? 1 : 0));
        a = fold(a, stat.identity().inode());
        a = fold(a, stat.identity().birthNanos());
        a = fold(a, directory ? 0 : stat.sizeBytes());
        a = fold(a, directory ? 0 : stat.mtimeNanos());
        a = fold(a, directory ? 0 : stat.ctimeNanos());
        b = fold(b, a);
        return new ListingDigest(a, b);
    }

    /** With these entries too. */
    public ListingDigest plus(ListingDigest other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new ListingDigest(high + other.high + carry, sum);
    }

    /** Without these entries. */
    public ListingDigest minus(ListingDigest other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        return new ListingDigest(high - other.high - borrow, low - other.low);
    }

    /** The finaliser of MurmurHash3, over the running value and the next field. */
    private static long fold(long hash, long value) {
        long h = (hash ^ value) * 0xff51afd7ed558ccdL;
        h ^= h >>> 33;
        h *= 0xc4ceb9fe1a85ec53L;
        return (h ^ (h >>> 29)) + hash;
    }
}
