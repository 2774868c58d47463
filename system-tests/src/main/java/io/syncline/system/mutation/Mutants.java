package io.syncline.system.mutation;

import static io.syncline.system.mutation.Mutation.Value.ARGUMENT;
import static io.syncline.system.mutation.Mutation.Value.EMPTY;
import static io.syncline.system.mutation.Mutation.Value.FALSE;
import static io.syncline.system.mutation.Mutation.Value.MAX;
import static io.syncline.system.mutation.Mutation.Value.NOTHING;
import static io.syncline.system.mutation.Mutation.Value.RECEIVER;
import static io.syncline.system.mutation.Mutation.Value.TRUE;
import static io.syncline.system.mutation.Mutation.Value.ZERO;
import static io.syncline.system.sim.Climate.AFTERWARDS;
import static io.syncline.system.sim.Climate.ALONE;
import static io.syncline.system.sim.Climate.APART;
import static io.syncline.system.sim.Climate.AWAY;
import static io.syncline.system.sim.Climate.COLLECTING;
import static io.syncline.system.sim.Climate.CONFUSED;
import static io.syncline.system.sim.Climate.DELETING;
import static io.syncline.system.sim.Climate.FLEETING;
import static io.syncline.system.sim.Climate.FOLLOWED;
import static io.syncline.system.sim.Climate.FOREIGN;
import static io.syncline.system.sim.Climate.FORKED;
import static io.syncline.system.sim.Climate.HASTY;
import static io.syncline.system.sim.Climate.IGNORING;
import static io.syncline.system.sim.Climate.LATE;
import static io.syncline.system.sim.Climate.MIXED;
import static io.syncline.system.sim.Climate.NETWORK;
import static io.syncline.system.sim.Climate.PLUGGED;
import static io.syncline.system.sim.Climate.RASH;
import static io.syncline.system.sim.Climate.RESTLESS;
import static io.syncline.system.sim.Climate.RETURNING;
import static io.syncline.system.sim.Climate.SERVER;
import static io.syncline.system.sim.Climate.SUDDEN;
import static io.syncline.system.sim.Climate.TURNS;

import io.syncline.system.mutation.Mutation.Part;
import io.syncline.system.mutation.Mutation.Removal;
import io.syncline.system.mutation.Mutation.Value;
import io.syncline.system.sim.Climate;
import java.util.List;
import java.util.stream.Stream;

/** The protections whose removal must be noticed. */
final class Mutants {
    private static final String COMMIT = "server.commit.CommitCheck";
    private static final String ENGINE = "client.engine.";
    private static final String HTTP = "client.api.HttpServerApi";
    private static final String DISK_CLASS = "client.disk.SafeDisk";

    /** All of them, in the order of the table. */
    static final List<Mutation> ALL =
            Stream.of(
                            commits(), lineage(), blocks(), safety(), feed(), outbox(), scan(),
                            plan(), devices(), more(), bounds(), pairs())
                    .flatMap(List::stream)
                    .toList();

    private Mutants() {}

    /** Those that remove this and more: each shows that what it doubles is doubled. */
    static List<Mutation> beyond(Mutation mutation) {
        return ALL.stream()
                .filter(other -> other.removal() instanceof Removal.Several)
                .filter(other -> other.parts().containsAll(mutation.parts()))
                .filter(other -> !other.equals(mutation))
                .toList();
    }

    private static Mutation returns(
            String name,
            String rule,
            String protection,
            String type,
            String method,
            Value value,
            Climate climate) {
        return new Mutation(
                name, rule, protection, type, method, new Removal.Returns(value), climate);
    }

    private static Mutation call(
            String name,
            String rule,
            String protection,
            String type,
            String method,
            String callee,
            int nth,
            Value value,
            Climate climate) {
        return new Mutation(
                name,
                rule,
                protection,
                type,
                method,
                new Removal.Call(callee, nth, value),
                climate);
    }

    private static Mutation other(
            String name,
            String rule,
            String protection,
            String type,
            String method,
            String callee,
            String other,
            Climate climate) {
        return new Mutation(
                name, rule, protection, type, method, new Removal.Other(callee, other), climate);
    }

