package io.syncline.client.disk;

import io.syncline.core.error.SynclineException;
import io.syncline.core.name.Decoded;
import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.FileSystemTraits.Composition;
import io.syncline.core.name.LocalNames;
import io.syncline.core.tree.ReplicaId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The careful operations (L4), made of an operating system's bare ones: look, act, look at what was
 * hit. What they displace they hand to {@link Trash}.
 */
final class SafeDisk implements Disk {
    /**
     * From this many files on, one flush of the file system is faster than one per file. Measured
     * on ext4: see docs/decisions.md.
     */
    static final int FORCE_EVERYTHING_FROM = 16;

    /** The directory in which temporaries are found in the trash, and come back. */
    private static final String RECOVERED = "recovered temporaries";

    private static final String MARKER_HEAD = "syncline replica 1\n";

    /** A name of so many UTF-16 units is never too long for a node. */
    private static final int SHORT_UNITS = 85;

    private final FileSystemTraits spelling;
    private final LocalNames local;
    private final Calls calls;
    private final RandomGenerator random;
    private final DiskTraits traits;
    private final Trash trash;
    private final NameProbe names;

    SafeDisk(Calls calls, InstantSource clock, RandomGenerator random) {
        this.calls = calls;
        this.random = random;
        this.trash = new Trash(calls, clock);
        for (LocalPath ours :
                List.of(
                        LocalPath.of(LocalPath.CONTROL_NAME),
                        LocalPath.TEMPORARIES,
                        LocalPath.TRASH)) {
            Optional<Outcome.Refused> refused = calls.makeDirectory(ours);
            if (refused.isPresent() && !(refused.get() instanceof Outcome.Exists)) {
                calls.close();
                throw new DiskException(ours, refused.get());
            }
        }
        this.traits = new TraitsProbe(calls, this::freshTemporaryPath).probe();
        this.names = new NameProbe(calls, this::freshTemporaryPath);
        this.spelling = names.spelling();
        this.local = new LocalNames(spelling);
    }

    @Override
    public DiskTraits traits() {
        return traits;
    }

    @Override
    public NameTraits nameTraits(LocalPath directory) {
        return names.traits(directory);
    }

    @Override
    public FileSystemTraits spelling() {
        return spelling;
    }

    @Override
    public RootState rootState(ReplicaId expected) {
        RootState path = calls.sameRoot();
        if (path != RootState.FINE) {
            return path;
        }
        return markerText().equals(Optional.of(MARKER_HEAD + expected.value() + "\n"))
                ? RootState.FINE
                : RootState.SWAPPED;
    }

    /** Absent where there is no marker; that it can't be read now says nothing about it. */
    private Optional<String> markerText() {
        Look<ReadHandle> marker = calls.open(LocalPath.MARKER);
        if (marker instanceof Look.Not<ReadHandle>(Outcome.Unreadable why)) {
            throw new DiskException(LocalPath.MARKER, why);
        }
        return marker.found()
                .map(handle -> {
                    try (handle) {
                        var bytes = ByteBuffer.allocate(256);
                        int count = handle.read(bytes, 0);
                        return new String(bytes.array(), 0, count, StandardCharsets.UTF_8);
                    }
                });
    }

    @Override
    public Outcome mark(ReplicaId replica) {
        String text = MARKER_HEAD + replica.value() + "\n";
        LocalPath temporary = freshTemporaryPath();
        try (WriteHandle handle = calls.create(temporary).orThrow(temporary)) {
            handle.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            handle.force();
        } catch (DiskException e) {
            calls.unlink(temporary);
            return e.refusal();
        }
        Optional<Outcome.Refused> refused = calls.renameNoReplace(temporary, LocalPath.MARKER);
        if (refused.isPresent()) {
            calls.unlink(temporary);
            boolean same =
                    refused.get() instanceof Outcome.Exists
                            && markerText().equals(Optional.of(text));
            if (!same) {
                return refused.get();
            }
            // Ours, of a process that perhaps was killed before it forced it.
        }
        for (LocalPath changed : List.of(LocalPath.of(LocalPath.CONTROL_NAME), LocalPath.ROOT)) {
            Optional<Outcome.Refused> unforced = calls.force(changed);
            if (unforced.isPresent()) {
                return unforced.get();
            }
        }
        return now(LocalPath.MARKER);
    }

