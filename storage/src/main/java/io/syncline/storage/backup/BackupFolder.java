package io.syncline.storage.backup;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of backups, which one process at a time may have open. {@code backups/NAME} is a whole
 * backup and never changes, {@code backups/NAME.partial} one that was interrupted, {@code packs}
 * holds the packs that all of them share: an id is never used twice and bytes are only added to a
 * pack, so that the newest copy of it serves every backup.
 */
public final class BackupFolder implements AutoCloseable {
    static final String METADATA = "metadata.sqlite";
    static final String PACK_LIST = "packs.txt";
    static final String MANIFEST = "manifest.json";
    private static final String PARTIAL = ".partial";
    private static final long MANIFEST_BYTES_MAX = 64 << 10;
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final String NAME_FORM = "[0-9]{8}T[0-9]{6}\\.[0-9]{3}Z";

    private final Path root;
    private final FileChannel lockFile;

    private BackupFolder(Path root, FileChannel lockFile) {
        this.root = root;
        this.lockFile = lockFile;
    }

    /** A whole backup. */
    public record Backup(String name, Manifest manifest) {}

    /** Opens the folder for new backups; it is made if it isn't there. */
    public static BackupFolder create(Path root) {
        try {
            Files.createDirectories(root.resolve("packs"));
            Files.createDirectories(root.resolve("backups"));
            force(root);
        } catch (IOException e) {
            throw failed("cannot make the backup folder " + root, e);
        }
        return open(root);
    }

    /** Opens a folder of backups; {@code NOT_FOUND} where there is none. */
    public static BackupFolder open(Path root) {
        if (!Files.isDirectory(root.resolve("backups"))) {
            throw new SynclineException(ErrorCode.NOT_FOUND, root + " is no folder of backups");
        }
        try {
            return new BackupFolder(root, lock(root.resolve("lock")));
        } catch (IOException e) {
            throw failed("cannot open the backup folder " + root, e);
        }
    }

    @SuppressWarnings("UnusedVariable") // The lock goes with the channel, and with the process.
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(file);
        }
        channel.close();
        throw inUse(file);
    }

    private static SynclineException inUse(Path file) {
        return new SynclineException(
                ErrorCode.UNAVAILABLE, "another backup or restore uses " + file.getParent());
    }

    static SynclineException failed(String what, IOException e) {
        String message = String.valueOf(e.getMessage());
        return new SynclineException(
                ErrorCode.UNAVAILABLE,
                message.contains("No space left")
                        ? what + ": the disk is full"
                        : what + ": " + message,
                e);
    }

    /** Makes the names in a directory durable. */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes a file's bytes durable. */
    static void forceFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** The whole backups, newest first. */
    public List<Backup> list() {
        List<Backup> found = new ArrayList<>();
        for (String name : names()) {
            found.add(new Backup(name, manifest(name)));
        }
        return found;
    }

    /** The newest whole backup, or the one of this name. */
    public Backup find(Optional<String> name) {
        List<String> names = names();
        String wanted = name.orElseGet(() -> names.isEmpty() ? "" : names.getFirst());
        if (!names.contains(wanted)) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    names.isEmpty()
                            ? "there is no whole backup in " + root
                            : "there is no backup "
                                    + wanted
                                    + " in "
                                    + root
                                    + "; there are "
                                    + names);
        }
        return new Backup(wanted, manifest(wanted));
    }

    private List<String> names() {
        try (Stream<Path> entries = Files.list(root.resolve("backups"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches(NAME_FORM))
                    .sorted(Collections.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw failed("cannot list " + root, e);
        }
    }

    private Manifest manifest(String name) {
        Path file = backup(name).resolve(MANIFEST);
        try (var in = Files.newInputStream(file)) {
            return Manifest.CODEC.fromStream(in, MANIFEST_BYTES_MAX);
        } catch (IOException e) {
            throw failed("cannot read " + file, e);
        }
    }

    Path backup(String name) {
        return root.resolve("backups").resolve(name);
    }

    Path pack(PackList.Entry entry) {
        return root.resolve("packs")
                .resolve(entry.project().value())
                .resolve(entry.pack().value() + ".pack");
    }

    Path packs() {
        return root.resolve("packs");
    }

    /** The name of a backup made then. */
    String name(Instant made) {
        return NAME.format(made);
    }

    /** Begins a backup, after removing what interrupted ones left. */
    Path begin(String name) throws IOException {
        try (DirectoryStream<Path> partial =
                Files.newDirectoryStream(root.resolve("backups"), "*" + PARTIAL)) {
            for (Path old : partial) {
                delete(old);
            }
        }
        Path made = root.resolve("backups").resolve(name + PARTIAL);
        Files.createDirectory(made);
        return made;
    }

    /** Gives a whole backup its name. */
    void finish(Path partial, String name) throws IOException {
        force(partial);
        Files.move(partial, backup(name));
        force(root.resolve("backups"));
    }

    /** Forgets a backup; its packs are left for {@link Prune}. */
    void forget(String name) throws IOException {
        Path doomed = root.resolve("backups").resolve(name + PARTIAL);
        Files.move(backup(name), doomed);
        delete(doomed);
        force(root.resolve("backups"));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw failed("cannot release " + root, e);
        }
    }
}
