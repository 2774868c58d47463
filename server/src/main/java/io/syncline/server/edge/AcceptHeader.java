package io.syncline.server.edge;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a caller says it can read, in {@code Accept} or {@code Accept-Encoding}. */
public final class AcceptHeader {
    /** A member: a coding or media type, and perhaps its weight. */
    private static final Pattern MEMBER =
            Pattern.compile("([^\\s;]+)(?:[ \\t]*;[ \\t]*q=(0(?:\\.\\d{0,3})?|1(?:\\.0{0,3})?))?");

    private AcceptHeader() {}

    /**
     * Whether a word is one of a header's and not refused by a weight of 0 (RFC 9110 §12.4.2). What
     * isn't well-formed, and {@code *}, names nothing: an answer as it is always is right.
     *
     * @param word in small letters
     */
    public static boolean names(String word, String header) {
        return Arrays.stream(header.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .map(MEMBER::matcher)
                .anyMatch(member ->
                        member.matches() && member.group(1).equals(word) && isWanted(member));
    }

    private static boolean isWanted(Matcher member) {
        String weight = member.group(2);
        return weight == null || Double.parseDouble(weight) > 0;
    }
}
