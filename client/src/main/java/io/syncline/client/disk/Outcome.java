package io.syncline.client.disk;

import java.util.Optional;

/**
 * How an operation on the disk ended. {@link Done} and {@link Displaced} changed the disk; after a
 * {@link Refused} everything is as it was, unless a refusal says otherwise.
 */
public sealed interface Outcome {

    /**
     * Done as asked.
     *
     * @param now the entry at the operation's target as it now is: what to remember as observed. Of
     *     the last known state where the operation removed the entry
     * @param kept where a file that was replaced or deleted now is, in the trash (R7: hash it again
     *     before purging it)
     */
    record Done(Stat now, Optional<LocalPath> kept) implements Outcome {
        /** Nothing was put away. */
        public Done(Stat now) {
            this(now, Optional.empty());
        }
    }

    /**
     * The new file is in place, but what it displaced in the last microsecond was not what was
     * expected: a person's save. It is kept and must become a conflict copy (L2, R7).
     *
     * @param now the new file at the target
     * @param kept where the displaced file now is
     * @param displaced the displaced file as it now is
     */
    record Displaced(Stat now, LocalPath kept, Stat displaced) implements Outcome {}

    /** Not done; nothing was changed. */
    sealed interface Refused extends Outcome {
        /** For people: what stood in the way, lower case, without the path. */
        String why();
    }

    /** The entry isn't what was expected any more (L4): look again and plan anew. */
    record Changed(Stat found) implements Refused {
        @Override
        public String why() {
            return "it changed in the meantime";
        }
    }

    /** The entry, or a directory on the way to it, isn't there. */
    record Missing() implements Refused {
        @Override
        public String why() {
            return "it doesn't exist";
        }
    }

    /**
     * The target's name is taken.
     *
     * @param by what had it right after; empty where nobody looked, or it was gone again
     */
    record Exists(Optional<FileIdentity> by) implements Refused {
        /** By whom isn't known. */
        public Exists() {
            this(Optional.empty());
        }

        @Override
        public String why() {
            return "the name is taken";
        }
    }

    /** The directory holds something (L5). */
    record NotEmpty() implements Refused {
        @Override
        public String why() {
            return "the directory isn't empty";
        }
    }

    /** The disk or a quota is full; may work later. */
    record NoSpace() implements Refused {
        @Override
        public String why() {
            return "no space is left on the disk";
        }
    }

    /** Not permitted, or the file system is read-only. */
    record Denied(String why) implements Refused {}

    /**
     * This file system can't hold that: a name it can't spell, a link it doesn't know, a path that
     * leads through a symbolic link (and so perhaps out of the folder), a rename across mounted
     * file systems.
     */
    record Unsupported(String why) implements Refused {}

    /** The disk failed, or the entry can't be read for another reason. */
    record Unreadable(String why) implements Refused {}
}
