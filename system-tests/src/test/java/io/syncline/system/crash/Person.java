package io.syncline.system.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A seeded random user of one folder, who tells {@link Saves} what is saved and what is no longer
 * wanted. What a sync takes away under one's feet is passed over.
 */
public final class Person {
    private static final String OWN = ".syncline";

    /** More files than this are deleted sooner than made. */
    private static final int FILES_MAX = 60;

    private static final int LARGE_BYTES_MAX = 300_000;

    private final SplittableRandom random;
    private final String name;
    private final Path root;
    private final Saves saves;

    /** Whether what is saved is forced to the disk, since power may fail. */
    private final boolean careful;

    private int serial;
    private int failures;

    public Person(SplittableRandom random, String name, Path root, Saves saves, boolean careful) {
        this.random = random;
        this.name = name;
        this.root = root;
        this.saves = saves;
        this.careful = careful;
    }

    /** How many acts failed: their path was gone, or the disk was. */
    int failures() {
        return failures;
    }

    public void act(int count) {
        for (int i = 0; i < count; i++) {
            try {
                actOnce();
            } catch (IOException e) {
                failures++;
            }
        }
    }

    private void actOnce() throws IOException {
        List<Path> files = new ArrayList<>();
        List<Path> directories = new ArrayList<>(List.of(root));
        collect(root, files, directories);
        int what = random.nextInt(100);
        if (files.size() < 5 || (what < 30 && files.size() < FILES_MAX)) {
            create(pick(directories).resolve("f" + random.nextInt(12)));
        } else if (what < 40) {
            append(pick(files));
        } else if (what < 55) {
            overwrite(pick(files));
        } else if (what < 63) {
            replace(pick(files));
        } else if (what < 70) {
            Files.move(pick(files), pick(directories).resolve(name + "-m" + random.nextInt(12)));
        } else if (what < 76) {
            Path directory = pick(directories);
            Path target = pick(directories).resolve("d" + random.nextInt(6));
            if (!directory.equals(root) && !target.startsWith(directory)) {
                Files.move(directory, target);
            }
        } else if (what < 82) {
            Files.createDirectory(pick(directories).resolve("d" + random.nextInt(6)));
        } else if (what < 90) {
            delete(pick(files));
        } else if (what < 93) {
            Path directory = pick(directories);
            if (!directory.equals(root)) {
                Files.delete(directory);
            }
        } else if (what < 96) {
            Path file = pick(files);
            if (!file.toFile().setExecutable(!Files.isExecutable(file))) {
                throw new IOException("gone: " + file);
            }
        } else {
            swap(pick(files), pick(files));
        }
    }

    private void create(Path file) throws IOException {
        byte[] bytes = bytes();
        saves.begun(bytes);
        Files.write(file, bytes, StandardOpenOption.CREATE_NEW);
        force(file);
        forceParents(file);
        saves.saved(name + ":" + file, bytes);
    }

    /**
     * Through one descriptor, whose file only a person writes to: Syncline replaces, so what is
     * read from it is what is written over, wherever the file is by then (R7).
     */
    private void append(Path path) throws IOException {
        try (RandomAccessFile file = existing(path)) {
            byte[] old = read(file);
            byte[] more = line();
            byte[] whole = Arrays.copyOf(old, old.length + more.length);
            System.arraycopy(more, 0, whole, old.length, more.length);
            saves.begun(whole);
            file.seek(old.length);
            file.write(more);
            force(file);
            saves.saved(name + ":" + path, whole);
            saves.unwanted(old);
        }
    }

    private void overwrite(Path path) throws IOException {
        byte[] bytes = bytes();
        try (RandomAccessFile file = existing(path)) {
            saves.unwanted(read(file));
            saves.begun(bytes);
            file.setLength(0);
            file.seek(0);
            file.write(bytes);
            force(file);
            saves.saved(name + ":" + path, bytes);
        }
    }

    private void replace(Path file) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        byte[] bytes = bytes();
        saves.unwanted(Files.readAllBytes(file));
        saves.begun(bytes);
        Files.write(temporary, bytes);
        force(temporary);
        Files.move(
                temporary,
                file,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
        forceParents(file);
        saves.saved(name + ":" + file, bytes);
    }

    private void delete(Path file) throws IOException {
        saves.unwanted(Files.readAllBytes(file));
        Files.delete(file);
    }

    private static void swap(Path left, Path right) throws IOException {
        Path parked = left.resolveSibling("parked");
        Files.move(left, parked);
        Files.move(right, left);
        Files.move(parked, right);
    }

    private static RandomAccessFile existing(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("gone: " + path);
        }
        return new RandomAccessFile(path.toFile(), "rw");
    }

    private static byte[] read(RandomAccessFile file) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(file.length())];
        file.readFully(bytes);
        return bytes;
    }

    private void force(RandomAccessFile file) throws IOException {
        if (careful) {
            file.getFD().sync();
        }
    }

    private void force(Path file) throws IOException {
        if (careful) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private void forceParents(Path file) throws IOException {
        for (Path at = Objects.requireNonNull(file.getParent());
                at.startsWith(root);
                at = Objects.requireNonNull(at.getParent())) {
            force(at);
        }
    }

    private byte[] line() {
        return (name + " " + serial++ + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        byte[] start = line();
        if (random.nextInt(12) > 0) {
            return start;
        }
        byte[] large = new byte[random.nextInt(LARGE_BYTES_MAX) + start.length];
        random.nextBytes(large);
        System.arraycopy(start, 0, large, 0, start.length);
        return large;
    }

    private Path pick(List<Path> paths) {
        return paths.get(random.nextInt(paths.size()));
    }

    private static void collect(Path directory, List<Path> files, List<Path> directories)
            throws IOException {
        TreeSet<Path> children = new TreeSet<>();
        try (Stream<Path> listing = Files.list(directory)) {
            listing.forEach(children::add);
        }
        for (Path child : children) {
            if (child.getFileName().toString().equals(OWN)) {
                continue;
            }
            if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                directories.add(child);
                collect(child, files, directories);
            } else {
                files.add(child);
            }
        }
    }
}
