package io.syncline.client.engine;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.scan.KnownNode;
import io.syncline.client.scan.KnownTree;
import io.syncline.client.state.Intent;
import io.syncline.client.transfer.Outgoing;
import io.syncline.client.transfer.Progress;
import io.syncline.client.transfer.Sent;
import io.syncline.client.transfer.Transfers;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Carries disk tasks out, and finds out what a crash left half done. Blocks. */
final class Hands {
    private static final int RESCUE_NAMES_MAX = 100;

    private final Disk disk;
    private final Transfers transfers;
    private final KnownTree known;
    private final FolderPartials partials;

    Hands(Disk disk, Transfers transfers, KnownTree known, FolderPartials partials) {
        this.disk = disk;
        this.transfers = transfers;
        this.known = known;
        this.partials = partials;
    }

    /**
     * One after another; all that was done is durable before the results are told. What was to
     * happen inside of a directory that couldn't be made or moved there isn't tried: someone else's
     * directory may have its name. Nor is what was to get the name of something that couldn't be
     * put away: whatever became of that is to be seen first.
     */
    List<Event.Carried.Result> carryOut(List<DiskTask> tasks) {
        var results = new ArrayList<Event.Carried.Result>();
        var touched = new LinkedHashSet<LocalPath>();
        var missed = new HashSet<LocalPath>();
        var kept = new HashSet<LocalPath>();
        for (DiskTask task : tasks) {
            Outcome outcome;
            if (isInside(task, missed)) {
                outcome = new Outcome.Missing();
            } else if (task.results().stream().anyMatch(kept::contains)) {
                outcome = new Outcome.Exists();
            } else {
                outcome = carryOut(task, touched);
                if (outcome instanceof Outcome.Exists) {
                    outcome = new Outcome.Exists(inTheWay(task));
                }
            }
            if (outcome instanceof Outcome.Refused) {
                missed.addAll(task.results());
                kept.addAll(task.vacates());
            }
            if (outcome instanceof Outcome.Displaced displaced) {
                rescue(task, displaced, touched);
            }
            results.add(new Event.Carried.Result(task, outcome));
        }
        forceAll(touched);
        return results;
    }

    private Optional<FileIdentity> inTheWay(DiskTask task) {
        return task.results().stream()
                .flatMap(path -> disk.stat(path).found().stream())
                .map(Stat::identity)
                .findFirst();
    }

