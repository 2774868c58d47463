package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.List;

/** What became of one {@link Incoming} file. */
public sealed interface Fetched {
    /** The file that this is about. */
    Incoming file();

    /**
     * All bytes are verified, durable, and in a temporary that now is the caller's.
     *
     * @param stat the temporary as it now is
     */
    record Ready(Incoming file, LocalPath temporary, Stat stat) implements Fetched {}

    /**
     * The target of a symbolic link, verified.
     *
     * @param target its bytes, read-only
     */
    record Link(Incoming file, ByteBuffer target) implements Fetched {
        public Link {
            target = target.asReadOnlyBuffer();
        }

        /** The target's bytes, in a new array. */
        public byte[] toBytes() {
            byte[] bytes = new byte[target.remaining()];
            target.duplicate().get(bytes);
            return bytes;
        }
    }

    /**
     * The server lacks these blocks now (at most {@link #MISSING_MAX} are named). What was fetched
     * of a large file is kept for the next try.
     */
    record Unavailable(Incoming file, List<Hash> missing) implements Fetched {
        /** Most hashes named. */
        public static final int MISSING_MAX = 10;

        public Unavailable {
            missing = List.copyOf(missing);
        }
    }

    /** What the server sent for the content isn't what its hash says, even at a second try. */
    record Damaged(Incoming file, String why) implements Fetched {}

    /** This disk refused: no space, no such temporary. */
    record Refused(Incoming file, Outcome.Refused why) implements Fetched {}
}
