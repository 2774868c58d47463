package io.syncline.server.listing;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Name;
import io.syncline.core.wire.ListingOrder.Sort;
import io.syncline.storage.metadata.ListingKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * How a position in a listing is spelt to the outside; {@code docs/formats.md} has the bytes. A
 * forged one does no harm: it names another position of a directory that the caller may read.
 */
final class ListingCursor {
    private static final byte VERSION = 1;
    private static final byte DIRECTORY = 0;
    private static final byte OTHER = 1;
    private static final int HEADER_BYTES = 3;

    /** Longest cursor in characters. */
    static final int CHARS_MAX = (HEADER_BYTES + Long.BYTES + Name.MAX_BYTES + 2) / 3 * 4;

    private ListingCursor() {}

    static String encode(Sort sort, ListingKey key) {
        byte[] name = key.name().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + Long.BYTES + name.length);
        bytes.put(VERSION).put(code(sort)).put(key.directory() ? DIRECTORY : OTHER);
        if (hasValue(sort, key.directory())) {
            bytes.putLong(key.value());
        }
        bytes.put(name).flip();
        byte[] used = new byte[bytes.remaining()];
        bytes.get(used);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(used);
    }

    /** The position; INVALID for what this server didn't make for this order. */
    static ListingKey decode(Sort sort, String cursor) {
        if (cursor.length() > CHARS_MAX) {
            throw notOurs(null);
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
            if (bytes.remaining() <= HEADER_BYTES
                    || bytes.get() != VERSION
                    || bytes.get() != code(sort)) {
                throw notOurs(null);
            }
            byte part = bytes.get();
            if (part != DIRECTORY && part != OTHER) {
                throw notOurs(null);
            }
            boolean directory = part == DIRECTORY;
            if (hasValue(sort, directory) && bytes.remaining() < Long.BYTES) {
                throw notOurs(null);
            }
            long value = hasValue(sort, directory) ? bytes.getLong() : 0;
            String name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return new ListingKey(directory, value, new Name(name).value());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw notOurs(e);
        }
    }

    private static boolean hasValue(Sort sort, boolean directory) {
        return sort != Sort.NAME && !directory;
    }

    private static byte code(Sort sort) {
        return switch (sort) {
            case NAME -> 1;
            case SIZE -> 2;
            case TIME -> 3;
        };
    }

    private static SynclineException notOurs(@Nullable Exception cause) {
        String message = "the cursor isn't from a listing in this order";
        return cause == null
                ? SynclineException.invalid(message)
                : new SynclineException(ErrorCode.INVALID, message, cause);
    }
}
