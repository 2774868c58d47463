package io.syncline.client.disk;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The names that Syncline itself gives to entries outside {@code .syncline}: short-lived, and never
 * nodes.
 */
public final class OurNames {
    private static final Pattern TEMPORARY = Pattern.compile("\\.syncline-[0-9a-f]{16}\\.tmp");

    private OurNames() {}

    /** A new name for a temporary beside its target, on a file system mounted inside the root. */
    static String temporary(RandomGenerator random) {
        return ".syncline-" + HexFormat.of().toHexDigits(random.nextLong()) + ".tmp";
    }

    /** Whether the name is one of ours. */
    public static boolean isOurs(String name) {
        return name.startsWith(".syncline-") && TEMPORARY.matcher(name).matches();
    }

    /** Whether names differ by case and normalisation at most. */
    static boolean sameButForSpelling(String a, String b) {
        return folded(a).equals(folded(b));
    }

    private static String folded(String name) {
        String composed = Normalizer.normalize(name, Normalizer.Form.NFC);
        return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** The name with a number behind it, cut at a character so that it stays within 255 bytes. */
    static String numbered(String name, int number) {
        String tail = "~" + number;
        int end = name.length();
        while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length + tail.length()
                > 255) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, end) + tail;
    }
}
