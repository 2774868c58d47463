package io.syncline.server.edge;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of a representation are wanted (RFC 9110 §14).
 *
 * @param from first byte
 * @param to last byte, inclusive; below {@code from} for none, which can't be satisfied
 */
record ByteRange(long from, long to) {
    private static final Pattern ONE =
            Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*", Pattern.CASE_INSENSITIVE);

    /**
     * The one range that a header asks for. Absent where it asks for several or isn't understood:
     * both may be answered with everything.
     */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher one = ONE.matcher(header);
        if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (one.group(1).isEmpty()) {
            long suffix = Math.min(size, Long.parseLong(one.group(2)));
            return Optional.of(new ByteRange(size - suffix, size - 1));
        }
        long from = Long.parseLong(one.group(1));
        long to = one.group(2).isEmpty() ? size - 1 : Long.parseLong(one.group(2));
        if (to < from && !one.group(2).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(from, Math.min(to, size - 1)));
    }

    /** Whether a representation of that size has any of these bytes. */
    boolean satisfiable(long size) {
        return from < size && from <= to;
    }

    /** How many bytes. */
    long length() {
        return to - from + 1;
    }
}
