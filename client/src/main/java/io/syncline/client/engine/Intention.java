package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Intent;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;

/** What an {@link Intent} of the engine says. */
sealed interface Intention {
    /**
     * A fetched file takes the place of another (R6). After a crash the file in its place would be
     * taken for an edit, and kept as a conflict copy where the server has a newer version by then.
     *
     * @param before what is replaced
     * @param after what takes its place
     * @param agreed what both sides agree on then
     */
    record Replace(LocalPath temporary, LocalPath target, Item before, Item after, Item agreed)
            implements Intention {}

    /** Equal to no file: a block of one byte that has another one's name. */
    Item UNKNOWN = Item.file(new Content(0, new Hash(0, 0, 0, 0), 1), false, 0);

    /** The losing side of a conflict gets another name, and becomes the node {@code copy} (R12). */
    record SetAside(NodeId copy, Name name, LocalPath from, LocalPath to) implements Intention {}

    /**
     * A node gets another place. A name that still exists is the same node to the scan (R21): after
     * a crash in a chain of renames it would take each file for an edit of the one that had its
     * name before.
     *
     * @param agreed the place that both sides agree on then
     * @param path of the new place
     */
    record Move(Place to, Place agreed, LocalPath path) implements Intention {}

    /** As it is stored. */
    default Intent stored(long id, NodeId node) {
        return switch (this) {
            case Replace(var temporary, var target, var before, var after, var agreed) ->
                    new Intent(
                            id,
                            node,
                            "replace",
                            Parts.join(
                                    temporary.toString(),
                                    target.toString(),
                                    Items.text(before),
                                    Items.text(after),
                                    Items.text(agreed)));
            case SetAside(var copy, var name, var from, var to) ->
                    new Intent(
                            id,
                            node,
                            "set-aside",
                            Parts.join(
                                    Long.toString(copy.value()),
                                    name.value(),
                                    from.toString(),
                                    to.toString()));
            case Move(var to, var agreed, var path) ->
                    new Intent(
                            id,
                            node,
                            "move",
                            Parts.join(
                                    Long.toString(to.parent().value()),
                                    to.name().value(),
                                    Long.toString(agreed.parent().value()),
                                    agreed.name().value(),
                                    path.toString()));
        };
    }

    /** What was stored. */
    static Intention of(Intent intent) {
        List<String> parts = Parts.split(intent.body());
        return switch (intent.kind()) {
            case "replace" ->
                    new Replace(
                            LocalPath.parse(parts.get(0)),
                            LocalPath.parse(parts.get(1)),
                            item(parts.get(2)),
                            item(parts.get(3)),
                            // The first form of the state didn't have it.
                            item(parts.get(Math.min(4, parts.size() - 1))));
            case "set-aside" ->
                    new SetAside(
                            new NodeId(Long.parseLong(parts.get(0))),
                            new Name(parts.get(1)),
                            LocalPath.parse(parts.get(2)),
                            LocalPath.parse(parts.get(3)));
            case "move" ->
                    new Move(
                            place(parts.get(0), parts.get(1)),
                            place(parts.get(2), parts.get(3)),
                            LocalPath.parse(parts.get(4)));
            default -> throw new IllegalStateException("unknown intent " + intent.kind());
        };
    }

    private static Item item(String stored) {
        // A hash, in the first form of the state: what is there is taken for another file, and
        // kept.
        return Parts.split(stored).size() < Items.PARTS ? UNKNOWN : Items.parse(stored);
    }

    private static Place place(String parent, String name) {
        return new Place(new NodeId(Long.parseLong(parent)), new Name(name));
    }
}
