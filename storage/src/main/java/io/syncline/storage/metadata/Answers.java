package io.syncline.storage.metadata;

import io.syncline.core.tree.CommitId;
import java.util.Optional;

/** The answers given to one project's commits, so that a repeat is harmless (R9, L8). */
public interface Answers {
    /** The answer given to this commit. */
    Optional<Answer> find(CommitId id);

    /** With the mutations. */
    interface Writable extends Answers {
        /**
         * Keeps an answer, in the transaction of the commit itself; {@code STALE} when the commit
         * has one.
         */
        void add(Answer answer);
    }
}
