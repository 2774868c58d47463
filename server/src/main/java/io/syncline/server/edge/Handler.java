package io.syncline.server.edge;

import java.io.IOException;

/** Answers the requests of one address. Runs on a virtual thread of its own and may block. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request; a failure is thrown and becomes a problem document.
     *
     * @throws IOException when the peer's connection broke
     */
    Answer handle(Call call) throws IOException;
}
