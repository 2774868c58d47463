package io.syncline.server.edge;

import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A request as it came, whatever it came over: what {@link Call} is made of. For the thread that
 * handles it only.
 */
public interface Incoming {
    /** In upper case. */
    String method();

    /**
     * The path as sent; begins with a slash.
     *
     * @throws SynclineException INVALID where there is none
     */
    String path();

    /**
     * A parameter of the query; the first one where it is repeated.
     *
     * @throws SynclineException INVALID where the query isn't well-formed
     */
    Optional<String> query(String name);

    /** A header; the first one where it is repeated. */
    Optional<String> header(String name);

    /** A cookie's value. */
    Optional<String> cookie(String name);

    /** Whether nobody in between could read it. */
    boolean secure();

    /** Where it was sent to, as its sender spells it: {@code host:port}; empty where unknown. */
    String authority();

    /** The numeric address of the peer. */
    String peer();

    /** As {@link Call#body}. */
    byte[] body(int bytesMax) throws IOException;

    /** As {@link Call#lentBody}. */
    default ByteBuffer lentBody(int bytesMax) throws IOException {
        return ByteBuffer.wrap(body(bytesMax));
    }

    /** As {@link Call#bodyBytes}. */
    default long bodyBytes() {
        return 0;
    }

    /** As {@link Call#reserve}. */
    void reserve(int bytes);
}