    private static List<Mutation> commits() {
        return List.of(
                returns(
                        "commit-stale",
                        "L5",
                        "a change names the version that it saw",
                        COMMIT,
                        "isStale",
                        FALSE,
                        APART),
                call(
                        "commit-not-empty",
                        "L5",
                        "a directory is deleted only when empty",
                        COMMIT,
                        "judge",
                        "liveChild",
                        0,
                        EMPTY,
                        APART),
                call(
                        "commit-parent",
                        "L6",
                        "nothing is put into a deleted directory",
                        COMMIT,
                        "judgePlace",
                        "deleted",
                        0,
                        FALSE,
                        APART),
                call(
                        "commit-cycle",
                        "R1",
                        "no directory is moved into itself",
                        COMMIT,
                        "judgePlace",
                        "equals",
                        1,
                        FALSE,
                        RASH),
                call(
                        "commit-name",
                        "R19",
                        "names are unique among siblings",
                        COMMIT,
                        "judgePlace",
                        "rival",
                        0,
                        EMPTY,
                        RASH),
                call(
                        "commit-atomic",
                        "R20",
                        "an atomic commit is judged on its final state",
                        COMMIT,
                        "check",
                        "atomic",
                        1,
                        FALSE,
                        RASH),
                returns(
                        "commit-content",
                        "L3",
                        "a commit names only stored content",
                        COMMIT,
                        "judgeContent",
                        EMPTY,
                        RASH),
                call(
                        "commit-repeat",
                        "L8, R9",
                        "a repeated commit gets the first answer",
                        "server.commit.Commits",
                        "write",
                        "answered",
                        0,
                        EMPTY,
                        NETWORK),
                call(
                        "commit-base",
                        "R2",
                        "a commit planned on another history is refused",
                        "server.commit.Commits",
                        "write",
                        "check",
                        1,
                        NOTHING,
                        SERVER),
                call(
                        "commit-parent-kind",
                        "L6",
                        "only directories hold something",
                        COMMIT,
                        "judgePlace",
                        "isDirectory",
                        1,
                        TRUE,
                        RASH),
                returns(
                        "commit-role",
                        "R29",
                        "who may only read commits nothing",
                        "core.wire.Role",
                        "includes",
                        TRUE,
                        RASH),
                call(
                        "commit-id-body",
                        "R9",
                        "an id that was used with another body is refused",
                        "server.commit.Commits",
                        "answered",
                        "equals",
                        0,
                        TRUE,
                        RASH));
    }

    private static List<Mutation> lineage() {
        return List.of(
                returns(
                        "proof-signed",
                        "R2",
                        "nobody without a signature makes the server begin anew",
                        "server.lineage.StoredHistory",
                        "signed",
                        TRUE,
                        RASH),
                call(
                        "checkpoint-digest",
                        "R15",
                        "a checkpoint of another history doesn't count",
                        "server.checkpoint.Checkpoints",
                        "check",
                        "equals",
                        2,
                        TRUE,
                        RASH),
                call(
                        "floor-live",
                        "R16",
                        "the floor waits for what readers have received",
                        "server.floor.FloorKeeper",
                        "target",
                        "lowestReceived",
                        0,
                        EMPTY,
                        COLLECTING),
                call(
                        "floor-begun",
                        "R16",
                        "the floor waits for who begins to read",
                        "server.change.Changes",
                        "page",
                        "reads",
                        0,
                        NOTHING,
                        AWAY),
                returns(
                        "floor-tombstones",
                        "R16",
                        "tombstones stay until every reader has them",
                        "server.floor.FloorKeeper",
                        "floor",
                        MAX,
                        APART),
                returns(
                        "union-fork",
                        "R4",
                        "what was agreed after the fork counts as edited here",
                        ENGINE + "Feed",
                        "fork",
                        MAX,
                        SERVER),
                call(
                        "changes-proof",
                        "R2",
                        "a reader's proof is checked",
                        "server.change.Changes",
                        "page",
                        "check",
                        0,
                        NOTHING,
                        SERVER),
                call(
                        "lineage-digest",
                        "R2",
                        "the digest at the reader's sequence is compared",
                        "core.lineage.Lineage",
                        "judge",
                        "equals",
                        2,
                        TRUE,
                        SERVER),
                returns(
                        "lineage-floor",
                        "R16",
                        "a reader below the floor begins anew",
                        "core.lineage.Lineage",
                        "isBelowFloor",
                        FALSE,
                        AWAY),
                returns(
                        "epoch-start",
                        "R3",
                        "a new epoch's sequences are above all that were used",
                        "core.lineage.Lineage",
                        "epochStart",
                        ARGUMENT,
                        SERVER),
                returns(
                        "epoch-new",
                        "R2",
                        "a server that was taken back begins a new epoch",
                        "server.lineage.Proofs",
                        "startEpoch",
                        EMPTY,
                        SERVER),
                returns(
                        "union-keeps",
                        "R4",
                        "in a union what the server lacks is kept and sent",
                        ENGINE + "Feed",
                        "keep",
                        NOTHING,
                        SERVER));
    }

