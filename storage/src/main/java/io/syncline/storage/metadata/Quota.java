package io.syncline.storage.metadata;

import io.syncline.core.error.SynclineException;
import java.util.OptionalLong;

/**
 * What may be held at most; an absent part is no limit.
 *
 * @param contentBytes content of live nodes, in bytes
 * @param nodes live nodes
 * @param frameBytes stored frames, whatever they belong to, in bytes; of projects only
 */
public record Quota(OptionalLong contentBytes, OptionalLong nodes, OptionalLong frameBytes) {
    /** No limit at all. */
    public static final Quota NONE =
            new Quota(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    public Quota {
        for (OptionalLong part : new OptionalLong[] {contentBytes, nodes, frameBytes}) {
            if (part.isPresent() && part.getAsLong() < 0) {
                throw SynclineException.invalid("a quota isn't negative");
            }
        }
    }

    /** This quota where it says something, else the other. */
    public Quota or(Quota other) {
        return new Quota(
                contentBytes.isPresent() ? contentBytes : other.contentBytes,
                nodes.isPresent() ? nodes : other.nodes,
                frameBytes.isPresent() ? frameBytes : other.frameBytes);
    }
}
