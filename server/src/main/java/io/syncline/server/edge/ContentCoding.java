package io.syncline.server.edge;

import io.syncline.core.frame.ZstandardCoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** A way to send an answer in fewer bytes (RFC 9110 §8.4.1), the most welcome one first. */
public enum ContentCoding {
    /** RFC 8878: a tenth of gzip's time, for both sides. */
    ZSTD(ZstandardCoding.NAME),
    /** RFC 1952: what everyone can read. */
    GZIP("gzip");

    /** A member of {@code Accept-Encoding}: a coding and perhaps its weight. */
    private static final Pattern MEMBER =
            Pattern.compile("([^\\s;]+)(?:[ \\t]*;[ \\t]*q=(0(?:\\.\\d{0,3})?|1(?:\\.0{0,3})?))?");

    private final String word;

    ContentCoding(String word) {
        this.word = word;
    }

    /** As headers spell it. */
    public String word() {
        return word;
    }

    /**
     * Whether it is one of the codings in an {@code Accept-Encoding} and not refused by a weight of
     * 0 (RFC 9110 §12.5.3). What isn't well-formed, and {@code *}, accept nothing: an answer as it
     * is always is right.
     */
    public boolean isAcceptedBy(String codings) {
        return isAccepted(word, codings);
    }

    /** The same of a coding that answers aren't put into here, but may come in. */
    static boolean isAccepted(String word, String codings) {
        return Arrays.stream(codings.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .map(MEMBER::matcher)
                .anyMatch(member ->
                        member.matches() && member.group(1).equals(word) && isWanted(member));
    }

    private static boolean isWanted(Matcher member) {
        String weight = member.group(2);
        return weight == null || Double.parseDouble(weight) > 0;
    }

    /** The first one that these headers {@code Accept-Encoding} accept, whatever their weights. */
    static Optional<ContentCoding> choose(List<String> headers) {
        String codings = String.join(",", headers);
        return Arrays.stream(values()).filter(coding -> coding.isAcceptedBy(codings)).findFirst();
    }

    /** The remaining bytes in this coding; the position stays. */
    ByteBuffer encode(ByteBuffer plain) {
        return switch (this) {
            case ZSTD -> ZstandardCoding.encode(plain);
            case GZIP -> gzip(plain);
        };
    }

    private static ByteBuffer gzip(ByteBuffer plain) {
        byte[] bytes = new byte[plain.remaining()];
        plain.duplicate().get(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
        try (OutputStream gzip = new GZIPOutputStream(out, 8 << 10)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }
}