    private static List<Mutation> blocks() {
        return List.of(
                returns(
                        "chunk-children",
                        "L3",
                        "a tree block is stored only above stored children",
                        "server.block.ChunkIntake",
                        "checkChildren",
                        NOTHING,
                        RASH),
                returns(
                        "collect-mark",
                        "R10",
                        "what is needed is marked",
                        "server.collect.Marker",
                        "mark",
                        NOTHING,
                        COLLECTING),
                returns(
                        "collect-young",
                        "R26",
                        "what arrived lately isn't judged",
                        "server.collect.Marker",
                        "isYoung",
                        FALSE,
                        COLLECTING),
                returns(
                        "collect-walk",
                        "L3",
                        "what is below a needed tree block is needed",
                        "server.collect.Marker",
                        "walk",
                        NOTHING,
                        COLLECTING),
                call(
                        "collect-again",
                        "R10",
                        "what became needed meanwhile is marked before anything is condemned",
                        "server.collect.Marker",
                        "catchUpWithin",
                        "equals",
                        1,
                        TRUE,
                        COLLECTING),
                returns(
                        "upload-session",
                        "R26",
                        "what is sent isn't judged while the upload goes on",
                        "server.block.ChunkIntake",
                        "touch",
                        NOTHING,
                        COLLECTING),
                call(
                        "history-kept",
                        "L2",
                        "versions stay as long as their project keeps them",
                        "server.history.HistoryTrimmer",
                        "trim",
                        "minus",
                        0,
                        RECEIVER,
                        COLLECTING),
                call(
                        "send-missing",
                        "L8",
                        "only what the server lacks is sent",
                        "client.transfer.SendLane",
                        "ask",
                        "get",
                        1,
                        TRUE,
                        NETWORK),
                returns(
                        "fetch-local",
                        "L8",
                        "what the file here holds isn't fetched",
                        "client.transfer.Downloader$Run$Walk",
                        "scan",
                        NOTHING,
                        ALONE),
                call(
                        "fetch-used",
                        "L8",
                        "what is in a complete temporary is placed, and not fetched again",
                        ENGINE + "DiskWork",
                        "takeArrived",
                        "place",
                        0,
                        FALSE,
                        ALONE),
                call(
                        "fetch-equal",
                        "L8",
                        "what differs in its executable bit only isn't fetched",
                        ENGINE + "DiskWork",
                        "replace",
                        "equals",
                        0,
                        FALSE,
                        ALONE));
    }

