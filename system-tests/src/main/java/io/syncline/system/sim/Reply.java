package io.syncline.system.sim;

import io.syncline.server.edge.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** An answer on its way back; nobody changes its bytes. */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record Reply(int status, Map<String, String> headers, byte[] body) {
    static Reply of(Answer answer) {
        try {
            return new Reply(answer.status(), answer.headers(), answer.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
