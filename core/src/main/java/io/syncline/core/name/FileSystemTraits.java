package io.syncline.core.name;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * What one directory of one device can hold and tell apart, as the client found out by trying.
 *
 * @param caseSensitive whether {@code a} and {@code A} are two names
 * @param composition what it makes of composed and decomposed characters
 * @param windowsNames whether it refuses what Windows does: {@code <>:"\|?*}, control characters,
 *     dots and spaces at the end, and device names such as {@code con}
 * @param unit what its limit counts
 * @param unitsMax longest name, at least {@link #UNITS_MIN}
 */
public record FileSystemTraits(
        boolean caseSensitive,
        Composition composition,
        boolean windowsNames,
        Unit unit,
        int unitsMax) {
    /** No file system with a shorter limit is supported. */
    public static final int UNITS_MIN = 64;

    /** A usual Linux file system: holds every name as it is. */
    public static final FileSystemTraits LINUX =
            new FileSystemTraits(true, Composition.DISTINCT, false, Unit.BYTE, 255);

    /** APFS as macOS sets it up. */
    public static final FileSystemTraits MACOS =
            new FileSystemTraits(false, Composition.EQUAL, false, Unit.BYTE, 255);

    /** HFS+, which decomposes what it is given. */
    public static final FileSystemTraits HFS_PLUS =
            new FileSystemTraits(false, Composition.CHANGED, false, Unit.UTF_16, 255);

    /** NTFS and exFAT under Windows. */
    public static final FileSystemTraits WINDOWS =
            new FileSystemTraits(false, Composition.DISTINCT, true, Unit.UTF_16, 255);

    /** What a file system makes of composed and decomposed characters. */
    public enum Composition {
        /** They are two names. */
        DISTINCT,
        /** They are one name, kept as it was first spelt. */
        EQUAL,
        /** They are one name, listed in a form of the file system's own. */
        CHANGED
    }

    /** What the longest name is counted in. */
    public enum Unit {
        /** Bytes of UTF-8. */
        BYTE,
        /** Units of UTF-16. */
        UTF_16
    }

    public FileSystemTraits {
        if (unitsMax < UNITS_MIN) {
            throw new IllegalArgumentException("names of at most " + unitsMax + " units");
        }
    }

    /** Whether a local name isn't too long. */
    boolean fits(String local) {
        String stored =
                composition == Composition.CHANGED && !NameKey.isAscii(local)
                        ? Normalizer.normalize(local, Normalizer.Form.NFD)
                        : local;
        int units =
                switch (unit) {
                    case BYTE -> stored.getBytes(StandardCharsets.UTF_8).length;
                    case UTF_16 -> stored.length();
                };
        return units <= unitsMax;
    }

    /** Equal for two local names that this directory takes for one. */
    String rivalKey(String local) {
        if (!caseSensitive) {
            return composition == Composition.DISTINCT
                    ? NameKey.fold(local)
                    : NameKey.of(local).value();
        }
        return composition == Composition.DISTINCT ? local : NameKey.compose(local);
    }
}