    @Override
    public Look<Listing> list(LocalPath directory) {
        return switch (calls.list(directory)) {
            case Look.Found<Listing>(Listing listing) ->
                    new Look.Found<>(withoutNoNames(asListed(listing)));
            case Look.Not<Listing> not -> not;
        };
    }

    @Override
    public LocalPath asListed(LocalPath told) {
        return spelling.composition() == Composition.CHANGED
                ? new LocalPath(told.names().stream().map(local::asSpelt).toList())
                : told;
    }

    /** A file system that decomposes names lists others than it was given, and takes either. */
    private Listing asListed(Listing listing) {
        if (spelling.composition() != Composition.CHANGED) {
            return listing;
        }
        List<Listing.Entry> entries =
                listing.entries().stream()
                        .map(entry -> new Listing.Entry(local.asSpelt(entry.name()), entry.stat()))
                        .toList();
        return new Listing(listing.directory(), entries, listing.complete(), listing.faults());
    }

    /** Longer than a node's name can be: file systems that count UTF-16 units have such names. */
    private boolean isNoName(Listing.Entry entry) {
        return entry.name().length() > SHORT_UNITS
                && local.decode(entry.name()) instanceof Decoded.Impossible;
    }

    /** As with a name that isn't UTF-8 (R11): told, and nothing else there counts as deleted. */
    private Listing withoutNoNames(Listing listing) {
        if (listing.entries().stream().noneMatch(this::isNoName)) {
            return listing;
        }
        var entries = new ArrayList<Listing.Entry>();
        var faults = new ArrayList<>(listing.faults());
        for (Listing.Entry entry : listing.entries()) {
            if (!isNoName(entry)) {
                entries.add(entry);
            } else if (faults.size() < Listing.MAX_FAULTS) {
                faults.add("the name '" + entry.name() + "' has more than 255 bytes of UTF-8");
            }
        }
        return new Listing(listing.directory(), entries, false, faults);
    }

    @Override
    public Look<Stat> stat(LocalPath path) {
        return calls.stat(path);
    }

    @Override
    public Look<ReadHandle> open(LocalPath file) {
        return calls.open(file);
    }

    @Override
    public Look<byte[]> readLink(LocalPath link) {
        return calls.readLink(link);
    }

    @Override
    public Look<WriteHandle> createTemporary() {
        return calls.create(freshTemporaryPath());
    }

    @Override
    public Look<WriteHandle> openTemporary(LocalPath temporary) {
        requireBelow(temporary, LocalPath.TEMPORARIES);
        return calls.openForWriting(temporary);
    }

    @Override
    public LocalPath freshTemporaryPath() {
        return LocalPath.TEMPORARIES.child(HexFormat.of().toHexDigits(random.nextLong()));
    }

    @Override
    public List<Listing.Entry> temporaries() {
        return calls.list(LocalPath.TEMPORARIES).orThrow(LocalPath.TEMPORARIES).entries();
    }

    @Override
    public Outcome forceAll(Collection<LocalPath> filesAndDirectories) {
        Optional<Outcome.Refused> missing = Optional.empty();
        boolean oneFileSystem = true;
        Stat last = null;
        for (LocalPath path : filesAndDirectories) {
            switch (calls.stat(path)) {
                case Look.Found<Stat>(Stat stat) -> {
                    last = stat;
                    oneFileSystem &= stat.identity().device() == 0;
                }
                case Look.Not<Stat>(Outcome.Refused why) -> missing = Optional.of(why);
            }
        }
        boolean atOnce =
                filesAndDirectories.size() >= FORCE_EVERYTHING_FROM
                        && oneFileSystem
                        && calls.forceEverything().isEmpty();
        if (!atOnce) {
            for (LocalPath path : filesAndDirectories) {
                Optional<Outcome.Refused> refused = calls.force(path);
                missing = missing.isPresent() ? missing : refused;
            }
        }
        if (missing.isPresent()) {
            return missing.get();
        }
        return last == null ? now(LocalPath.ROOT) : new Outcome.Done(last);
    }

    // Putting files in place.

    @Override
    public Outcome placeNew(LocalPath temporary, LocalPath target) {
        requireBelow(temporary, LocalPath.TEMPORARIES);
        requireOutside(target);
        Outcome outcome = place(temporary, target);
        return outcome instanceof Outcome.Refused refused && isAcross(refused, target)
                ? viaSibling(temporary, target, sibling -> place(sibling, target))
                : outcome;
    }

