package io.syncline.system.sim;

import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.disk.memory.User;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/**
 * What people do in a folder. Each version that they save is unique, so that it can be told what
 * became of it.
 */
final class People {
    private static final String[] NAMES = {"a", "b", "c", "d", "Résumé", "x.txt", "E"};
    private static final int DEPTH_MAX = 3;

    /** Names that some disks can't hold, or can't tell apart. */
    private static final String[] FOREIGN_NAMES = {
        "a",
        "A",
        "b",
        "Re\u0301sume\u0301",
        "R\u00e9sum\u00e9",
        "r\u00e9sum\u00e9",
        "con",
        "x:y",
        "b.",
        "c~1",
        "c"
    };

    /** Steps of the kernel between two steps of a save. */
    private static final int PACE_STEPS_MAX = 400;

    /** What is saved on a disk with coarse times is often of one size, as records are. */
    private static final int RECORD_BYTES = 8;

    /** What a crowd does, as numbers of what is done. */
    private static final int[] CROWDED = {0, 0, 4, 9, 10, 11, 12, 14, 14, 17, 17, 18, 18, 20, 20};

    /** What a person does whom others follow: renames, mostly. */
    private static final int[] RENAMING = {0, 1, 2, 4, 5, 9, 11, 12, 14, 17, 21, 21, 21};

    /** Until most of what was done was seen. */
    private static final int SEEN_STEPS_MAX = 2_000;

    private static final int CROWDED_NAMES = 3;

    /** Rights of directories that keep programs from looking, from listing or from changing. */
    private static final int[] LOCKS = {0400, 0500, 0000, 0100};

    private static final int OPEN = 0755;

    /** So many files that to delete all but one is asked about (R28). */
    private static final int SWEPT_MIN = 10;

    /** Holds half of a surrogate pair, as what is no UTF-8 does. */
    private static final String UNREADABLE_NAME = "n\udc80";

    /** Before all worlds: as of files that were in an archive. */
    private static final long LONG_AGO_NANOS = 1_500_000_000_000_000_000L;

    /** More than what a client distrusts after a power cut. */
    private static final Duration DOUBT = Duration.ofMinutes(15);

    private final Saved saved;
    private final boolean crowded;

    /** What they do, as numbers of what is done; empty: anything. */
    private final int[] kinds;

    private final boolean unpacking;
    private final boolean linking;

    /** Whether files are often large, and the largest grows and shrinks most. */
    private final boolean large;

    private final String[] names;

    /** Whether disks of all systems are there, some of which can't hold links. */
    private final boolean foreign;

    private final Optional<Identities> history;
    private final IntConsumer pass;
    private final Map<String, Held> held = new HashMap<>();
    private int versions;

    /** The file whose name can't be read, as it was. */
    private Optional<LocalPath> hidden = Optional.empty();

    /** Somebody is saving, step by step: nobody does anything else there. */
    private boolean saving;

    /** A file that a program keeps open. */
    private record Held(User.OpenFile file, String path) {}

    /**
     * @param history what nodes are to be, where one person is alone
     * @param pass lets so many steps pass, where saves take time
     */
    People(Saved saved, Climate climate, Optional<Identities> history, IntConsumer pass) {
        this.saved = saved;
        this.crowded = climate.isCrowded();
        this.kinds = crowded ? CROWDED : climate == Climate.FOLLOWED ? RENAMING : new int[0];
        this.foreign = climate == Climate.FOREIGN;
        this.names = foreign ? FOREIGN_NAMES : NAMES;
        this.unpacking = climate == Climate.AFTERWARDS || climate == Climate.FLEETING;
        this.large = climate == Climate.ALONE;
        // Where a disk can't hold a link, the person would take its name.
        this.linking = climate != Climate.TURNS;
        this.history = history;
        this.pass = pass;
    }

