package io.syncline.client.transfer;

import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.Content;

/** What became of one {@link Outgoing} file. */
public sealed interface Sent {
    /** The file that this is about. */
    Outgoing file();

    /**
     * Read to its end in one pass.
     *
     * @param content what was read
     * @param before the file just before the first byte was read
     * @param after the same open file just after the last was
     */
    record Done(Outgoing file, Content content, Stat before, Stat after) implements Sent {
        /**
         * Whether nobody was seen to write while it was read (R32). If not, {@code content} may
         * never have been on disk at any one moment, and must not be committed.
         */
        public boolean steady() {
            return after.unchangedSince(before) && content.sizeBytes() == before.sizeBytes();
        }
    }

    /** It couldn't be read: gone, denied, neither file nor link. */
    record Unread(Outgoing file, Outcome.Refused why) implements Sent {}
}
