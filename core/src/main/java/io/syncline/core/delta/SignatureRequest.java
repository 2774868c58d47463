package io.syncline.core.delta;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks for the signatures of the blocks that hold parts of a content. Form: docs/formats.md,
 * <em>Signatures</em>.
 *
 * @param content that the receiver had, at least once
 * @param spans which parts, 1..{@link #SPANS_MAX}, in ascending order, none touching the one before
 */
public record SignatureRequest(Content content, List<Span> spans) {
    /** Most parts in one question. */
    public static final int SPANS_MAX = 1_024;

    private static final int HEADER_BYTES = 1 + Hash.BYTES + Long.BYTES;
    private static final int SPAN_BYTES = Long.BYTES + Integer.BYTES;

    /** Longest request. */
    public static final int BYTES_MAX = HEADER_BYTES + SPANS_MAX * SPAN_BYTES;

    /**
     * A part of a content.
     *
     * @param from its first byte's offset, 0..2^53
     * @param length 1 or more
     */
    public record Span(long from, int length) {
        /** Where the first byte after it is. */
        public long end() {
            return from + length;
        }
    }

    public SignatureRequest {
        spans = List.copyOf(spans);
        if (spans.isEmpty() || spans.size() > SPANS_MAX) {
            throw SynclineException.invalid("1.." + SPANS_MAX + " spans, not " + spans.size());
        }
        long end = -1;
        for (Span span : spans) {
            if (span.from() <= end || span.from() > Content.MAX_SIZE_BYTES || span.length() < 1) {
                throw SynclineException.invalid("spans don't ascend: " + span + " after " + end);
            }
            end = span.end();
        }
    }

    /** The request as it travels. */
    public ByteBuffer write() {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + spans.size() * SPAN_BYTES);
        out.put((byte) content.level());
        content.hash().write(out);
        out.putLong(content.sizeBytes());
        spans.forEach(span -> out.putLong(span.from()).putInt(span.length()));
        return out.flip();
    }

    /**
     * The request that the remaining bytes spell; the position stays.
     *
     * @throws SynclineException INVALID where they break the form
     */
    public static SignatureRequest read(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        if (in.remaining() < HEADER_BYTES || (in.remaining() - HEADER_BYTES) % SPAN_BYTES != 0) {
            throw SynclineException.invalid("a request for signatures is a content and its spans");
        }
        int level = in.get();
        Hash hash = Hash.read(in);
        Content content = new Content(level, hash, in.getLong());
        List<Span> spans = new ArrayList<>();
        while (in.hasRemaining() && spans.size() <= SPANS_MAX) {
            spans.add(new Span(in.getLong(), in.getInt()));
        }
        return new SignatureRequest(content, spans);
    }
}
