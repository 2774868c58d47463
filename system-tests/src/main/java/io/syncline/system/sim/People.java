package io.syncline.system.sim;

import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.disk.memory.User;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What people do in a folder. Each version that they save is unique, so that it can be told what
 * became of it.
 */
final class People {
    private static final String[] NAMES = {"a", "b", "c", "d", "Résumé", "x.txt", "E"};
    private static final int DEPTH_MAX = 3;

    /** What a crowd does, as numbers of what is done. */
    private static final int[] CROWDED = {0, 0, 4, 9, 10, 11, 12, 14, 14, 17, 17, 18, 18, 18};

    private static final int CROWDED_NAMES = 3;

    private final Saved saved;
    private final boolean crowded;
    private final Map<String, Held> held = new HashMap<>();
    private int versions;

    /** A file that a program keeps open. */
    private record Held(User.OpenFile file, String path) {}

    /**
     * @param crowded whether they work on the same few directories, and often on those themselves
     */
    People(Saved saved, boolean crowded) {
        this.saved = saved;
        this.crowded = crowded;
    }

    /** Somebody does something on that device; what can't be done isn't. */
    void act(SimulatedDevice on, RandomGenerator random) {
        try {
            User user = on.user();
            switch (crowded ? CROWDED[random.nextInt(CROWDED.length)] : random.nextInt(20)) {
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
                kind == 0
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
                .filter(path -> !path.isControl())
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

    private LocalPath place(SimulatedDevice on, RandomGenerator random) {
        return pick(directories(on), random)
                .child(NAMES[random.nextInt(crowded ? CROWDED_NAMES : NAMES.length)]);
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
        LocalPath path = place(on, random);
        if (user.exists(path)) {
            return;
        }
        byte[] bytes = text(random);
        on.note("create " + path);
        user.write(path, bytes);
        if (random.nextBoolean()) {
            user.force(path);
        }
        saved.add(on.name(), path.toString(), bytes);
    }

    private void edit(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return;
        }
        save(on, user, pick(files, random), random);
    }

    /** Somebody saves that file, if it is one. */
    void save(SimulatedDevice on, LocalPath path, RandomGenerator random) {
        try {
            User user = on.user();
            if (files(on).contains(path)) {
                save(on, user, path, random);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
        }
    }

    private void save(SimulatedDevice on, User user, LocalPath path, RandomGenerator random) {
        byte[] bytes = text(random);
        User.SaveDance[] dances = User.SaveDance.values();
        User.SaveDance dance = dances[random.nextInt(dances.length)];
        on.note("save " + path + " " + dance);
        byte[] before = user.read(path);
        saved.forget(before);
        for (Runnable step : user.save(dance, path, bytes)) {
            step.run();
        }
        if (on.isCoarse()) {
            // In the moment in which the client replaces it nobody can tell, until the trash is
            // emptied, where everything is read again (R7).
            saved.addBehind(on.name(), path.toString(), bytes);
        } else {
            saved.add(on.name(), path.toString(), bytes);
        }
    }

    private void append(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return;
        }
        LocalPath path = pick(files, random);
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
        LocalPath path = pick(files, random);
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
        List<LocalPath> files = files(on);
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
        user.move(one, between);
        user.move(other, one);
        user.move(between, other);
    }

    private void delete(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> files = files(on);
        if (files.isEmpty()) {
            return;
        }
        LocalPath path = pick(files, random);
        on.note("delete " + path);
        overwritten(user, path);
        user.delete(path);
    }

    private void makeDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        LocalPath path = place(on, random);
        if (!user.exists(path) && path.names().size() <= DEPTH_MAX) {
            on.note("make directory " + path);
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
        if (!user.exists(path)) {
            on.note("link " + path);
            user.symlink(path, ("target " + versions++).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void moveDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        List<LocalPath> all = directories(on);
        LocalPath to = place(on, random);
        LocalPath from = pick(all, random);
        if (!from.isRoot() && !to.startsWith(from) && !user.exists(to)) {
            on.note("move directory " + from + " to " + to);
            user.move(from, to);
        }
    }

    private void deleteDirectory(SimulatedDevice on, User user, RandomGenerator random) {
        LocalPath path = pick(directories(on), random);
        if (path.isRoot() || (!crowded && random.nextInt(3) > 0)) {
            return;
        }
        on.note("delete directory " + path);
        for (LocalPath file : files(on)) {
            if (file.startsWith(path)) {
                overwritten(user, file);
            }
        }
        user.deleteTree(path);
    }

    /** Somebody deletes all but one file. */
    void sweep(SimulatedDevice on) {
        List<LocalPath> files = files(on);
        on.note("delete all but one of " + files.size());
        User user = on.user();
        try {
            for (LocalPath path : files.subList(Math.min(1, files.size()), files.size())) {
                overwritten(user, path);
                user.delete(path);
            }
        } catch (DiskException e) {
            on.note("can't: " + e.getMessage());
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
    void powerCut(String device) {
        held.remove(device);
        saved.powerCut(device);
    }
}
