package io.syncline.core.wire;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pieces that several messages share. */
final class Members {
    /** Most elements of a list that isn't paged: devices, projects, links, members, replicas. */
    private static final int LIST_MAX = 100_000;

    private Members() {}

    static void writeHash(JsonWriter out, Hash hash) {
        out.text(hash.toHex());
    }

    static Hash readHash(JsonReader in) {
        return in.hash();
    }

    static long readSequence(JsonReader in) {
        return in.number(0, Node.MAX_SEQUENCE);
    }

    static NodeId readNodeId(JsonReader in) {
        return new NodeId(in.number());
    }

    static void writeCursor(JsonWriter out, Cursor cursor) {
        out.beginObject()
                .member("epoch", cursor.epoch().value())
                .member("sequence", cursor.sequence())
                .endObject();
    }

    static Cursor readCursor(JsonReader in) {
        Epoch epoch = null;
        Long sequence = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "epoch" -> epoch = in.text(Epoch::new);
                case "sequence" -> sequence = readSequence(in);
                default -> in.unknown();
            }
        }
        return new Cursor(in.required("epoch", epoch), in.required("sequence", sequence));
    }

    /** A document that is an object with one array. */
    static <T> JsonCodec<List<T>> list(
            String name, BiConsumer<JsonWriter, T> write, Function<JsonReader, T> read) {
        return new JsonCodec<>(
                (out, values) -> out.beginObject().array(name, values, write).endObject(),
                in -> {
                    @Nullable List<T> values = null;
                    in.beginObject();
                    while (in.nextMember()) {
                        if (in.member().equals(name)) {
                            values = in.array(LIST_MAX, read);
                        } else {
                            in.unknown();
                        }
                    }
                    return List.copyOf(in.required(name, values));
                });
    }
}
