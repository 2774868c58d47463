package io.syncline.client.daemon;

import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * Where a running daemon listens, and the token that it asks for: what is in {@code control.json}.
 */
record ControlAddress(int port, String token) {
    static final JsonCodec<ControlAddress> CODEC =
            new JsonCodec<>(ControlAddress::write, ControlAddress::read);

    private static void write(JsonWriter out, ControlAddress address) {
        out.beginObject().member("port", address.port).member("token", address.token).endObject();
    }

    private static ControlAddress read(JsonReader in) {
        int port = 0;
        @Nullable String token = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "port" -> port = in.integer(1, 65_535);
                case "token" -> token = in.text();
                default -> in.unknown();
            }
        }
        return new ControlAddress(port, in.required("token", token));
    }

    @Override
    public String toString() {
        return "ControlAddress[" + port + "]";
    }
}
