package io.syncline.storage.metadata;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The answer given to a commit.
 *
 * @param body SHA-256 of the commit's body: the same id with another body is refused (R9)
 * @param bytes the answer, read-only; its position is not shared
 */
public record Answer(CommitId commit, Hash body, ByteBuffer bytes, Instant time) {
    public Answer {
        bytes = bytes.asReadOnlyBuffer();
        time = Millis.of(time);
    }

    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate();
    }
}
