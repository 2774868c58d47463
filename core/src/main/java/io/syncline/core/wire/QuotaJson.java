package io.syncline.core.wire;

import java.util.OptionalLong;

/** How {@link QuotaView} is spelt. */
public final class QuotaJson {
    /** The codec. */
    public static final JsonCodec<QuotaView> CODEC =
            new JsonCodec<>(QuotaJson::write, QuotaJson::read);

    private QuotaJson() {}

    private static void write(JsonWriter out, QuotaView view) {
        out.beginObject()
                .member("bytes", view.bytes())
                .member("nodes", view.nodes())
                .member("storedBytes", view.storedBytes());
        limit(out, "bytesMax", view.bytesMax());
        limit(out, "nodesMax", view.nodesMax());
        limit(out, "storedBytesMax", view.storedBytesMax());
        out.endObject();
    }

    private static void limit(JsonWriter out, String name, OptionalLong limit) {
        if (limit.isPresent()) {
            out.member(name, limit.getAsLong());
        }
    }

    private static QuotaView read(JsonReader in) {
        long bytes = 0;
        long nodes = 0;
        long stored = 0;
        OptionalLong bytesMax = OptionalLong.empty();
        OptionalLong nodesMax = OptionalLong.empty();
        OptionalLong storedMax = OptionalLong.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "bytes" -> bytes = in.number(0, Long.MAX_VALUE);
                case "nodes" -> nodes = in.number(0, Long.MAX_VALUE);
                case "storedBytes" -> stored = in.number(0, Long.MAX_VALUE);
                case "bytesMax" -> bytesMax = OptionalLong.of(in.number(0, Long.MAX_VALUE));
                case "nodesMax" -> nodesMax = OptionalLong.of(in.number(0, Long.MAX_VALUE));
                case "storedBytesMax" -> storedMax = OptionalLong.of(in.number(0, Long.MAX_VALUE));
                default -> in.unknown();
            }
        }
        return new QuotaView(bytes, nodes, stored, bytesMax, nodesMax, storedMax);
    }
}
