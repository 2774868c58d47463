package io.syncline.core.name;

import io.syncline.core.tree.Name;
import java.text.Normalizer;
import java.util.Locale;

/**
 * A name as people compare it: two names with equal keys differ at most in case and in how their
 * characters are composed. For search, and for projects of portable names, where siblings must have
 * different keys.
 *
 * <p>It is the NFC (UAX #15) of the full case folding of the NFD, as the JDK's Unicode version
 * knows them. Folding is lower, upper and lower case in turn, by which {@code ß}, {@code ẞ} and
 * {@code ss} are equal; a final sigma is a sigma. It is wider than Unicode's CaseFolding.txt for a
 * few letters (dotless {@code ı} is an {@code i}): a portable name must be one on every system.
 */
public record NameKey(String value) {
    /** The key of a name. */
    public static NameKey of(Name name) {
        return of(name.value());
    }

    /** The key of any text, as a search term. */
    public static NameKey of(String text) {
        return new NameKey(compose(fold(text)));
    }

    static String fold(String text) {
        if (isAscii(text)) {
            return text.toLowerCase(Locale.ROOT);
        }
        return Normalizer.normalize(text, Normalizer.Form.NFD)
                .toLowerCase(Locale.ROOT)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT)
                .replace('\u03C2', '\u03C3');
    }

    static String compose(String text) {
        return isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}
