package io.syncline.client.api;

import java.util.EnumMap;
import java.util.Map;

/**
 * Bytes of requests and answers since the client was made, headers and bodies, retries included.
 * Exact for bodies; headers are counted as HTTP/1.1 spells them, without TLS and TCP framing.
 *
 * @param byCategory every category is present
 */
public record Traffic(Map<Category, Count> byCategory) {
    /** What the bytes were for. */
    public enum Category {
        /** Blocks: questions for missing ones, chunks, reads. */
        BLOCKS,
        /** The change feed. */
        CHANGES,
        /** Commits. */
        COMMITS,
        /** Everything else: checkpoints, listings, accounts. */
        OTHER
    }

    /**
     * What went over the wire for one category.
     *
     * @param requests how many were sent
     * @param sentBytes from here to the server
     * @param receivedBytes from the server to here
     */
    public record Count(long requests, long sentBytes, long receivedBytes) {
        /** Nothing. */
        public static final Count ZERO = new Count(0, 0, 0);

        /** Both together. */
        public Count plus(Count other) {
            return new Count(
                    requests + other.requests,
                    sentBytes + other.sentBytes,
                    receivedBytes + other.receivedBytes);
        }
    }

    public Traffic {
        var complete = new EnumMap<Category, Count>(Category.class);
        for (Category category : Category.values()) {
            complete.put(category, byCategory.getOrDefault(category, Count.ZERO));
        }
        byCategory = Map.copyOf(complete);
    }

    /** The count of one category. */
    public Count of(Category category) {
        return byCategory.getOrDefault(category, Count.ZERO);
    }

    /** All categories together. */
    public Count total() {
        return byCategory.values().stream().reduce(Count.ZERO, Count::plus);
    }
}