    private static boolean isInside(DiskTask task, Set<LocalPath> missed) {
        for (LocalPath path : missed.isEmpty() ? List.<LocalPath>of() : task.paths()) {
            for (LocalPath up = path; !up.isRoot(); ) {
                up = up.parent();
                if (missed.contains(up)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void forceAll(Set<LocalPath> touched) {
        var left = new LinkedHashSet<>(touched);
        // A directory that went again needs no forcing.
        while (!left.isEmpty() && disk.forceAll(left) instanceof Outcome.Refused) {
            if (!left.removeIf(path -> !path.isRoot() && disk.stat(path).isMissing())) {
                break;
            }
        }
    }

    private Outcome carryOut(DiskTask task, Set<LocalPath> touched) {
        return switch (task) {
            case DiskTask.MakeDirectory(_, _, var path) -> {
                touched.add(path.parent());
                yield disk.makeDirectory(path);
            }
            case DiskTask.PlaceFile(_, _, var temporary, var path, _) -> {
                touched.add(path.parent());
                yield disk.placeNew(temporary, path);
            }
            case DiskTask.PlaceLink(var step, _, var target, var path) -> {
                touched.add(path.parent());
                yield placeLink(step, target, path);
            }
            case DiskTask.ReplaceFile replace -> {
                touched.add(replace.path().parent());
                yield disk.replace(replace.temporary(), replace.path(), replace.expected());
            }
            case DiskTask.ReplaceLink replace -> {
                touched.add(replace.path().parent());
                LocalPath temporary = disk.freshTemporaryPath();
                Outcome made = disk.makeSymlink(temporary, bytes(replace.target()));
                if (made instanceof Outcome.Refused) {
                    yield made;
                }
                Outcome outcome = disk.replace(temporary, replace.path(), replace.expected());
                if (outcome instanceof Outcome.Refused) {
                    disk.discard(temporary);
                }
                yield outcome;
            }
            case DiskTask.SetExecutable set -> {
                touched.add(set.path());
                yield disk.setExecutable(set.path(), set.expected(), set.executable());
            }
            case DiskTask.Rename(_, _, var from, var to, var expected) -> {
                touched.add(from.parent());
                touched.add(to.parent());
                yield disk.move(from, to, expected);
            }
            case DiskTask.Exchange exchange -> {
                touched.add(exchange.first().parent());
                touched.add(exchange.second().parent());
                yield disk.exchange(
                        exchange.first(),
                        exchange.expectedFirst(),
                        exchange.second(),
                        exchange.expectedSecond());
            }
            case DiskTask.TrashFile(_, var path, var expected) -> {
                touched.add(path.parent());
                yield disk.trash(path, expected);
            }
            case DiskTask.RemoveDirectory(_, var path, var expected) -> {
                touched.remove(path);
                touched.add(path.parent());
                yield disk.removeDirectory(path, expected);
            }
            case DiskTask.SetAside aside -> {
                touched.add(aside.from().parent());
                yield disk.move(aside.from(), aside.to(), aside.expected());
            }
        };
    }

    private Outcome placeLink(Step.Materialise step, ByteBuffer target, LocalPath path) {
        Outcome made = disk.makeSymlink(path, bytes(target));
        if (made instanceof Outcome.Done(Stat now, _)
                && disk.setModificationTime(path, now, step.item().mtimeNanos())
                        instanceof Outcome.Done dated) {
            return dated;
        }
        return made;
    }

    private static byte[] bytes(ByteBuffer target) {
        byte[] bytes = new byte[target.remaining()];
        target.duplicate().get(bytes);
        return bytes;
    }

    /** A save in the last microsecond comes back beside the file that took its place (L2). */
    private void rescue(DiskTask task, Outcome.Displaced displaced, Set<LocalPath> touched) {
        LocalPath wanted =
                switch (task) {
                    case DiskTask.ReplaceFile replace -> replace.rescue();
                    case DiskTask.ReplaceLink replace -> replace.rescue();
                    case DiskTask.TrashFile trash ->
                            trash.path().parent().child(DiskWork.rescueName(trash.path().name()));
                    default -> displaced.kept();
                };
        touched.add(wanted.parent());
        bringBack(displaced.kept(), wanted, displaced.displaced());
    }

    private void bringBack(LocalPath from, LocalPath wanted, Stat expected) {
        LocalPath to = wanted;
        Stat seen = expected;
        for (int n = 2; n <= RESCUE_NAMES_MAX; n++) {
            switch (disk.move(from, to, seen)) {
                case Outcome.Exists _ -> to = wanted.parent().child(wanted.name() + " " + n);
                // Somebody found it under its new name and wrote to it at once.
                case Outcome.Changed(Stat now) -> seen = now;
                case Outcome.Done _, Outcome.Displaced _, Outcome.Refused _ -> {
                    return; // There now; or it can't be moved, and then it stays in the trash.
                }
            }
        }
    }

    // After a crash.

    /** Clears up the temporaries, and tells which intents were carried out. */
    List<Event.Recovered.Trace> recover(List<Intent> intents) {
        var traces = new ArrayList<Event.Recovered.Trace>();
        Set<LocalPath> claimed = new HashSet<>(partials.temporaries());
        for (Intent intent : intents) {
            boolean happened =
                    switch (Intention.of(intent)) {
                        case Intention.Replace replace -> {
                            claimed.add(replace.temporary());
                            judge(replace);
                            yield holds(replace.target(), replace.after());
                        }
                        case Intention.SetAside aside -> isNowAt(aside.to(), intent.node());
                        case Intention.Move move -> {
                            finish(move, intent.node());
                            yield isNowAt(move.path(), intent.node());
                        }
                    };
            traces.add(new Event.Recovered.Trace(intent.id(), happened));
        }
        // What no intent names never was anything but a download that was cut off.
        for (Listing.Entry entry : disk.temporaries()) {
            LocalPath path = LocalPath.TEMPORARIES.child(entry.name());
            if (!claimed.contains(path)) {
                disk.discard(path);
            }
        }
        return traces;
    }

    /**
     * Where names can't be exchanged, or are one to the disk, a node on its way from one to the
     * other is a temporary for a moment: it gets its new name, or its old one, or one like that in
     * the root.
     *
     * @throws DiskException where it can't be moved now: to be tried again, as it may be the only
     *     copy
     */
    private void finish(Intention.Move move, NodeId node) {
        Optional<KnownNode> before = known.node(node);
        for (Listing.Entry entry : disk.temporaries()) {
            Stat now = entry.stat();
            LocalPath temporary = LocalPath.TEMPORARIES.child(entry.name());
            if (before.filter(of -> of.seen().identity().equals(now.identity())).isPresent()
                    && disk.move(temporary, move.path(), now) instanceof Outcome.Refused refused) {
                path(node).ifPresent(old -> bringBack(temporary, old, now));
                bringBack(temporary, LocalPath.ROOT.child(move.path().name()), now);
                if (seen(temporary).isPresent()) {
                    throw new DiskException(temporary, refused);
                }
            }
        }
    }

    /** Where a node was last seen; empty where that isn't known. */
    private Optional<LocalPath> path(NodeId node) {
        var names = new ArrayList<String>();
        for (NodeId at = node; !at.isRoot(); ) {
            Optional<KnownNode> next = known.node(at);
            if (next.isEmpty() || names.size() > 2 * Limits.TREE_DEPTH_MAX) {
                return Optional.empty();
            }
            names.add(next.get().localName());
            at = next.get().parent();
        }
        return Optional.of(new LocalPath(names.reversed()));
    }

    /** R6: a temporary goes only if it holds what was planned or what was replaced. */
    private void judge(Intention.Replace replace) {
        LocalPath temporary = replace.temporary();
        Optional<Stat> stat = seen(temporary);
        if (stat.isEmpty()) {
            return;
        }
        Optional<Content> content = content(temporary, stat.get());
        if (content.isPresent()
                && (content.equals(replace.before().content())
                        || content.equals(replace.after().content()))) {
            disk.discard(temporary);
        } else {
            LocalPath target = replace.target();
            bringBack(
                    temporary,
                    target.parent().child(DiskWork.rescueName(target.name())),
                    stat.get());
        }
    }

    /** Whether that is there now; of what can't be looked at it isn't known. */
    private boolean holds(LocalPath path, Item item) {
        return disk.stat(path)
                .found()
                .filter(stat ->
                        stat.kind() == FileKind.FILE && stat.sizeBytes() == item.sizeBytes())
                .flatMap(stat -> content(path, stat))
                .equals(item.content());
    }

    /** What is in a file or link; empty where it can't be read. */
    private Optional<Content> content(LocalPath path, Stat seen) {
        var content = new ArrayList<Content>();
        transfers.describe(
                List.of(new Outgoing(NodeId.ROOT, path, seen.sizeBytes())),
                sent -> {
                    if (sent instanceof Sent.Done done) {
                        content.add(done.content());
                    }
                },
                Progress.Listener.NONE);
        return content.stream().findFirst();
    }

    private boolean isNowAt(LocalPath path, NodeId node) {
        Optional<Stat> there = seen(path);
        Optional<FileIdentity> before = known.node(node).map(KnownNode::seen).map(Stat::identity);
        return there.map(Stat::identity).filter(id -> before.equals(Optional.of(id))).isPresent();
    }

    /** What is there, empty only where nothing is: of what can't be looked at nothing is known. */
    private Optional<Stat> seen(LocalPath path) {
        Look<Stat> look = disk.stat(path);
        return look.isMissing() ? Optional.empty() : Optional.of(look.orThrow(path));
    }
}