    private static List<Mutation> safety() {
        return List.of(
                returns(
                        "disk-look",
                        "L4",
                        "a file is touched only if it is what the plan saw",
                        DISK_CLASS,
                        "changedRefusal",
                        EMPTY,
                        HASTY),
                call(
                        "disk-displaced",
                        "L4, R7",
                        "what an exchange displaced is inspected",
                        DISK_CLASS,
                        "inspectDisplaced",
                        "unchangedButForRenaming",
                        0,
                        TRUE,
                        HASTY),
                other(
                        "disk-no-replace",
                        "R7",
                        "a new file never takes a name that is in use",
                        DISK_CLASS,
                        "place",
                        "renameNoReplace",
                        "renameOver",
                        HASTY),
                other(
                        "disk-move-no-replace",
                        "R7",
                        "a move never takes a name that is in use",
                        DISK_CLASS,
                        "move",
                        "renameNoReplace",
                        "renameOver",
                        HASTY),
                call(
                        "disk-moved-is-seen",
                        "L4",
                        "what was moved is inspected, and comes back if it changed",
                        DISK_CLASS,
                        "move",
                        "unchangedButForRenaming",
                        0,
                        TRUE,
                        HASTY),
                call(
                        "disk-trashed-is-seen",
                        "L4",
                        "what went to the trash is inspected, and comes back if it changed",
                        DISK_CLASS,
                        "trash",
                        "unchangedButForRenaming",
                        0,
                        TRUE,
                        HASTY),
                call(
                        "disk-exchange-linked",
                        "R7",
                        "without exchange, what is replaced is linked into the trash before",
                        DISK_CLASS,
                        "replaceWithoutExchange",
                        "unchangedButForRenaming",
                        0,
                        TRUE,
                        HASTY),
                returns(
                        "hands-force",
                        "L4",
                        "directories are forced before a result is told",
                        ENGINE + "Hands",
                        "forceAll",
                        NOTHING,
                        AFTERWARDS),
                returns(
                        "fetch-force",
                        "L4",
                        "temporaries are forced before they are renamed",
                        "client.transfer.Forcer",
                        "force",
                        EMPTY,
                        AFTERWARDS),
                returns(
                        "hands-rescue",
                        "L2",
                        "a save that was displaced comes back beside",
                        ENGINE + "Hands",
                        "rescue",
                        NOTHING,
                        HASTY),
                call(
                        "recover-judge",
                        "R6",
                        "after a crash a temporary goes only if its bytes are known",
                        ENGINE + "Hands",
                        "judge",
                        "equals",
                        1,
                        TRUE,
                        SUDDEN),
                returns(
                        "hands-inside",
                        "L4",
                        "nothing is put into a directory that couldn't be made",
                        ENGINE + "Hands",
                        "isInside",
                        FALSE,
                        SUDDEN),
                returns(
                        "seen-after",
                        "L2",
                        "a save right after our own write isn't taken for ours",
                        ENGINE + "DiskResults",
                        "seen",
                        ARGUMENT,
                        HASTY),
                returns(
                        "seen-step",
                        "L2",
                        "what is put there in the step of time in which it was written is read once"
                                + " more",
                        ENGINE + "LocalView",
                        "carriedOut",
                        NOTHING,
                        HASTY),
                returns(
                        "cut-marker",
                        "R31",
                        "a power cut is told from a kill",
                        ENGINE + "Caution",
                        "begin",
                        FALSE,
                        AFTERWARDS),
                returns(
                        "cut-damage",
                        "R31",
                        "what a power cut damaged is never sent",
                        ENGINE + "Caution",
                        "isDamage",
                        FALSE,
                        AFTERWARDS),
                returns(
                        "brake",
                        "R28",
                        "a mass delete is asked about",
                        ENGINE + "Brake",
                        "allows",
                        TRUE,
                        DELETING));
    }

