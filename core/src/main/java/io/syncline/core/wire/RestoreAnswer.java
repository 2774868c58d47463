package io.syncline.core.wire;

import io.syncline.core.tree.Epoch;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a {@link RestoreRequest} did, or would do.
 *
 * @param head the project's head afterwards
 * @param until for a rewind: what its next pages say as their {@code until}
 * @param before for a rewind: the {@code before} of the next page; absent on the last one
 */
public record RestoreAnswer(
        Epoch epoch, long head, OptionalLong until, OptionalLong before, List<Restored> results) {
    public RestoreAnswer {
        results = List.copyOf(results);
    }
}
