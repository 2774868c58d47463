package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.RootState;
import io.syncline.client.scan.Observation;
import io.syncline.client.scan.ScanResult;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Sent;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.Resync;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.CommitAnswer;
import io.syncline.core.wire.WantedPage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Something that the engine hears of: answers to its effects, and news from outside. */
public sealed interface Event {
    /** Whether it changes no id, so that it needn't wait for the end of a running scan. */
    default boolean isHarmlessToScan() {
        return switch (this) {
            case Failed(var effect, _, _) -> effect instanceof Effect.Scan;
            case Tick _,
                    Observed _,
                    Scanned _,
                    Connected _,
                    Disconnected _,
                    Head _,
                    Dirty _,
                    Overflow _,
                    Notice _,
                    Noted _,
                    BlocksWanted _,
                    Pause _ ->
                    true;
            case Page _,
                    Expired _,
                    SnapshotPart _,
                    NoSnapshot _,
                    RootSeen _,
                    Read _,
                    ReadEnded _,
                    Received _,
                    ReceiveEnded _,
                    Committed _,
                    CommitExpired _,
                    Carried _,
                    Recovered _,
                    CheckpointTaken _,
                    CheckpointExpired _,
                    CheckpointStale _,
                    Wanted _,
                    SentAgain _,
                    Unsubscribed _,
                    Resume _,
                    Confirm _,
                    Reject _,
                    SyncNow _ ->
                    false;
        };
    }

    /** Nothing but that time has passed. */
    record Tick() implements Event {}

    // Answers.

    /** The answer to that request. */
    record Page(ChangesRequest request, ChangesPage page) implements Event {}

    /**
     * The answer to that request: how to recover, and the last sequence that is shared for sure.
     */
    record Expired(ChangesRequest request, Resync mode, long fork) implements Event {}

    /**
     * Some nodes of a snapshot, whose sum has been checked before the last ones are told.
     *
     * @param proof of the snapshot's cursor
     * @param nodes live ones
     */
    record SnapshotPart(Proof proof, int group, boolean last, List<Node> nodes) implements Event {
        public SnapshotPart {
            nodes = List.copyOf(nodes);
        }
    }

    /** The server has no snapshot to start from. */
    record NoSnapshot() implements Event {}

    /** Some observations of the running scan, in their order. */
    record Observed(List<Observation> observations) implements Event {}

    record Scanned(ScanResult result) implements Event {}

    record RootSeen(RootState root) implements Event {}

    /** What became of one file of that batch. */
    record Read(long batch, Sent sent) implements Event {}

    record ReadEnded(long batch) implements Event {}

    record Received(Fetched fetched) implements Event {}

    record ReceiveEnded(long batch) implements Event {}

    record Committed(CommitId id, CommitAnswer answer) implements Event {}

    record CommitExpired(CommitId id, Resync mode, long fork) implements Event {}

    /** What became of each task. */
    record Carried(List<Result> results) implements Event {
        /** One of them. */
        public record Result(DiskTask task, Outcome outcome) {}
    }

    /** What the disk shows of an intent that a crash left open. */
    record Recovered(List<Trace> traces) implements Event {
        /** One of them; {@code happened}: the operation was carried out before the crash. */
        public record Trace(long intent, boolean happened) {}
    }

    record CheckpointTaken() implements Event {}

    /** The claim isn't of the server's history; the feed tells more. */
    record CheckpointExpired() implements Event {}

    /** The replica was further already, or is another device's (R42). */
    record CheckpointStale(ReplicaId replica) implements Event {}

    /** Which files hold blocks that the server wants again. */
    record Wanted(WantedPage page) implements Event {}

    /** What became of files that were sent again. */
    record SentAgain(List<Sent> results) implements Event {
        public SentAgain {
            results = List.copyOf(results);
        }
    }

    record Failed(Effect effect, ErrorCode code, String why) implements Event {}

    // News.

    record Connected() implements Event {}

    record Disconnected(String why) implements Event {}

    /** The server's head is at least there; perhaps with the changes that led there (R50). */
    record Head(Cursor head, Optional<ChangesPage> news) implements Event {}

    /** The server wants damaged blocks again, or has got some. */
    record BlocksWanted() implements Event {}

    /** Something that people may want to know of has happened. */
    record Noted(String text, String todo) implements Event {}

    /** The server doesn't let this device watch the project. */
    record Unsubscribed() implements Event {}

    /** Entries of these directories changed. */
    record Dirty(Set<LocalPath> directories) implements Event {}

    /** Something may have been missed: look at everything. */
    record Overflow(String why) implements Event {}

    /** A lasting remark for people, by subject; empty: no longer true. */
    record Notice(String subject, String text) implements Event {}

    // Wishes.

    record Pause() implements Event {}

    record Resume() implements Event {}

    /** Go on with what the folder stopped for. */
    record Confirm() implements Event {}

    /** Don't: bring back what was deleted, on the side that deleted. */
    record Reject() implements Event {}

    /** Look at everything now, here and there. */
    record SyncNow() implements Event {}
}
