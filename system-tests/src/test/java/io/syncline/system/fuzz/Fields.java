package io.syncline.system.fuzz;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An input as a choice and some texts: its first byte chooses, the second says how texts are put
 * into addresses, the rest are texts, each ended by a line feed, and then a body.
 */
final class Fields {
    private static final int HEAD = 2;

    private final byte[] input;
    private final boolean encoded;
    private int at = HEAD;

    Fields(byte[] input) {
        this.input = input;
        this.encoded = input.length > 1 && (input[1] & 1) == 0;
    }

    /** One of so many. */
    int choice(int count) {
        return input.length == 0 ? 0 : (input[0] & 0xFF) % count;
    }

    /** The next text, Latin-1. */
    String text() {
        int from = Math.min(at, input.length);
        int end = from;
        while (end < input.length && input[end] != '\n') {
            end++;
        }
        at = end + 1;
        return new String(input, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** The next text as part of an address: encoded, or as it is but for what ends the line. */
    String part() {
        String text = text();
        return encoded
                ? URLEncoder.encode(text, StandardCharsets.ISO_8859_1)
                : text.replaceAll("[\\x00- \\x7f-\\xff]", "+");
    }

    /** The next text as the value of a header. */
    String header() {
        return text().replaceAll("[\\x00-\\x08\\x0a-\\x1f\\x7f]", " ");
    }

    /** All that is left. */
    byte[] body() {
        int from = Math.min(at, input.length);
        return Arrays.copyOfRange(input, from, input.length);
    }

    /** An input that is read as these. */
    static byte[] of(int choice, List<String> texts, String body) {
        String all =
                (char) choice
                        + " "
                        + texts.stream().map(text -> text + "\n").collect(Collectors.joining())
                        + body;
        return all.getBytes(StandardCharsets.ISO_8859_1);
    }
}