    /** Somebody does something on that device; what can't be done isn't. */
    void act(SimulatedDevice on, RandomGenerator random) {
        try {
            User user = on.user();
            switch (kinds.length > 0 ? kinds[random.nextInt(kinds.length)] : random.nextInt(20)) {
                case 0, 1, 2, 3 -> create(on, user, random);
                case 4, 5, 6 -> edit(on, user, random);
                case 7 -> append(on, user, random);
                case 8 -> truncate(on, user, random);
                case 9, 10 -> move(on, user, random);
                case 11 -> swap(on, user, random);
                case 12, 13 -> delete(on, user, random);
                case 14 -> makeDirectory(on, user, random);
                case 15 -> chmod(on, user, random);
                case 16 -> link(on, user, random);
                case 17 -> moveDirectory(on, user, random);
                case 18 -> deleteDirectory(on, user, random);
                case 20 -> swapDirectories(on, user, random);
                case 21 -> follow(on, user, random);
                default -> holdOrWrite(on, user, random);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
        saved.seen(on.entries());
    }

    private byte[] text(RandomGenerator random) {
        String head = "version " + versions++ + "\n";
        int kind = random.nextInt(40);
        int length =
                history.isPresent() && kind > 6
                        ? RECORD_BYTES - head.length() % RECORD_BYTES
                        : kind == 0 || (large && kind < 4)
                                ? random.nextInt(100_000, 700_000)
                                : kind < 6 ? random.nextInt(1_000, 20_000) : random.nextInt(0, 40);
        byte[] tail = new byte[length];
        random.nextBytes(tail);
        byte[] bytes = new byte[head.length() + length];
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(tail, 0, bytes, start.length, length);
        return bytes;
    }

    private static List<LocalPath> files(SimulatedDevice on) {
        return on.entries().stream()
                .filter(FileState::isFile)
                .map(FileState::path)
                .filter(path -> !path.isControl() && !path.equals(SimulatedDevice.RULES))
                .toList();
    }

    /** Somebody writes down, or deletes, what the folder ignores: names that people use. */
    void ignore(SimulatedDevice on, RandomGenerator random) {
        try {
            User user = on.user();
            overwritten(user, SimulatedDevice.RULES);
            if (random.nextInt(4) == 0) {
                on.note("ignore nothing");
                user.delete(SimulatedDevice.RULES);
            } else {
                StringBuilder rules = new StringBuilder("# version " + versions++ + "\n");
                for (String name : names) {
                    rules.append(random.nextInt(4) == 0 ? name + "\n" : "");
                }
                byte[] bytes = rules.toString().getBytes(StandardCharsets.UTF_8);
                on.note("ignore " + rules.toString().replace('\n', ' '));
                user.write(SimulatedDevice.RULES, bytes);
                saved.add(on.name(), SimulatedDevice.RULES.toString(), bytes);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
        saved.seen(on.entries());
    }

    /** Files, and links where these matter. */
    private List<LocalPath> movable(SimulatedDevice on) {
        return on.entries().stream()
                .filter(entry ->
                        entry.isFile() || (foreign && entry.stat().kind() == FileKind.SYMLINK))
                .map(FileState::path)
                .filter(path -> !path.isControl() && !path.equals(SimulatedDevice.RULES))
                .toList();
    }

    private static List<LocalPath> directories(SimulatedDevice on) {
        var all = new ArrayList<LocalPath>();
        all.add(LocalPath.ROOT);
        for (FileState entry : on.entries()) {
            if (entry.stat().isDirectory() && !entry.path().isControl()) {
                all.add(entry.path());
            }
        }
        return all;
    }

    private static <T> T pick(List<T> of, RandomGenerator random) {
        return of.get(random.nextInt(of.size()));
    }

    /** One of the files; where people have large ones, the largest. */
    private LocalPath grown(SimulatedDevice on, List<LocalPath> files, RandomGenerator random) {
        LocalPath any = pick(files, random);
        return large
                ? on.entries().stream()
                        .filter(entry -> files.contains(entry.path()))
                        .max(Comparator.comparingLong(entry -> entry.stat().sizeBytes()))
                        .map(FileState::path)
                        .orElse(any)
                : any;
    }

    private LocalPath place(SimulatedDevice on, RandomGenerator random) {
        return pick(directories(on), random)
                .child(names[random.nextInt(crowded ? CROWDED_NAMES : names.length)]);
    }

    /** What is there goes, and its person sees it go. */
    private void overwritten(User user, LocalPath path) {
        if (user.calls()
                .stat(path)
                .found()
                .filter(stat -> stat.kind() == FileKind.FILE)
                .isPresent()) {
            saved.forget(user.read(path));
        }
    }

    private void create(SimulatedDevice on, User user, RandomGenerator random) {
        create(on, user, place(on, random), random);
    }

    private void create(SimulatedDevice on, User user, LocalPath path, RandomGenerator random) {
        if (user.exists(path)) {
            return;
        }
        byte[] bytes = text(random);
        on.note("create " + path);
        user.write(path, bytes);
        if (unpacking && random.nextBoolean()) {
            user.setModificationTime(path, LONG_AGO_NANOS);
        }
        if (random.nextBoolean()) {
            user.force(path);
        }
        saved.add(on.name(), path.toString(), bytes);
        history.ifPresent(known -> known.taken(path));
    }

    private void edit(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return;
        }
        save(on, user, pick(files, random), random);
    }

    /**
     * Somebody acts in the moment in which the client does: saves the file that it is about, or
     * takes the name that it is about to give.
     */
    void act(
            SimulatedDevice on, LocalPath path, Optional<LocalPath> other, RandomGenerator random) {
        if (saving) {
            return;
        }
        try {
            User user = on.user();
            Optional<LocalPath> free =
                    other.filter(to -> !user.exists(to) && user.exists(to.parent()))
                            .filter(_ -> random.nextBoolean());
            if (free.isPresent()) {
                byte[] bytes = text(random);
                on.note("create " + free.get() + " at once");
                user.write(free.get(), bytes);
                saved.add(on.name(), free.get().toString(), bytes);
            } else if (files(on).contains(path)) {
                save(on, user, path, random, _ -> {});
            } else if (!user.exists(path) && user.exists(path.parent())) {
                on.note("make directory " + path + " at once");
                user.makeDirectory(path);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
    }

    private void save(SimulatedDevice on, User user, LocalPath path, RandomGenerator random) {
        history.ifPresentOrElse(
                known -> {
                    known.saving(path, user.read(path));
                    saving = true;
                    try {
                        save(on, user, path, random, pass);
                    } finally {
                        saving = false;
                    }
                },
                () -> save(on, user, path, random, _ -> {}));
    }

    private void save(
            SimulatedDevice on,
            User user,
            LocalPath path,
            RandomGenerator random,
            IntConsumer between) {
        byte[] bytes = text(random);
        User.SaveDance[] dances = User.SaveDance.values();
        User.SaveDance dance = dances[random.nextInt(dances.length)];
        if (User.beside(dance, path).contains(path)) {
            // What a dance left that was broken off: the same dance would delete what it saves.
            dance = User.SaveDance.IN_PLACE;
        }
        on.note("save " + path + " " + dance);
        byte[] before = user.read(path);
        saved.forget(before);
        List<LocalPath> there = files(on);
        for (LocalPath beside : User.beside(dance, path)) {
            if (there.contains(beside)) {
                // As an earlier dance left it, that a power cut broke off: overwritten knowingly.
                saved.forget(user.read(beside));
            }
        }
        for (Runnable step : user.save(dance, path, bytes)) {
            step.run();
            // Where a name vanishes for a moment nobody can tell that it is to be the same file.
            if (user.exists(path)) {
                between.accept(random.nextInt(PACE_STEPS_MAX));
            }
        }
        saved.add(on.name(), path.toString(), bytes);
    }

    private void append(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return;
        }
        LocalPath path = grown(on, files, random);
        on.note("append " + path);
        overwritten(user, path);
        user.append(path, text(random));
        saved.add(on.name(), path.toString(), user.read(path));
    }

    private void truncate(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return;
        }
        LocalPath path = grown(on, files, random);
        byte[] before = user.read(path);
        if (before.length < 12) {
            return;
        }
        on.note("truncate " + path);
        saved.forget(before);
        user.truncate(path, before.length - 1);
        saved.add(on.name(), path.toString(), user.read(path));
    }

    private void move(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = movable(on);
        LocalPath to = place(on, random);
        if (files.isEmpty()) {
            return;
        }
        LocalPath from = pick(files, random);
        if (from.equals(to)) {
            return;
        }
        on.note("move " + from + " to " + to);
        byte[] there =
                user.calls()
                                .stat(to)
                                .found()
                                .filter(stat -> stat.kind() == FileKind.FILE)
                                .isPresent()
                        ? user.read(to)
                        : new byte[0];
        history.ifPresent(known -> known.moved(from, to));
        user.move(from, to);
        saved.forget(there);
    }

    private void swap(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.size() < 2) {
            return;
        }
        LocalPath one = pick(files, random);
        LocalPath other = pick(files, random);
        LocalPath between = one.parent().child("between");
        if (one.equals(other) || user.exists(between)) {
            return;
        }
        on.note("swap " + one + " and " + other);
        history.ifPresent(known -> known.moved(one, other));
        user.move(one, between);
        user.move(other, one);
        user.move(between, other);
    }

    /** A file gets the name of one that was moved away before, which was perhaps seen already. */
    private void follow(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        LocalPath to = place(on, random);
        if (files.size() < 2) {
            return;
        }
        LocalPath first = pick(files, random);
        LocalPath second = pick(files, random);
        if (first.equals(second) || user.exists(to)) {
            return;
        }
        on.note("move " + first + " to " + to + ", then " + second + " there");
        history.ifPresent(known -> known.moved(first, to));
        user.move(first, to);
        pass.accept(random.nextInt(SEEN_STEPS_MAX));
        if (user.exists(second) && !user.exists(first)) {
            history.ifPresent(known -> known.moved(second, first));
            user.move(second, first);
        }
    }

    private void delete(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = movable(on);
        if (files.isEmpty()) {
            return;
        }
        LocalPath path = pick(files, random);
        on.note("delete " + path);
        history.ifPresent(known -> known.deleting(path, user.read(path)));
        overwritten(user, path);
        user.delete(path);
    }

    private void makeDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        LocalPath path = place(on, random);
        if (!user.exists(path) && path.names().size() <= DEPTH_MAX) {
            on.note("make directory " + path);
            history.ifPresent(known -> known.taken(path));
            user.makeDirectory(path);
        }
    }

    private void chmod(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (!files.isEmpty()) {
            LocalPath path = pick(files, random);
            on.note("chmod " + path);
            user.setExecutable(path, random.nextBoolean());
        }
    }

    private void link(SimulatedDevice on, User user, RandomGenerator random) {
        LocalPath path = place(on, random);
        if (linking && !user.exists(path)) {
            on.note("link " + path);
            history.ifPresent(known -> known.taken(path));
            user.symlink(path, ("target " + versions++).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void moveDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        moveDirectory(on, user, place(on, random), random);
    }

    private void moveDirectory(
            SimulatedDevice on, User user, LocalPath to, RandomGenerator random) {
        LocalPath from = pick(directories(on), random);
        if (!from.isRoot() && !to.startsWith(from) && !user.exists(to)) {
            on.note("move directory " + from + " to " + to);
            history.ifPresent(known -> {
                known.tree(from);
                known.tree(to);
            });
            user.move(from, to);
        }
    }

    private void deleteDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        LocalPath path = pick(directories(on), random);
        if (path.isRoot() || (!crowded && random.nextInt(3) > 0)) {
            return;
        }
        drop(on, user, path);
        switch (random.nextInt(3)) {
            case 0 -> create(on, user, path, random);
            case 1 -> moveDirectory(on, user, path, random);
            default -> {}
        }
    }

    private void drop(SimulatedDevice on, User user, LocalPath path) {
        on.note("delete directory " + path);
        history.ifPresent(known -> known.tree(path));
        for (LocalPath file : files(on)) {
            if (file.startsWith(path)) {
                overwritten(user, file);
            }
        }
        user.deleteTree(path);
    }

    /** What a person moved, to take it back. */
    record Moved(LocalPath from, LocalPath to) {}

    /** The person moves a file, or a directory, to a name that is free; empty if that can't be. */
    Optional<Moved> moveAside(SimulatedDevice on, RandomGenerator random) {
        List<FileState> movable =
                on.entries().stream().filter(entry -> !entry.path().isControl()).toList();
        LocalPath to = place(on, random);
        User user = on.user();
        if (movable.isEmpty() || user.exists(to)) {
            return Optional.empty();
        }
        FileState moved = pick(movable, random);
        LocalPath from = moved.path();
        if (to.startsWith(from)) {
            return Optional.empty();
        }
        return renamed(on, new Moved(from, to), "move")
                ? Optional.of(new Moved(from, to))
                : Optional.empty();
    }

    /** The person has second thoughts. */
    void moveBack(SimulatedDevice on, Moved moved) {
        if (on.user().exists(moved.to) && !on.user().exists(moved.from)) {
            var _ = renamed(on, new Moved(moved.to, moved.from), "move back");
        }
    }

    private boolean renamed(SimulatedDevice on, Moved move, String how) {
        on.note(how + " " + move.from + " to " + move.to);
        history.ifPresent(Identities::forget);
        try {
            on.user().move(move.from, move.to);
            return true;
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
            return false;
        }
    }

    /**
     * Somebody makes or drops something where the client is about to list, or writes to a file that
     * it reads.
     */
    void fleet(SimulatedDevice on, LocalPath looked, RandomGenerator random) {
        if (saving) {
            return;
        }
        try {
            User user = on.user();
            if (files(on).contains(looked)) {
                writeInto(on, user, looked, random);
                return;
            }
            switch (random.nextInt(8)) {
                case 0, 1 -> makeFilled(on, user, looked, random);
                case 2 -> dropDirectory(on, user, random);
                case 3 -> moveDirectory(on, user, random);
                case 4 -> create(on, user, random);
                default -> deleteAndCreate(on, user, random);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
    }

    /** Somebody makes a file; tells where. */
    Optional<LocalPath> make(SimulatedDevice on, RandomGenerator random) {
        LocalPath path = place(on, random);
        if (on.user().exists(path)) {
            return Optional.empty();
        }
        try {
            create(on, on.user(), path, random);
            return Optional.of(path);
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Somebody goes on with a file, or puts another one into a directory. */
    void again(SimulatedDevice on, LocalPath path, RandomGenerator random) {
        try {
            User user = on.user();
            if (directories(on).contains(path)) {
                create(on, user, path.child(names[random.nextInt(CROWDED_NAMES)]), random);
            } else if (!files(on).contains(path)) {
                return;
            } else if (random.nextInt(4) > 0) {
                save(on, user, path, random);
            } else {
                on.note("delete " + path);
                overwritten(user, path);
                user.delete(path);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
        saved.seen(on.entries());
    }

    /**
     * The file stays the same one, and a reader may have what was before of it, and what is after.
     */
    private void writeInto(SimulatedDevice on, User user, LocalPath path, RandomGenerator random) {
        on.note("write into " + path);
        overwritten(user, path);
        if (random.nextBoolean()) {
            user.append(path, text(random));
        } else {
            user.writeAt(path, 0, text(random));
        }
        saved.add(on.name(), path.toString(), user.read(path));
    }

    private void makeFilled(SimulatedDevice on, User user, LocalPath in, RandomGenerator random) {
        LocalPath directory = in.child(pick(List.of(names), random));
        if (user.exists(directory) || !user.exists(in) || directory.names().size() > DEPTH_MAX) {
            return;
        }
        on.note("make directory " + directory + " with a file");
        history.ifPresent(known -> known.tree(directory));
        user.makeDirectory(directory);
        byte[] bytes = text(random);
        LocalPath file = directory.child(pick(List.of(names), random));
        user.write(file, bytes);
        saved.add(on.name(), file.toString(), bytes);
    }

    private void dropDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        LocalPath path = pick(directories(on), random);
        if (!path.isRoot()) {
            drop(on, user, path);
        }
    }

    /** The inode of what was deleted goes to what is made, where the disk does that. */
    private void deleteAndCreate(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        LocalPath to = place(on, random);
        if (files.isEmpty() || user.exists(to)) {
            return;
        }
        LocalPath gone = pick(files, random);
        on.note("delete " + gone + " and create " + to);
        history.ifPresent(known -> known.deleting(gone, user.read(gone)));
        overwritten(user, gone);
        user.delete(gone);
        byte[] bytes = text(random);
        user.write(to, bytes);
        if (random.nextBoolean()) {
            user.setModificationTime(to, LONG_AGO_NANOS);
        }
        saved.add(on.name(), to.toString(), bytes);
        history.ifPresent(known -> known.taken(to));
    }

    /**
     * A file's name becomes one that no program can read, as by another encoding (R11); what is
     * hidden so comes back the next time.
     *
     * @return whether one is hidden now
     */
    boolean hide(SimulatedDevice on, RandomGenerator random) {
        if (hidden.isPresent()) {
            show(on);
            return false;
        }
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return false;
        }
        LocalPath path = pick(files, random);
        on.note("hide " + path);
        try {
            User user = on.user();
            history.ifPresent(known -> known.saving(path, user.read(path)));
            user.respell(path.parent(), path.name(), UNREADABLE_NAME);
            hidden = Optional.of(path);
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
        return hidden.isPresent();
    }

    /** What is hidden has its name again; or another one, where somebody took that. */
    void show(SimulatedDevice on) {
        if (hidden.isEmpty()) {
            return;
        }
        LocalPath path = hidden.get();
        hidden = Optional.empty();
        User user = on.user();
        LocalPath directory =
                directories(on).stream()
                        .filter(one -> holdsHidden(user, one))
                        .findFirst()
                        .orElseThrow();
        LocalPath to = directory.child(path.name());
        while (user.exists(to)) {
            to = directory.child(to.name() + "2");
        }
        on.note("show " + to);
        if (to.equals(path)) {
            // Meanwhile another file may have had the name, and gone again.
            history.ifPresent(known -> known.back(path));
        } else {
            history.ifPresent(Identities::forget);
        }
        user.respell(directory, UNREADABLE_NAME, to.name());
    }

    private static boolean holdsHidden(User user, LocalPath directory) {
        return !user.calls().list(directory).orThrow(directory).complete();
    }

    /**
     * Somebody deletes all but one file, or unpacks some where there are few.
     *
     * @param pause is run after each deletion
     */
    void sweep(SimulatedDevice on, RandomGenerator random, Runnable pause) {
        List<LocalPath> files = files(on);
        User user = on.user();
        try {
            if (files.size() < SWEPT_MIN) {
                unpack(on, user, random);
                return;
            }
            on.note("delete all but one of " + files.size());
            for (LocalPath path : files.subList(1, files.size())) {
                if (user.exists(path)) {
                    overwritten(user, path);
                    user.delete(path);
                    pause.run();
                }
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
    }

    private void unpack(SimulatedDevice on, User user, RandomGenerator random) {
        on.note("unpack " + SWEPT_MIN + " files");
        for (int i = 0; i < SWEPT_MIN; i++) {
            LocalPath path = LocalPath.of("unpacked " + i);
            if (!user.exists(path)) {
                byte[] bytes = text(random);
                user.write(path, bytes);
                saved.add(on.name(), path.toString(), bytes);
            }
        }
    }

    /** Somebody takes rights from a directory, or gives all back. */
    void lock(SimulatedDevice on, RandomGenerator random) {
        LocalPath path = pick(directories(on), random);
        if (path.isRoot() || random.nextInt(3) == 0) {
            unlock(on);
            return;
        }
        int mode = LOCKS[random.nextInt(LOCKS.length)];
        on.note("chmod %o %s".formatted(mode, path));
        try {
            on.user().chmod(path, mode);
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
    }

    /** All rights are given back. */
    void unlock(SimulatedDevice on) {
        User user = on.user();
        for (LocalPath path : directories(on)) {
            if (!path.isRoot() && user.mode(path) != OPEN) {
                on.note("chmod %o %s".formatted(OPEN, path));
                user.chmod(path, OPEN);
            }
        }
    }

    /** A directory gets the place of the one that it is in, which gets the place in it. */
    void turnInsideOut(SimulatedDevice on, RandomGenerator random) {
        List<LocalPath> inner =
                directories(on).stream()
                        .filter(path -> !path.isRoot() && !path.parent().isRoot())
                        .toList();
        if (inner.isEmpty()) {
            makeInner(on, random);
            return;
        }
        User user = on.user();
        LocalPath child = pick(inner, random);
        LocalPath parent = child.parent();
        LocalPath between = LocalPath.of("between");
        if (!user.exists(between) && !user.exists(child.child(child.name()))) {
            on.note("turn " + parent + " inside out");
            user.move(child, between);
            user.move(parent, between.child(child.name()));
            user.move(between, parent);
        }
    }

    private void makeInner(SimulatedDevice on, RandomGenerator random) {
        LocalPath parent = LocalPath.of(names[random.nextInt(CROWDED_NAMES)]);
        LocalPath child = parent.child(names[random.nextInt(CROWDED_NAMES)]);
        if (!on.user().exists(parent)) {
            on.note("make directory " + child);
            on.user().makeDirectory(parent);
            on.user().makeDirectory(child);
        }
    }

    private void swapDirectories(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> all = directories(on);
        all.remove(LocalPath.ROOT);
        if (all.size() < 2) {
            makeDirectory(on, user, random);
            return;
        }
        LocalPath one = pick(all, random);
        LocalPath other = pick(all, random);
        LocalPath between = LocalPath.of("between");
        if (!one.startsWith(other) && !other.startsWith(one) && !user.exists(between)) {
            on.note("swap directories " + one + " and " + other);
            user.move(one, between);
            user.move(other, one);
            user.move(between, other);
        }
    }

    /** A program writes to a file that it opened earlier, whatever became of its name (R7). */
    private void holdOrWrite(SimulatedDevice on, User user, RandomGenerator random) {
        Held now = held.remove(on.name());
        if (now == null) {
            List<LocalPath> files = files(on);
            if (!files.isEmpty()) {
                LocalPath path = pick(files, random);
                on.note("open " + path);
                held.put(on.name(), new Held(user.open(path), path.toString()));
            }
            return;
        }
        try (User.OpenFile file = now.file) {
            on.note("write to what was " + now.path);
            saved.forget(read(file));
            file.write(file.sizeBytes(), text(random));
            byte[] after = read(file);
            // What was deleted before by a person is nowhere any more.
            Hash sum = Hash.sha256(after);
            if (on.entries().stream().anyMatch(entry -> entry.content().equals(sum))) {
                saved.addBehind(on.name(), now.path, after);
            }
        }
    }

    private static byte[] read(User.OpenFile file) {
        var bytes = ByteBuffer.allocate(Math.toIntExact(file.sizeBytes()));
        file.handle().read(bytes, 0);
        return bytes.array();
    }

    /** The programs of that device are gone. */
    void powerCut(SimulatedDevice device) {
        held.remove(device.name());
        Instant doubt = device.clock().instant().minus(DOUBT);
        saved.powerCut(
                device.name(), device.entries(), ChronoUnit.NANOS.between(Instant.EPOCH, doubt));
    }
}