    private static List<Mutation> feed() {
        return List.of(
                call(
                        "feed-newer-wins",
                        "R13",
                        "an older version of a node changes nothing",
                        "client.state.ReplicaState",
                        "putRemote",
                        "version",
                        1,
                        ZERO,
                        LATE),
                call(
                        "feed-page-follows",
                        "L1",
                        "a page that doesn't follow the cursor isn't taken",
                        ENGINE + "Feed",
                        "take",
                        "from",
                        1,
                        ZERO,
                        NETWORK),
                returns(
                        "unheld-base",
                        "R44",
                        "what was ignored is compared with what it was when it was held",
                        ENGINE + "Unheld",
                        "changed",
                        NOTHING,
                        IGNORING),
                call(
                        "feed-judged",
                        "R2",
                        "a page is taken only where the server judged all that was read",
                        ENGINE + "Feed",
                        "page",
                        "equals",
                        1,
                        TRUE,
                        FORKED),
                returns(
                        "feed-unproven",
                        "R2",
                        "what was answered to a commit that showed less has to be proven",
                        ENGINE + "Feed",
                        "isUnproven",
                        FALSE,
                        FORKED),
                call(
                        "hint-digest",
                        "R2",
                        "the changes of a hint must lead to its digest",
                        ENGINE + "Feed",
                        "news",
                        "leadsToItsDigest",
                        1,
                        TRUE,
                        FORKED),
                returns(
                        "feed-consistent",
                        "R14",
                        "plans are made only on a state that the server had",
                        ENGINE + "Feed",
                        "isConsistent",
                        TRUE,
                        NETWORK),
                returns(
                        "feed-compare",
                        "L6",
                        "digests are compared at the end of the feed",
                        ENGINE + "Feed",
                        "compare",
                        NOTHING,
                        CONFUSED),
                returns(
                        "feed-needed",
                        "R14",
                        "what is learned outside of the feed is waited for",
                        ENGINE + "Feed",
                        "sawAhead",
                        NOTHING,
                        RESTLESS),
                returns(
                        "tombstones-quiet",
                        "R13",
                        "tombstones are kept while something is under way",
                        ENGINE + "Engine",
                        "isQuiet",
                        TRUE,
                        MIXED));
    }

    private static List<Mutation> outbox() {
        return List.of(
                returns(
                        "journal-resent",
                        "R8",
                        "an unanswered commit is sent again after a restart",
                        ENGINE + "Outbox",
                        "restore",
                        NOTHING,
                        RETURNING),
                call(
                        "journal-holds",
                        "R8",
                        "what an unanswered commit names isn't planned",
                        ENGINE + "Outbox",
                        "add",
                        "forEach",
                        1,
                        NOTHING,
                        RETURNING),
                returns(
                        "journal-durable",
                        "R6, R8, R12",
                        "journal and intents are durable before anything is done",
                        ENGINE + "Planning",
                        "needsDurable",
                        FALSE,
                        RETURNING),
                returns(
                        "ids-replaced",
                        "R22",
                        "an answered commit's ids replace the local ones everywhere",
                        "client.state.ReplicaState",
                        "replaceId",
                        NOTHING,
                        MIXED),
                call(
                        "ids-durable",
                        "R22",
                        "local ids are never used twice",
                        "client.state.ReplicaState",
                        "write",
                        "putValue",
                        2,
                        NOTHING,
                        SUDDEN),
                returns(
                        "scan-defers",
                        "R22",
                        "no id changes while a scan holds it",
                        ENGINE + "Event",
                        "isHarmlessToScan",
                        TRUE,
                        RESTLESS));
    }

    private static List<Mutation> scan() {
        return List.of(
                call(
                        "read-steady",
                        "R32",
                        "a file that changed while it was read is read again",
                        ENGINE + "LocalView",
                        "done",
                        "steady",
                        0,
                        TRUE,
                        FLEETING),
                call(
                        "read-hashed-twice",
                        "R32",
                        "what is sent is hashed again",
                        "client.transfer.SecondLook",
                        "block",
                        "equals",
                        0,
                        TRUE,
                        ALONE),
                call(
                        "read-stale",
                        "R32",
                        "a reading that is older than the last look isn't taken",
                        ENGINE + "LocalView",
                        "read",
                        "contains",
                        0,
                        FALSE,
                        RESTLESS),
                call(
                        "scan-incomplete",
                        "R11",
                        "nothing is deleted because a listing lacks it",
                        "client.scan.Comparison",
                        "compare",
                        "complete",
                        0,
                        TRUE,
                        FLEETING),
                call(
                        "scan-name-first",
                        "R21",
                        "a name that still exists is the same node",
                        "client.scan.Comparison",
                        "movedFrom",
                        "contains",
                        1,
                        FALSE,
                        FLEETING),
                call(
                        "scan-reused-inode",
                        "R21",
                        "without birth time only equal content proves a move",
                        "client.scan.Comparison",
                        "resolve",
                        "isProof",
                        0,
                        TRUE,
                        FLEETING),
                call(
                        "scan-moved-equal",
                        "R21",
                        "a file that may have moved is read before",
                        ENGINE + "LocalView",
                        "movedFrom",
                        "equals",
                        0,
                        TRUE,
                        FLEETING));
    }