    private Outcome place(LocalPath from, LocalPath target) {
        return switch (calls.stat(from)) {
            case Look.Not<Stat>(Outcome.Refused why) -> why;
            case Look.Found<Stat>(Stat placed) -> {
                Optional<Outcome.Refused> refused = calls.renameNoReplace(from, target);
                yield refused.isPresent() ? refused.get() : new Outcome.Done(nowAt(target, placed));
            }
        };
    }

    @Override
    public Outcome replace(LocalPath temporary, LocalPath target, Stat expected) {
        requireBelow(temporary, LocalPath.TEMPORARIES);
        requireOutside(target);
        requireNotDirectory(expected);
        Optional<Outcome> changed = changed(target, expected);
        if (changed.isPresent()) {
            return changed.get();
        }
        if (expected.identity().device() != 0) {
            return viaSibling(
                    temporary, target, sibling -> replaceAcross(sibling, target, expected));
        }
        return switch (calls.stat(temporary)) {
            case Look.Not<Stat>(Outcome.Refused why) -> why;
            case Look.Found<Stat>(Stat placed) ->
                    traits.exchange()
                            ? replaceByExchange(temporary, target, expected, placed)
                            : replaceWithoutExchange(temporary, target, expected, placed);
        };
    }

    private Outcome replaceByExchange(
            LocalPath temporary, LocalPath target, Stat expected, Stat placed) {
        Optional<Outcome.Refused> refused = calls.exchange(temporary, target);
        return refused.isPresent()
                ? refused.get()
                : inspectDisplaced(temporary, target, expected, placed);
    }

    /**
     * The names are exchanged: what the target was now has the temporary's name. Where that can't
     * be looked at nobody knows whose it is, and the caller finds out as after a crash (R6).
     */
    private Outcome inspectDisplaced(
            LocalPath temporary, LocalPath target, Stat expected, Stat placed) {
        Stat displaced = calls.stat(temporary).orThrow(temporary);
        if (displaced.isDirectory()) {
            // A directory took the name: nothing that we may put away.
            return calls.exchange(temporary, target).isEmpty()
                    ? new Outcome.Changed(displaced)
                    : new Outcome.Displaced(nowAt(target, placed), temporary, displaced);
        }
        LocalPath kept = trash.keep(temporary, target).orElse(temporary);
        // Looked at again under its new name, after which nobody finds it by the old one.
        Stat settled = nowAt(kept, displaced);
        Stat now = nowAt(target, placed);
        return settled.unchangedButForRenaming(expected)
                ? new Outcome.Done(now, Optional.of(kept))
                : new Outcome.Displaced(now, kept, settled);
    }

    /** A second name in the trash first, then the rename over the target (R7). */
    private Outcome replaceWithoutExchange(
            LocalPath temporary, LocalPath target, Stat expected, Stat placed) {
        Optional<LocalPath> linked =
                traits.hardLinks() && expected.kind() == FileKind.FILE
                        ? trash.link(target)
                        : Optional.empty();
        if (linked.isEmpty()) {
            return replaceByMoving(temporary, target, expected, placed);
        }
        LocalPath kept = linked.get();
        // Another file may have been renamed over it since: the last look is at the name.
        Optional<Outcome.Refused> refused =
                differing(kept, expected)
                        .or(() -> differing(target, expected))
                        .or(() -> calls.renameOver(temporary, target));
        if (refused.isPresent()) {
            calls.unlink(kept);
            return refused.get();
        }
        Stat settled = nowAt(kept, expected);
        return settled.unchangedButForRenaming(expected)
                ? new Outcome.Done(nowAt(target, placed), Optional.of(kept))
                : new Outcome.Displaced(nowAt(target, placed), kept, settled);
    }

    /**
     * Away with the old, then the new where nothing is: nothing can be lost, the name is briefly
     * free.
     */
    private Outcome replaceByMoving(
            LocalPath temporary, LocalPath target, Stat expected, Stat placed) {
        return switch (trash(target, expected)) {
            case Outcome.Done(_, Optional<LocalPath> kept) -> {
                Optional<Outcome.Refused> refused = calls.renameNoReplace(temporary, target);
                if (refused.isPresent()) {
                    kept.ifPresent(old -> calls.renameNoReplace(old, target));
                    yield refused.get();
                }
                yield new Outcome.Done(nowAt(target, placed), kept);
            }
            case Outcome.Displaced displaced -> displaced;
            case Outcome.Refused refused -> refused;
        };
    }

