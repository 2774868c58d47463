package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Intent;
import io.syncline.client.transfer.Incoming;
import io.syncline.client.transfer.Outgoing;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Something that the engine wants done outside of it. Each is answered by events; one that can't be
 * carried out by {@link Event.Failed}.
 */
public sealed interface Effect {
    /** Whether its failure can be a word of the server; what the disk denies is another matter. */
    default boolean asksServer() {
        return switch (this) {
            case Scan _, LookAtRoot _, CarryOut _, Recover _, Discard _ -> false;
            case FetchChanges _,
                    FetchSnapshot _,
                    ReadFiles _,
                    FetchFiles _,
                    SendCommit _,
                    PutCheckpoint _,
                    AskWanted _,
                    SendAgain _ ->
                    true;
        };
    }

    /** Ask for a page of the feed: {@link Event.Page} or {@link Event.Expired}. */
    record FetchChanges(ChangesRequest request) implements Effect {}

    /**
     * Get the newest snapshot and hand out its nodes of that group, the first one after all of it
     * has come: {@link Event.SnapshotPart} or {@link Event.NoSnapshot}.
     *
     * @param group 0, then one after another
     * @param replica who starts from it
     */
    record FetchSnapshot(int group, ReplicaId replica) implements Effect {}

    /**
     * Compare the disk with what is known; empty: all of it. {@link Event.Observed}, then {@link
     * Event.Scanned}.
     */
    record Scan(Optional<Set<LocalPath>> directories) implements Effect {
        public Scan {
            // In the order in which they were told of, the same in each run of the JVM.
            directories =
                    directories.map(all -> Collections.unmodifiableSet(new LinkedHashSet<>(all)));
        }
    }

    /** Look whether the root still is the folder that was linked: {@link Event.RootSeen}. */
    record LookAtRoot() implements Effect {}

    /**
     * Read files; where {@code send}, the server gets their missing blocks. {@link Event.Read} for
     * each, then {@link Event.ReadEnded}.
     */
    record ReadFiles(long batch, List<Outgoing> files, boolean send) implements Effect {
        public ReadFiles {
            files = List.copyOf(files);
        }
    }

    /** Fetch contents: {@link Event.Received} for each, then {@link Event.ReceiveEnded}. */
    record FetchFiles(long batch, List<Incoming> files) implements Effect {
        public FetchFiles {
            files = List.copyOf(files);
        }
    }

    /** Send a journalled commit: {@link Event.Committed} or {@link Event.CommitExpired}. */
    record SendCommit(CommitId id, String body) implements Effect {}

    /**
     * Change the disk, one task after another, each only if the disk still is as expected; then
     * make it durable: {@link Event.Carried}.
     */
    record CarryOut(List<DiskTask> tasks) implements Effect {
        public CarryOut {
            tasks = List.copyOf(tasks);
        }
    }

    /** Find out what became of intents that a crash left open: {@link Event.Recovered}. */
    record Recover(List<Intent> intents) implements Effect {
        public Recover {
            intents = List.copyOf(intents);
        }
    }

    /**
     * Tell the server how far this replica is: {@link Event.CheckpointTaken}, {@link
     * Event.CheckpointExpired} or {@link Event.CheckpointStale}.
     */
    record PutCheckpoint(Checkpoint checkpoint) implements Effect {}

    /**
     * Ask which files hold blocks that were damaged on the server, above that node: {@link
     * Event.Wanted}.
     */
    record AskWanted(long after) implements Effect {}

    /**
     * Have the server get what it lacks of these files, which it knows already: {@link
     * Event.SentAgain}.
     */
    record SendAgain(List<Outgoing> files) implements Effect {
        public SendAgain {
            files = List.copyOf(files);
        }
    }

    /** Remove temporaries that nothing needs; unanswered. */
    record Discard(List<LocalPath> temporaries) implements Effect {
        public Discard {
            temporaries = List.copyOf(temporaries);
        }
    }
}