    private static List<Mutation> plan() {
        return List.of(
                returns(
                        "plan-bring-here",
                        "R18",
                        "a directory that was deleted here and holds something is made again",
                        "core.plan.Round",
                        "bringHere",
                        NOTHING,
                        APART),
                returns(
                        "plan-bring-there",
                        "R18",
                        "a directory that was deleted there and holds something is made again",
                        "core.plan.Round",
                        "bringThere",
                        NOTHING,
                        APART),
                call(
                        "plan-conflict",
                        "L2",
                        "of two edits the losing one becomes a conflict copy",
                        "core.plan.Round",
                        "item",
                        "conflict",
                        0,
                        NOTHING,
                        APART),
                returns(
                        "plan-knot",
                        "R20",
                        "names that are passed around go in one atomic commit",
                        "core.plan.Outbox",
                        "knot",
                        NOTHING,
                        APART),
                returns(
                        "plan-subtree",
                        "R17",
                        "a subtree is deleted at once, or with a probe of its top",
                        "core.plan.Outbox",
                        "isGroup",
                        FALSE,
                        APART),
                call(
                        "plan-leaving",
                        "L5",
                        "a directory goes only with all that it holds",
                        "core.plan.Disk",
                        "connect",
                        "emptied",
                        0,
                        TRUE,
                        ALONE),
                returns(
                        "plan-busy",
                        "R8",
                        "what is under way isn't planned",
                        ENGINE + "Work",
                        "isBusy",
                        FALSE,
                        APART));
    }

    private static List<Mutation> devices() {
        return List.of(
                returns(
                        "brake-window",
                        "R28",
                        "deletes that trickle are counted together",
                        ENGINE + "Brake",
                        "count",
                        NOTHING,
                        DELETING),
                call(
                        "root-marker",
                        "R42",
                        "a folder without its marker is another one",
                        DISK_CLASS,
                        "rootState",
                        "equals",
                        0,
                        TRUE,
                        PLUGGED),
                call(
                        "attributes-observed",
                        "R23",
                        "what a disk can't hold isn't a change",
                        ENGINE + "LocalView",
                        "item",
                        "isPresent",
                        0,
                        FALSE,
                        TURNS),
                returns(
                        "unmaterialised",
                        "R44",
                        "what a device doesn't hold wasn't deleted there",
                        "client.state.Agreed",
                        "isMaterialised",
                        TRUE,
                        ALONE),
                returns(
                        "names-taken",
                        "R30",
                        "of two names that are one to a disk the second is spelt otherwise",
                        ENGINE + "DiskNames",
                        "taken",
                        NOTHING,
                        FOREIGN),
                returns(
                        "cut-reread",
                        "R31",
                        "what was written shortly before a power cut is read again",
                        ENGINE + "Caution",
                        "suspect",
                        NOTHING,
                        AFTERWARDS),
                returns(
                        "temporaries-kept",
                        "R6",
                        "where the state was lost, temporaries are kept",
                        "client.disk.Temporaries",
                        "keep",
                        ZERO,
                        SUDDEN),
                returns(
                        "moved-before-crash",
                        "R6",
                        "a rename before a crash is told from an edit after it",
                        ENGINE + "DiskResults",
                        "movedBeforeTheCrash",
                        NOTHING,
                        FOLLOWED),
                returns(
                        "aside-before-crash",
                        "R12",
                        "a conflict copy that was made before a crash is one after it",
                        ENGINE + "DiskResults",
                        "setAsideBeforeTheCrash",
                        NOTHING,
                        SUDDEN),
                returns(
                        "agreed-only",
                        "R44",
                        "what a device doesn't hold is moved and deleted there as well",
                        ENGINE + "DiskWork",
                        "agreedOnly",
                        FALSE,
                        FOREIGN),
                call(
                        "hands-kept",
                        "L4",
                        "nothing takes the name of what couldn't be put away",
                        ENGINE + "Hands",
                        "carryOut",
                        "anyMatch",
                        0,
                        FALSE,
                        HASTY));
    }

