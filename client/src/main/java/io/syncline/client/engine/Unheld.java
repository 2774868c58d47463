package io.syncline.client.engine;

import io.syncline.client.state.Agreed;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What nodes were when this device last held them, of those that it holds no more (R44): where they
 * changed elsewhere since, or the disk's executable bit was another one (R23). What is on disk when
 * such a node counts again may be that, an edit of that, or anything: compared with what is agreed
 * by then, all would be edits of it.
 */
final class Unheld {
    private static final String KEY = "unheld/";
    private static final String NEVER = "";

    private final StateStore store;

    Unheld(StateStore store) {
        this.store = store;
    }

    /** A node came that this device never held: what is on disk in its place is another one. */
    void never(NodeId id) {
        store.putValue(key(id), NEVER);
    }

    /** Whether a node that isn't held never was. */
    boolean wasNever(NodeId id) {
        return store.value(key(id)).filter(NEVER::equals).isPresent();
    }

    /** This device holds a node no more. */
    void left(Agreed row) {
        boolean bit = row.observed().orElseThrow().stat().executable();
        if (row.item().content().isPresent() && bit != row.item().executable()) {
            put(row, bit);
        }
    }

    /** A node that isn't held becomes something else elsewhere. */
    void changed(Agreed from, Item to) {
        boolean changes =
                from.item().content().isPresent()
                        && (!from.item().content().equals(to.content())
                                || from.item().executable() != to.executable());
        if (changes && store.value(key(from.id())).isEmpty()) {
            put(from, from.item().executable());
        }
    }

    private void put(Agreed row, boolean bit) {
        store.putValue(
                key(row.id()),
                Parts.join(
                        Long.toString(row.version()),
                        Items.text(row.item()),
                        Boolean.toString(bit)));
    }

    /** A node that isn't held, but was, and is seen on disk now: as it was then. */
    Agreed asHeld(Agreed row, Observed now) {
        return store.value(key(row.id()))
                .map(Parts::split)
                .map(parts -> asHeld(row, now, parts))
                .orElseGet(() -> row.seen(Optional.of(now.executable(row.item().executable()))));
    }

    private static Agreed asHeld(Agreed row, Observed now, List<String> parts) {
        return new Agreed(
                row.id(),
                row.place(),
                Items.parse(parts.get(1)),
                Long.parseLong(parts.get(0)),
                Optional.of(now.executable(Boolean.parseBoolean(parts.get(2)))));
    }

    /** The node is held again, or is none any more. */
    void forget(NodeId id) {
        store.removeValue(key(id));
    }

    private static String key(NodeId id) {
        return KEY + id.value();
    }
}
