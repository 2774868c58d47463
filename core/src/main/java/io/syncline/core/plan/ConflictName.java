package io.syncline.core.plan;

import io.syncline.core.tree.Name;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for conflict copies: {@code report (conflict of laptop).txt}, then {@code report (conflict
 * 2 of laptop).txt}. Pure: the same device gives the same file the same names.
 *
 * <p>A conflict on a conflict copy, whichever device made it, numbers the original stem instead of
 * nesting (R38).
 */
public final class ConflictName {
    /** Longest device label in a name, in bytes of UTF-8; a longer one is cut at a character. */
    static final int LABEL_BYTES_MAX = 40;

    /** Longest extension that stays behind the suffix; anything longer is part of the stem. */
    static final int EXTENSION_LENGTH_MAX = 16;

    private static final Pattern SUFFIXED =
            Pattern.compile("(.+) \\(conflict(?: [0-9]{1,9})? of [^()/]{1,80}\\)", Pattern.DOTALL);

    private final String label;

    /** Names that carry this label, made fit for a name. */
    public ConflictName(String deviceLabel) {
        this.label = sanitised(deviceLabel);
    }

    /**
     * The {@code number}th name for a conflict copy of a node named {@code original}.
     *
     * @param directory whether it is a directory, whose name has no extension, unless it is that of
     *     a file's conflict copy
     * @param number from 1
     */
    public Name of(Name original, boolean directory, int number) {
        String whole = original.value();
        int dot = extensionStart(whole);
        if (directory && !SUFFIXED.matcher(whole.substring(0, dot)).matches()) {
            dot = whole.length();
        }
        String stem = whole.substring(0, dot);
        String extension = whole.substring(dot);
        Matcher suffixed = SUFFIXED.matcher(stem);
        if (suffixed.matches()) {
            stem = suffixed.group(1);
        }
        String suffix = " (conflict" + (number == 1 ? "" : " " + number) + " of " + label + ")";
        int room = Name.MAX_BYTES - bytes(suffix) - bytes(extension);
        return new Name(cut(stem, room) + suffix + extension);
    }

    /** Where the extension begins, with its dot; the length where there is none. */
    private static int extensionStart(String name) {
        int dot = name.lastIndexOf('.');
        int length = name.length() - dot - 1;
        if (dot <= 0 || length == 0 || length > EXTENSION_LENGTH_MAX) {
            return name.length();
        }
        for (int i = dot + 1; i < name.length(); i++) {
            if (!Character.isLetterOrDigit(name.charAt(i))) {
                return name.length();
            }
        }
        return dot;
    }

    /** A label without what a name, a shell or another file system would stumble over. */
    private static String sanitised(String label) {
        StringBuilder kept = new StringBuilder();
        label.codePoints()
                .forEach(c -> {
                    boolean plain =
                            Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
                    kept.appendCodePoint(plain ? c : ' ');
                });
        String spaced = kept.toString().strip().replaceAll(" +", " ");
        String fit = cut(spaced, LABEL_BYTES_MAX).strip();
        return fit.isEmpty() ? "device" : fit;
    }

    /** The longest beginning of whole characters with at most that many bytes of UTF-8. */
    private static String cut(String text, int bytesMax) {
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            bytes += bytes(c);
            if (bytes > bytesMax) {
                break;
            }
            end += Character.charCount(c);
        }
        return text.substring(0, end);
    }

    private static int bytes(String text) {
        return text.codePoints().map(ConflictName::bytes).sum();
    }

    private static int bytes(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        return codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