    /** What keeps memory and tables small. */
    private static List<Mutation> bounds() {
        return List.of(
                call(
                        "rest-effects",
                        "L9",
                        "what was carried out isn't held any more",
                        ENGINE + "EffectRunner",
                        "run",
                        "remove",
                        0,
                        FALSE,
                        MIXED),
                call(
                        "rest-commits",
                        "L9",
                        "an answered commit isn't held any more",
                        ENGINE + "Outbox",
                        "drop",
                        "remove",
                        2,
                        FALSE,
                        MIXED),
                returns(
                        "rest-failures",
                        "L9",
                        "what failed and didn't come again is forgotten",
                        ENGINE + "Delays",
                        "forget",
                        NOTHING,
                        MIXED),
                returns(
                        "rest-renamed",
                        "L9",
                        "of what a watcher may still tell is forgotten what is old",
                        ENGINE + "Work",
                        "forgetRenamed",
                        NOTHING,
                        MIXED),
                returns(
                        "rest-problems",
                        "L9",
                        "nobody is told of a failure that is over",
                        ENGINE + "Work",
                        "inStep",
                        NOTHING,
                        Climate.DISK),
                call(
                        "rest-answers",
                        "L9",
                        "an answer that is shared isn't held any more",
                        "server.change.SharedAnswers",
                        "get",
                        "remove",
                        2,
                        FALSE,
                        MIXED),
                returns(
                        "aged-rows",
                        "L9",
                        "rows that have expired go",
                        "server.ExpirySweeper",
                        "sweepAll",
                        ZERO,
                        MIXED),
                returns(
                        "aged-tombstones",
                        "L9",
                        "tombstones and digests below the floor go",
                        "server.floor.FloorKeeper",
                        "compact",
                        TRUE,
                        MIXED),
                returns(
                        "aged-history",
                        "L9",
                        "versions go that are older than their project keeps them",
                        "server.history.HistoryTrimmer",
                        "trimAll",
                        NOTHING,
                        MIXED),
                returns(
                        "aged-blocks",
                        "L9",
                        "condemned blocks go",
                        "server.collect.Sweep",
                        "delete",
                        EMPTY,
                        MIXED),
                returns(
                        "aged-packs",
                        "L9",
                        "packs go that nothing points into",
                        "server.collect.Compaction",
                        "delete",
                        NOTHING,
                        COLLECTING));
    }

    /** What the rulings ask for besides. */
    private static List<Mutation> more() {
        return List.of(
                call(
                        "conflict-nests",
                        "R38",
                        "a conflict on a conflict copy numbers the original",
                        "core.plan.ConflictName",
                        "of",
                        "matches",
                        0,
                        FALSE,
                        APART),
                returns(
                        "read-only-unsent",
                        "R29",
                        "what is changed on a read-only device is never sent",
                        ENGINE + "EngineSettings",
                        "readOnly",
                        FALSE,
                        MIXED),
                returns(
                        "replica-goes-on",
                        "R42",
                        "a replica never goes back",
                        "server.checkpoint.Checkpoints",
                        "checkGoesOn",
                        NOTHING,
                        LATE),
                returns(
                        "plan-way",
                        "R19",
                        "moves that would make a cycle of what others moved are undone",
                        "core.plan.Ways",
                        "opens",
                        TRUE,
                        APART),
                returns(
                        "plan-yields",
                        "R19",
                        "who comes later to a name takes another one",
                        "core.plan.Round",
                        "yieldName",
                        NOTHING,
                        APART),
                call(
                        "marked-once",
                        "R6, R27",
                        "what is marked isn't marked again, nor its temporaries put away",
                        ENGINE + "Marking",
                        "once",
                        "isPresent",
                        1,
                        FALSE,
                        SUDDEN),
                returns(
                        "checkpoint-whole",
                        "R13",
                        "only what was received whole is claimed",
                        ENGINE + "Checkpoints",
                        "mayBegin",
                        TRUE,
                        NETWORK));
    }

