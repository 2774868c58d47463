package io.syncline.server.edge;

import io.syncline.core.frame.ZstandardCoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** A way to send an answer in fewer bytes (RFC 9110 §8.4.1), the most welcome one first. */
public enum ContentCoding {
    /** RFC 8878: a tenth of gzip's time, for both sides. */
    ZSTD(ZstandardCoding.NAME),
    /** RFC 1952: what everyone can read. */
    GZIP("gzip");

    private final String word;

    ContentCoding(String word) {
        this.word = word;
    }

    /** As headers spell it. */
    public String word() {
        return word;
    }

    /** Whether it is one of the codings in an {@code Accept-Encoding}: see {@link AcceptHeader}. */
    public boolean isAcceptedBy(String codings) {
        return AcceptHeader.names(word, codings);
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