    // Mounted inside the root: the temporaries are on another file system.

    private interface WithSibling {
        Outcome run(LocalPath sibling);
    }

    /** Copies the temporary beside the target, runs, and removes what is then left of both. */
    private Outcome viaSibling(LocalPath temporary, LocalPath target, WithSibling then) {
        LocalPath sibling = target.parent().child(OurNames.temporary(random));
        Optional<Outcome.Refused> refused = new Copy(calls).copy(temporary, sibling);
        if (refused.isPresent()) {
            calls.unlink(sibling);
            return refused.get();
        }
        Outcome outcome = then.run(sibling);
        if (outcome instanceof Outcome.Refused) {
            calls.unlink(sibling);
        } else {
            calls.unlink(temporary);
        }
        return outcome;
    }

    /** A verified copy of the old file into the trash, one more look, then the rename. */
    private Outcome replaceAcross(LocalPath sibling, LocalPath target, Stat expected) {
        LocalPath kept;
        switch (trash.copy(target, expected)) {
            case Look.Found<LocalPath>(LocalPath copied) -> kept = copied;
            case Look.Not<LocalPath>(Outcome.Refused why) -> {
                return why;
            }
        }
        Stat placed;
        switch (calls.stat(sibling)) {
            case Look.Found<Stat>(Stat found) -> placed = found;
            case Look.Not<Stat>(Outcome.Refused why) -> {
                calls.unlink(kept);
                return why;
            }
        }
        Optional<Outcome.Refused> refused = calls.exchange(sibling, target);
        if (refused.isEmpty()) {
            Stat displaced = calls.stat(sibling).orThrow(sibling);
            if (!displaced.unchangedButForRenaming(expected)) {
                return new Outcome.Displaced(nowAt(target, placed), sibling, displaced);
            }
            calls.unlink(sibling);
            return new Outcome.Done(nowAt(target, placed), Optional.of(kept));
        }
        refused = changedRefusal(target, expected);
        if (refused.isEmpty()) {
            refused = calls.renameOver(sibling, target);
        }
        return refused.isPresent()
                ? refused.get()
                : new Outcome.Done(nowAt(target, placed), Optional.of(kept));
    }

    private boolean isAcross(Outcome.Refused refused, LocalPath target) {
        return refused instanceof Outcome.Unsupported
                && calls.stat(target.parent())
                        .found()
                        .filter(parent -> parent.identity().device() != 0)
                        .isPresent();
    }

    // Renaming.

    @Override
    public Outcome move(LocalPath from, LocalPath to, Stat expected) {
        requireOutside(to);
        Optional<Outcome> changed = changed(from, expected);
        if (changed.isPresent()) {
            return changed.get();
        }
        Optional<Outcome.Refused> refused = calls.renameNoReplace(from, to);
        if (refused.isPresent() && refused.get() instanceof Outcome.Exists && isSame(from, to)) {
            refused = respell(from, to);
        }
        if (refused.isPresent()) {
            return refused.get();
        }
        Stat moved = nowAt(to, expected);
        if (moved.unchangedButForRenaming(expected)) {
            return new Outcome.Done(moved);
        }
        // Another file had taken the name, or it was written to: back, and look again.
        calls.renameNoReplace(to, from);
        return new Outcome.Changed(moved);
    }

    /** Whether two spellings in one directory name one entry, as where case doesn't count. */
    private boolean isSame(LocalPath a, LocalPath b) {
        if (!a.parent().equals(b.parent())
                || a.equals(b)
                || !OurNames.sameButForSpelling(a.name(), b.name())) {
            return false;
        }
        Optional<Stat> statA = calls.stat(a).found();
        return statA.isPresent()
                && calls.stat(b).found().map(Stat::identity).equals(statA.map(Stat::identity))
                && (statA.get().isDirectory() || statA.get().linkCount() == 1);
    }

    private Optional<Outcome.Refused> respell(LocalPath from, LocalPath to) {
        LocalPath between = from.parent().child(OurNames.temporary(random));
        Optional<Outcome.Refused> refused = calls.renameNoReplace(from, between);
        if (refused.isEmpty()) {
            refused = calls.renameNoReplace(between, to);
            if (refused.isPresent()) {
                calls.renameNoReplace(between, from);
            }
        }
        return refused;
    }

