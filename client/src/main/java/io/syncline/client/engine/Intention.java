package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Intent;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.List;

/** What an {@link Intent} of the engine says. */
sealed interface Intention {
    /**
     * A fetched file takes the place of another (R6).
     *
     * @param before hash of the content that is replaced, in hexadecimal; empty: of none
     * @param after hash of the content that takes its place
     */
    record Replace(LocalPath temporary, LocalPath target, String before, String after)
            implements Intention {}

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
            case Replace(var temporary, var target, var before, var after) ->
                    new Intent(
                            id,
                            node,
                            "replace",
                            Parts.join(temporary.toString(), target.toString(), before, after));
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
                            parts.get(2),
                            parts.get(3));
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

    private static Place place(String parent, String name) {
        return new Place(new NodeId(Long.parseLong(parent)), new Name(name));
    }
}
