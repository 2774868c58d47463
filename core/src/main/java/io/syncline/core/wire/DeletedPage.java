package io.syncline.core.wire;

import java.util.List;
import java.util.Optional;

/**
 * A page of what was deleted. It may hold fewer entries than asked for, even none, and go on.
 *
 * @param after opaque: where the next page begins; absent on the last one
 */
public record DeletedPage(List<Deletion> entries, Optional<String> after) {
    public DeletedPage {
        entries = List.copyOf(entries);
    }
}