    @Override
    public Outcome exchange(LocalPath a, Stat expectedA, LocalPath b, Stat expectedB) {
        requireOutside(a);
        requireOutside(b);
        Optional<Outcome> changed = changed(a, expectedA).or(() -> changed(b, expectedB));
        if (changed.isPresent()) {
            return changed.get();
        }
        Optional<Outcome.Refused> refused =
                traits.exchange() ? calls.exchange(a, b) : exchangeByThree(a, b);
        if (refused.isPresent()) {
            return refused.get();
        }
        Stat nowA = nowAt(a, expectedB);
        Stat nowB = nowAt(b, expectedA);
        if (nowA.unchangedButForRenaming(expectedB) && nowB.unchangedButForRenaming(expectedA)) {
            return new Outcome.Done(nowA);
        }
        Optional<Outcome.Refused> undone =
                traits.exchange() ? calls.exchange(a, b) : exchangeByThree(a, b);
        return undone.isEmpty()
                ? new Outcome.Changed(nowA.unchangedButForRenaming(expectedB) ? nowB : nowA)
                : undone.get();
    }

    private Optional<Outcome.Refused> exchangeByThree(LocalPath a, LocalPath b) {
        LocalPath between = freshTemporaryPath();
        Optional<Outcome.Refused> refused = calls.renameNoReplace(a, between);
        if (refused.isPresent()) {
            return refused;
        }
        refused = calls.renameNoReplace(b, a);
        if (refused.isPresent()) {
            calls.renameNoReplace(between, a);
            return refused;
        }
        refused = calls.renameNoReplace(between, b);
        if (refused.isPresent()) {
            calls.renameNoReplace(a, b);
            calls.renameNoReplace(between, a);
        }
        return refused;
    }

    // Directories, links, attributes.

    @Override
    public Outcome makeDirectory(LocalPath directory) {
        requireOutside(directory);
        Optional<Outcome.Refused> refused = calls.makeDirectory(directory);
        return refused.isPresent() ? refused.get() : now(directory);
    }

    @Override
    public Outcome removeDirectory(LocalPath directory, Stat expected) {
        requireOutside(directory);
        Optional<Outcome> changed = changed(directory, expected);
        if (changed.isPresent()) {
            return changed.get();
        }
        Optional<Outcome.Refused> refused = calls.removeDirectory(directory);
        return refused.isPresent() ? refused.get() : new Outcome.Done(expected);
    }

    @Override
    public Outcome makeSymlink(LocalPath link, byte[] target) {
        if (!link.startsWith(LocalPath.TEMPORARIES)) {
            requireOutside(link);
        }
        Optional<Outcome.Refused> refused = calls.symlink(link, target);
        return refused.isPresent() ? refused.get() : now(link);
    }

    @Override
    public Outcome trash(LocalPath path, Stat expected) {
        boolean left = path.startsWith(LocalPath.TEMPORARIES);
        if (!left) {
            requireOutside(path);
        }
        requireNotDirectory(expected);
        Optional<Outcome> changed = changed(path, expected);
        if (changed.isPresent()) {
            return changed.get();
        }
        if (expected.identity().device() != 0) {
            return trashAcross(path, expected);
        }
        LocalPath original = left ? LocalPath.of(RECOVERED, path.name()) : path;
        Look<LocalPath> moved = trash.move(path, original);
        if (moved instanceof Look.Not<LocalPath>(Outcome.Refused why)) {
            return why;
        }
        LocalPath kept = moved.orThrow(path);
        Stat found = nowAt(kept, expected);
        if (found.unchangedButForRenaming(expected)) {
            return new Outcome.Done(found, Optional.of(kept));
        }
        Optional<Outcome.Refused> stuck = calls.renameNoReplace(kept, path);
        return stuck.isEmpty()
                ? new Outcome.Changed(found)
                : new Outcome.Displaced(calls.stat(path).found().orElse(found), kept, found);
    }

    private Outcome trashAcross(LocalPath path, Stat expected) {
        LocalPath kept;
        switch (trash.copy(path, expected)) {
            case Look.Found<LocalPath>(LocalPath copied) -> kept = copied;
            case Look.Not<LocalPath>(Outcome.Refused why) -> {
                return why;
            }
        }
        Optional<Outcome.Refused> refused =
                changedRefusal(path, expected).or(() -> calls.unlink(path));
        if (refused.isPresent()) {
            calls.unlink(kept);
            return refused.get();
        }
        return new Outcome.Done(nowAt(kept, expected), Optional.of(kept));
    }

