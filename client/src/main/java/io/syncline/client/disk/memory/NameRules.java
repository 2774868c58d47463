package io.syncline.client.disk.memory;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * How a file system tells names apart, and which it can't hold.
 *
 * @param caseSensitive whether {@code a} and {@code A} are two names; where not, the spelling of
 *     who made the entry is kept
 * @param normalisation what becomes of {@code é}
 * @param windows whether Windows' characters and device names are refused
 */
public record NameRules(boolean caseSensitive, Normalisation normalisation, boolean windows) {
    /** What becomes of characters that can be spelt composed and decomposed. */
    public enum Normalisation {
        /** Names are bytes. */
        NONE,
        /** Stored as spelt, found by either spelling (APFS). */
        INSENSITIVE,
        /** Stored decomposed, found by either spelling (HFS+). */
        DECOMPOSING
    }

    /** As Linux does: bytes. */
    public static final NameRules EXACT = new NameRules(true, Normalisation.NONE, false);

    /** As APFS on macOS. */
    public static final NameRules APFS = new NameRules(false, Normalisation.INSENSITIVE, false);

    /** As HFS+ on macOS. */
    public static final NameRules HFS_PLUS = new NameRules(false, Normalisation.DECOMPOSING, false);

    /** As NTFS and FAT on Windows. */
    public static final NameRules WINDOWS = new NameRules(false, Normalisation.NONE, true);

    /** The longest name, in bytes of UTF-8 or, on Windows, in UTF-16 units. */
    private static final int MAX_LENGTH = 255;

    private static final String WINDOWS_CHARACTERS = "<>:\"|?*\\";

    private static final Set<String> WINDOWS_DEVICES = Set.of("CON", "PRN", "AUX", "NUL");

    public NameRules {
        Objects.requireNonNull(normalisation);
    }

    /** What two spellings of one name have in common. */
    String key(String name) {
        String key = normalisation == Normalisation.NONE ? name : decomposed(name);
        return caseSensitive ? key : key.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** The name as a listing shows it. */
    String stored(String name) {
        return normalisation == Normalisation.DECOMPOSING ? decomposed(name) : name;
    }

    boolean isTooLong(String name) {
        if (windows) {
            return name.length() > MAX_LENGTH;
        }
        return name.length() > MAX_LENGTH
                || (name.length() > MAX_LENGTH / 3
                        && stored(name).getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH);
    }

    boolean canHold(String name) {
        if (!windows) {
            return true;
        }
        char last = name.charAt(name.length() - 1);
        if (last == '.' || last == ' ') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < ' ' || WINDOWS_CHARACTERS.indexOf(name.charAt(i)) >= 0) {
                return false;
            }
        }
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).toUpperCase(Locale.ROOT);
        boolean numbered =
                stem.length() == 4
                        && (stem.startsWith("COM") || stem.startsWith("LPT"))
                        && stem.charAt(3) >= '1'
                        && stem.charAt(3) <= '9';
        return !numbered && !WINDOWS_DEVICES.contains(stem);
    }

    private static String decomposed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFD);
    }
}
