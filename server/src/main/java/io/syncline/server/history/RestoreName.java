package io.syncline.server.history;

import io.syncline.core.tree.Name;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for what is put back where its own name is taken: {@code report (restored).txt}, then
 * {@code report (restored 2).txt}. The mark never nests; a stem is shortened at a character.
 */
final class RestoreName {
    private static final Pattern MARKED =
            Pattern.compile("(.+) \\(restored(?: [0-9]{1,9})?\\)", Pattern.DOTALL);

    /** A longer suffix is part of the name rather than a kind of file. */
    private static final int EXTENSION_CHARS_MAX = 16;

    private RestoreName() {}

    /** The name to try as the {@code number}th, from 1. */
    static Name of(Name original, boolean directory, int number) {
        String whole = original.value();
        int dot = directory ? -1 : whole.lastIndexOf('.');
        boolean extended = dot > 0 && whole.length() - dot <= EXTENSION_CHARS_MAX;
        String stem = extended ? whole.substring(0, dot) : whole;
        String extension = extended ? whole.substring(dot) : "";
        Matcher marked = MARKED.matcher(stem);
        if (marked.matches()) {
            stem = marked.group(1);
        }
        String mark = number == 1 ? " (restored)" : " (restored " + number + ")";
        int room = Name.MAX_BYTES - bytes(mark) - bytes(extension);
        return new Name(cut(stem, room) + mark + extension);
    }

    private static String cut(String text, int bytesMax) {
        int end = text.length();
        while (bytes(text.substring(0, end)) > bytesMax) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