    @Override
    public Outcome setExecutable(LocalPath file, Stat expected, boolean executable) {
        return setting(file, expected, () -> calls.setExecutable(file, executable));
    }

    @Override
    public Outcome setModificationTime(LocalPath path, Stat expected, long mtimeNanos) {
        return setting(path, expected, () -> calls.setModificationTime(path, mtimeNanos));
    }

    private interface Setting {
        Optional<Outcome.Refused> run();
    }

    private Outcome setting(LocalPath path, Stat expected, Setting set) {
        Optional<Outcome> changed = changed(path, expected);
        if (changed.isPresent()) {
            return changed.get();
        }
        Optional<Outcome.Refused> refused = set.run();
        if (refused.isPresent()) {
            return refused.get();
        }
        Look<Stat> look = calls.stat(path);
        if (look instanceof Look.Not<Stat>(Outcome.Missing gone)) {
            return gone;
        }
        Stat now = look.found().orElse(expected);
        boolean same =
                now.identity().equals(expected.identity())
                        && now.sizeBytes() == expected.sizeBytes();
        return same ? new Outcome.Done(now) : new Outcome.Changed(now);
    }

    @Override
    public Outcome discard(LocalPath temporaryOrTrashed) {
        if (!temporaryOrTrashed.startsWith(LocalPath.TRASH)
                || temporaryOrTrashed.equals(LocalPath.TRASH)) {
            requireBelow(temporaryOrTrashed, LocalPath.TEMPORARIES);
        }
        return switch (calls.stat(temporaryOrTrashed)) {
            case Look.Not<Stat>(Outcome.Refused why) -> why;
            case Look.Found<Stat>(Stat stat) -> {
                Optional<Outcome.Refused> refused =
                        stat.isDirectory()
                                ? calls.removeDirectory(temporaryOrTrashed)
                                : calls.unlink(temporaryOrTrashed);
                yield refused.isPresent() ? refused.get() : new Outcome.Done(stat);
            }
        };
    }

    @Override
    public void close() {
        calls.close();
    }

    // Looking, and refusing what no caller may ask.

    private Outcome now(LocalPath path) {
        return switch (calls.stat(path)) {
            case Look.Found<Stat>(Stat stat) -> new Outcome.Done(stat);
            case Look.Not<Stat>(Outcome.Refused why) -> why;
        };
    }

    /**
     * What is at the path where {@code placed} was just put. If somebody took it away in this very
     * moment, or the disk fails when it is asked, that it was put there is still true: a refusal
     * would make a person's file of it. What has become of it the next scan sees.
     */
    private Stat nowAt(LocalPath path, Stat placed) {
        return calls.stat(path).found().orElse(placed);
    }

    private Optional<Outcome> changed(LocalPath path, Stat expected) {
        return changedRefusal(path, expected).map(refused -> refused);
    }

    private Optional<Outcome.Refused> changedRefusal(LocalPath path, Stat expected) {
        return refusal(path, found -> found.unchangedSince(expected));
    }

    /** The same of what has got a second name since. */
    private Optional<Outcome.Refused> differing(LocalPath path, Stat expected) {
        return refusal(path, found -> found.unchangedButForRenaming(expected));
    }

    private Optional<Outcome.Refused> refusal(LocalPath path, Predicate<Stat> isExpected) {
        return switch (calls.stat(path)) {
            case Look.Not<Stat>(Outcome.Refused why) -> Optional.of(why);
            case Look.Found<Stat>(Stat found) ->
                    isExpected.test(found)
                            ? Optional.empty()
                            : Optional.of(new Outcome.Changed(found));
        };
    }

    private static void requireBelow(LocalPath path, LocalPath directory) {
        if (!path.startsWith(directory) || path.equals(directory)) {
            throw SynclineException.invalid("'" + path + "' isn't below '" + directory + "'");
        }
    }

    private static void requireOutside(LocalPath path) {
        if (path.isControl() || path.isRoot()) {
            throw SynclineException.invalid("'" + path + "' is no place for a node");
        }
    }

    private static void requireNotDirectory(Stat expected) {
        if (expected.isDirectory()) {
            throw SynclineException.invalid("a directory is never replaced or trashed as a whole");
        }
    }
}