    /** Protections of which each is enough: both have to go. */
    private static List<Mutation> pairs() {
        var inspected = new Removal.Call("unchangedButForRenaming", 0, TRUE);
        return List.of(
                several(
                        "look-and-inspect",
                        "L4",
                        "what is touched is looked at before, and inspected after it",
                        HASTY,
                        new Part(DISK_CLASS, "changedRefusal", new Removal.Returns(EMPTY)),
                        new Part(DISK_CLASS, "inspectDisplaced", inspected),
                        new Part(DISK_CLASS, "replaceWithoutExchange", inspected),
                        new Part(DISK_CLASS, "move", inspected),
                        new Part(DISK_CLASS, "trash", inspected)),
                several(
                        "moved-seen",
                        "L4",
                        "what was moved is inspected, and a change of it isn't taken for ours",
                        HASTY,
                        new Part(DISK_CLASS, "move", inspected),
                        new Part(ENGINE + "DiskResults", "seen", new Removal.Returns(ARGUMENT))),
                several(
                        "page-follows",
                        "L1",
                        "a page that isn't the answer to the question is taken nowhere",
                        CONFUSED,
                        new Part(HTTP, "changes", new Removal.Call("from", 1, ZERO)),
                        new Part(HTTP, "changes", new Removal.Call("since", 2, ZERO)),
                        new Part(ENGINE + "Feed", "take", new Removal.Call("from", 1, ZERO))),
                several(
                        "floor-passed",
                        "R16",
                        "a reader below the floor begins anew, or has no digest to show",
                        AWAY,
                        new Part(
                                "core.lineage.Lineage", "isBelowFloor", new Removal.Returns(FALSE)),
                        new Part(
                                "server.floor.FloorKeeper",
                                "compact",
                                new Removal.Call("deleteDigests", 0, ZERO))),
                several(
                        "name-first",
                        "R21",
                        "a name that still exists is the same node, in all places that say so",
                        FLEETING,
                        new Part(
                                "client.scan.Comparison",
                                "movedFrom",
                                new Removal.Call("contains", 1, FALSE)),
                        // What is left of them.
                        new Part(
                                "client.scan.Comparison",
                                "movedFrom",
                                new Removal.Call("contains", 1, FALSE)),
                        new Part(
                                "client.scan.Comparison",
                                "isGoneFromElsewhere",
                                new Removal.Returns(TRUE))),
                several(
                        "fetched-survives",
                        "L4, R31",
                        "what is fetched is forced, and what a power cut made of it is put away",
                        AFTERWARDS,
                        new Part("client.transfer.Forcer", "force", new Removal.Returns(EMPTY)),
                        new Part(ENGINE + "Caution", "isDamage", new Removal.Returns(FALSE))),
                several(
                        "fetch-once",
                        "L8",
                        "what is being fetched isn't fetched beside that",
                        ALONE,
                        new Part(ENGINE + "Work", "isBusy", new Removal.Returns(FALSE)),
                        new Part(
                                ENGINE + "Downloads",
                                "want",
                                new Removal.Call("containsKey", 0, FALSE))));
    }

    private static Mutation several(
            String name, String rule, String protection, Climate climate, Part... parts) {
        return new Mutation(
                name,
                rule,
                protection,
                parts[0].type(),
                parts[0].method(),
                new Removal.Several(List.of(parts)),
                climate);
    }
}
