package io.syncline.client.disk.memory;

import io.syncline.client.disk.Calls;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Refusals;
import io.syncline.client.disk.WriteHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * People and their programs in one folder: they are careful about nothing. Every method is one step
 * that happens at once, and throws {@link DiskException} where the system refuses. {@link #save}
 * gives the steps of what editors do when a person saves.
 */
public final class User {
    private final MemoryCalls calls;

    User(MemoryCalls calls) {
        this.calls = calls;
    }

    // Contents.

    /** Makes a file or, if it is there, cuts it and writes it anew in place. */
    public void write(LocalPath file, byte[] bytes) {
        try (OpenFile open = exists(file) ? open(file) : create(file)) {
            open.truncate(0);
            open.write(0, bytes);
        }
    }

    /** Writes behind a file's end. */
    public void append(LocalPath file, byte[] bytes) {
        try (OpenFile open = open(file)) {
            open.write(open.sizeBytes(), bytes);
        }
    }

    /** Overwrites a part of a file, or extends it. */
    public void writeAt(LocalPath file, long offsetBytes, byte[] bytes) {
        try (OpenFile open = open(file)) {
            open.write(offsetBytes, bytes);
        }
    }

    /** Cuts a file, or extends it with zeros. */
    public void truncate(LocalPath file, long sizeBytes) {
        try (OpenFile open = open(file)) {
            open.truncate(sizeBytes);
        }
    }

    /** Makes a file that isn't there yet. */
    public OpenFile create(LocalPath file) {
        return new OpenFile((MemoryHandle) calls.create(file).orThrow(file));
    }

    /** Opens a file, which may be written to whatever becomes of its name (R7). */
    public OpenFile open(LocalPath file) {
        return new OpenFile((MemoryHandle) calls.openForWriting(file).orThrow(file));
    }

    /** Makes a file's bytes durable. */
    public void force(LocalPath fileOrDirectory) {
        require(fileOrDirectory, calls.force(fileOrDirectory));
    }

    /** Whether anything is there. */
    public boolean exists(LocalPath path) {
        return calls.stat(path).found().isPresent();
    }

    /** The names in a directory, in order. */
    public List<String> names(LocalPath directory) {
        return calls.list(directory).orThrow(directory).entries().stream()
                .map(Listing.Entry::name)
                .sorted()
                .toList();
    }

    /** The bytes of a file. */
    public byte[] read(LocalPath file) {
        try (var handle = calls.open(file).orThrow(file)) {
            var all = ByteBuffer.allocate(Math.toIntExact(handle.stat().sizeBytes()));
            handle.read(all, 0);
            return all.array();
        }
    }

    /** The calls that people's programs make of the system. */
    public Calls calls() {
        return calls;
    }

    // Names.

    /** Makes a directory. */
    public void makeDirectory(LocalPath directory) {
        require(directory, calls.makeDirectory(directory));
    }

    /** Renames, replacing a file or an empty directory that is there. */
    public void move(LocalPath from, LocalPath to) {
        require(from, calls.renameOver(from, to));
    }

    /** Deletes a file, a link or an empty directory for good. */
    public void delete(LocalPath path) {
        boolean isDirectory = calls.stat(path).orThrow(path).isDirectory();
        require(path, isDirectory ? calls.removeDirectory(path) : calls.unlink(path));
    }

    /** Deletes everything at and below that path, as {@code rm -rf}; one step. */
    public void deleteTree(LocalPath path) {
        if (calls.stat(path).orThrow(path).isDirectory()) {
            for (var entry : calls.list(path).orThrow(path).entries()) {
                deleteTree(path.child(entry.name()));
            }
        }
        delete(path);
    }

    /** Makes a symbolic link. */
    public void symlink(LocalPath link, byte[] target) {
        require(link, calls.symlink(link, target));
    }

    /** Gives a file a second name. */
    public void link(LocalPath existing, LocalPath another) {
        require(existing, calls.link(existing, another));
    }

    /** Makes a pipe, which is never synced. */
    public void makePipe(LocalPath path) {
        guarded(path, () -> calls.tree().makeSpecial(path));
    }

    /** Makes an empty file whose name isn't UTF-8: {@code name} holds a lone surrogate. */
    public void makeUndecodable(LocalPath directory, String name) {
        guarded(directory, () -> calls.tree().makeFileOfAnyName(directory, name));
    }

    /**
     * Renames within a directory, to or from a name that isn't UTF-8: that holds a lone surrogate.
     */
    public void respell(LocalPath directory, String from, String to) {
        guarded(directory, () -> calls.tree().respell(directory, from, to));
    }

    // Attributes.

    /** The permissions of a file or directory, such as 0644. */
    public int mode(LocalPath path) {
        var found = new int[1];
        guarded(path, () -> found[0] = calls.tree().inode(path).attributes.mode());
        return found[0];
    }

    /** Sets the permissions of a file or directory, such as 0644. */
    public void chmod(LocalPath path, int mode) {
        guarded(path, () -> calls.tree().chmod(calls.tree().link(path), mode));
    }

    /** Makes a file executable, or not. */
    public void setExecutable(LocalPath file, boolean executable) {
        require(file, calls.setExecutable(file, executable));
    }

    /** Sets the time of modification, in nanoseconds since 1970. */
    public void setModificationTime(LocalPath path, long nanos) {
        require(path, calls.setModificationTime(path, nanos));
    }

    // Saving.

    /** How programs save a file. */
    public enum SaveDance {
        /** Cut, then written in place (nano, most scripts). */
        IN_PLACE,
        /** Written beside, forced, renamed over the old one (GTK, JetBrains). */
        RENAMED_OVER,
        /** The same without forcing. */
        RENAMED_OVER_UNFORCED,
        /** The old one renamed to {@code f~}, a new one written, the old one deleted (vim). */
        BACKUP_RENAMED,
        /** A lock file beside; written as a new name, and the two renamed around (Office). */
        OFFICE,
        /** Written into {@code f.lock}, made exclusively, and renamed over (git). */
        LOCKED
    }

    /**
     * The steps in which a program saves; others may act in between. Each throws {@link
     * DiskException} where something stands in its way, and a program then gives up.
     */
    public List<Runnable> save(SaveDance dance, LocalPath file, byte[] bytes) {
        return switch (dance) {
            case IN_PLACE -> {
                var open = new OpenFile[1];
                yield List.of(
                        () -> {
                            open[0] = exists(file) ? open(file) : create(file);
                            open[0].truncate(0);
                        },
                        () -> open[0].write(0, bytes),
                        () -> open[0].close());
            }
            case RENAMED_OVER -> {
                LocalPath beside = beside(dance, file).getFirst();
                yield List.of(
                        () -> write(beside, bytes), () -> force(beside), () -> move(beside, file));
            }
            case RENAMED_OVER_UNFORCED -> {
                LocalPath beside = beside(dance, file).getFirst();
                yield List.of(() -> write(beside, bytes), () -> move(beside, file));
            }
            case BACKUP_RENAMED -> {
                LocalPath backup = beside(dance, file).getFirst();
                yield List.of(
                        () -> moveIfThere(file, backup),
                        () -> write(file, bytes),
                        () -> force(file),
                        () -> deleteIfThere(backup));
            }
            case OFFICE -> {
                List<LocalPath> beside = beside(dance, file);
                LocalPath lock = beside.get(0);
                LocalPath fresh = beside.get(1);
                LocalPath old = beside.get(2);
                yield List.of(
                        () -> write(lock, new byte[0]),
                        () -> write(fresh, bytes),
                        () -> moveIfThere(file, old),
                        () -> move(fresh, file),
                        () -> deleteIfThere(old),
                        () -> deleteIfThere(lock));
            }
            case LOCKED -> {
                LocalPath lock = beside(dance, file).getFirst();
                yield List.of(
                        () -> create(lock).close(),
                        () -> writeAt(lock, 0, bytes),
                        () -> force(lock),
                        () -> move(lock, file));
            }
        };
    }

    /** The names beside a file that a dance takes for its own; whatever has them is overwritten. */
    public static List<LocalPath> beside(SaveDance dance, LocalPath file) {
        LocalPath in = file.parent();
        String name = file.name();
        return switch (dance) {
            case IN_PLACE -> List.of();
            case RENAMED_OVER, RENAMED_OVER_UNFORCED -> List.of(in.child("." + name + ".tmp"));
            case BACKUP_RENAMED -> List.of(in.child(name + "~"));
            case OFFICE ->
                    List.of(
                            in.child("~$" + name),
                            in.child("~WRD0001.tmp"),
                            in.child("~WRL0001.tmp"));
            case LOCKED -> List.of(in.child(name + ".lock"));
        };
    }

    private void moveIfThere(LocalPath from, LocalPath to) {
        if (exists(from)) {
            move(from, to);
        }
    }

    private void deleteIfThere(LocalPath path) {
        if (exists(path)) {
            delete(path);
        }
    }

    /** A file that a program holds open. */
    public static final class OpenFile implements AutoCloseable {
        private final MemoryHandle handle;

        private OpenFile(MemoryHandle handle) {
            this.handle = handle;
        }

        /** Writes at that offset. */
        public void write(long offsetBytes, byte[] bytes) {
            handle.write(ByteBuffer.wrap(bytes), offsetBytes);
        }

        /**
         * Stores through a mapping, within the file's size: nobody hears of it, and the time of
         * modification follows only the first store after each forcing.
         */
        public void writeMapped(long offsetBytes, byte[] bytes) {
            handle.writeMapped(ByteBuffer.wrap(bytes), offsetBytes);
        }

        /** Cuts it, or extends it with zeros. */
        public void truncate(long sizeBytes) {
            handle.setSize(sizeBytes);
        }

        /** How long it is. */
        public long sizeBytes() {
            return handle.stat().sizeBytes();
        }

        /** Makes its bytes durable. */
        public void force() {
            handle.force();
        }

        /** The handle, to read from. */
        public WriteHandle handle() {
            return handle;
        }

        @Override
        public void close() {
            handle.close();
        }
    }

    private static void require(LocalPath path, Optional<Outcome.Refused> refused) {
        if (refused.isPresent()) {
            throw new DiskException(path, refused.get());
        }
    }

    private void guarded(LocalPath path, Runnable act) {
        try {
            calls.before(Operation.SET_ATTRIBUTES, path);
            act.run();
        } catch (Failure e) {
            throw new DiskException(path, Refusals.of(e.errno()));
        }
    }
}
