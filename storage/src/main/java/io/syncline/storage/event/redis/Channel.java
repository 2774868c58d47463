package io.syncline.storage.event.redis;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What hints of one kind about one project go over. */
record Channel(Kind kind, ProjectId project) {
    /** What is told. */
    enum Kind {
        HEADS,
        TRANSFERS;

        private String word() {
            return this == HEADS ? "heads" : "transfers";
        }
    }

    /** Its name at the server: {@code PREFIX:KIND:PROJECT}. */
    byte[] name(String prefix) {
        return (prefix + ":" + kind.word() + ":" + project.value())
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The channel of that name; absent where it is none of these. */
    static Optional<Channel> named(byte[] name, String prefix) {
        String[] parts = new String(name, StandardCharsets.US_ASCII).split(":", -1);
        if (parts.length != 3 || !parts[0].equals(prefix)) {
            return Optional.empty();
        }
        for (Kind kind : Kind.values()) {
            if (kind.word().equals(parts[1])) {
                try {
                    return Optional.of(new Channel(kind, new ProjectId(parts[2])));
                } catch (SynclineException _) {
                    // No project is called so.
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
