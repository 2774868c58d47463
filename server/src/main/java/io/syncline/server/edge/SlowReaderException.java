package io.syncline.server.edge;

import java.io.IOException;

/** An answer was taken more slowly than it may; all that is left is to cut it short. */
final class SlowReaderException extends IOException {
    private static final long serialVersionUID = 1L;

    SlowReaderException() {
        super("the answer was taken too slowly");
    }
}
