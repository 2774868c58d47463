package io.syncline.client.state;

import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.Objects;
import java.util.Optional;

/**
 * A node as both sides last agreed on it: the synced tree's row.
 *
 * @param item exactly as the server states it, modification time included
 * @param version the server's sequence of the agreed version
 * @param observed the disk right after it agreed (R23); absent exactly where the node is
 *     unmaterialised here (R44)
 */
public record Agreed(NodeId id, Place place, Item item, long version, Optional<Observed> observed) {
    public Agreed {
        Objects.requireNonNull(place);
        Objects.requireNonNull(item);
        Objects.requireNonNull(observed);
        if (id.value() <= 0) {
            throw new IllegalStateException("only nodes of the server are agreed on: " + id);
        }
    }

    /** Whether this device holds the node on disk; absence is a delete only then (R44). */
    public boolean isMaterialised() {
        return observed.isPresent();
    }

    /** The same with another place. */
    public Agreed at(Place other) {
        return new Agreed(id, other, item, version, observed);
    }

    /** The same with another item. */
    public Agreed holding(Item other) {
        return new Agreed(id, place, other, version, observed);
    }

    /** The same as the disk was seen then; empty: no longer held on this device (R44). */
    public Agreed seen(Optional<Observed> then) {
        return new Agreed(id, place, item, version, then);
    }
}
