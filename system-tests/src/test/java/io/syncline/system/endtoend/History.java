package io.syncline.system.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A seeded random user of one folder: creates, edits, appends, renames, moves, swaps and deletes.
 * Remembers which contents were written and never overwritten or deleted by anyone knowingly: those
 * must be found afterwards (L2).
 */
final class History {
    /** How the names of directories begin that this user leaves alone. */
    static final String KEPT = "kept-";

    private final Random random;
    private final Path root;
    private final String user;
    private int serial;
    private int missed;

    History(long seed, String user, Path root) {
        this.random = new Random(seed);
        this.user = user;
        this.root = root;
    }

    /** How many acts found their path gone. */
    int missed() {
        return missed;
    }

    /**
     * Does {@code count} random things. Whatever is gone by then, because a sync took it away, is
     * passed over.
     */
    void act(int count) {
        for (int i = 0; i < count; i++) {
            try {
                actOnce();
            } catch (IOException e) {
                // The path moved under our feet: such is life in a synced folder.
                missed++;
            }
        }
    }

    private void actOnce() throws IOException {
        List<Path> files = paths(false);
        List<Path> directories = paths(true);
        int what = random.nextInt(100);
        if (files.size() < 5 || what < 30) {
            create(pick(directories).resolve("f" + random.nextInt(12)));
        } else if (what < 45) {
            Files.writeString(pick(files), fresh(), StandardOpenOption.APPEND);
        } else if (what < 60) {
            Files.write(pick(files), bytes(), StandardOpenOption.TRUNCATE_EXISTING);
        } else if (what < 70) {
            Files.move(pick(files), pick(directories).resolve(user + "-m" + random.nextInt(12)));
        } else if (what < 76) {
            Path directory = pick(directories);
            Path target = pick(directories).resolve("d" + random.nextInt(6));
            if (!directory.equals(root) && !target.startsWith(directory)) {
                Files.move(directory, target);
            }
        } else if (what < 84) {
            Files.createDirectory(pick(directories).resolve("d" + random.nextInt(6)));
        } else if (what < 90) {
            Files.delete(pick(files));
        } else if (what < 93) {
            Path directory = pick(directories);
            if (!directory.equals(root)) {
                Files.delete(directory);
            }
        } else if (what < 97) {
            saveDance(pick(files));
        } else {
            swap(pick(files), pick(files));
        }
    }

    private void create(Path file) throws IOException {
        Files.write(file, bytes(), StandardOpenOption.CREATE_NEW);
    }

    private void saveDance(Path file) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.write(temporary, bytes());
        Files.move(
                temporary,
                file,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private static void swap(Path left, Path right) throws IOException {
        Path parked = left.resolveSibling("parked");
        Files.move(left, parked);
        Files.move(right, left);
        Files.move(parked, right);
    }

    private String fresh() {
        return user + " " + serial++ + "\n";
    }

    private byte[] bytes() {
        byte[] start = fresh().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(10) > 0) {
            return start;
        }
        byte[] large = new byte[random.nextInt(400_000) + start.length];
        random.nextBytes(large);
        System.arraycopy(start, 0, large, 0, start.length);
        return large;
    }

    private Path pick(List<Path> paths) {
        return paths.get(random.nextInt(paths.size()));
    }

    private List<Path> paths(boolean directories) throws IOException {
        TreeSet<Path> found = new TreeSet<>();
        if (directories) {
            found.add(root);
        }
        collect(root, directories, found);
        return new ArrayList<>(found);
    }

    private void collect(Path directory, boolean directories, Set<Path> found) throws IOException {
        List<Path> children;
        try (var listing = Files.list(directory)) {
            children = listing.toList();
        }
        for (Path child : children) {
            String name = child.getFileName().toString();
            if (name.equals(Folders.OWN) || name.startsWith(KEPT)) {
                continue;
            }
            boolean isDirectory = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
            if (isDirectory == directories) {
                found.add(child);
            }
            if (isDirectory) {
                collect(child, directories, found);
            }
        }
    }
}
