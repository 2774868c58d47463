package io.syncline.client.daemon;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ReplicaId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The directory where a device keeps what it knows: one per installation, {@code --home} on the
 * command line.
 *
 * <pre>
 * daemon.lock                    held by the running daemon
 * control.json                   how to reach it (port and token), while it runs
 * limits.json                    the limits of the bandwidth, where some are set
 * folders/REPLICA/link.json      what ties one folder to its project, with the device's token
 * folders/REPLICA/marked         that the folder's marker was written once (R27)
 * folders/REPLICA/state.sqlite   that folder's state
 * server/                        the stores of an embedded server
 * </pre>
 */
public final class DeviceHome {
    private static final String LINK = "link.json";
    private static final String MARKED = "marked";

    private final Path directory;

    /** The home in that directory, which is made (for its owner alone) if it isn't there. */
    public DeviceHome(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        PrivateFile.makeDirectory(this.directory);
        PrivateFile.makeDirectory(folders());
    }

    /** Where it is. */
    public Path directory() {
        return directory;
    }

    /** Where an embedded server keeps its stores unless told otherwise. */
    public Path serverData() {
        return directory.resolve("server");
    }

    /** Where that folder's state is kept. */
    public Path stateDirectory(ReplicaId replica) {
        return folders().resolve(replica.value());
    }

    /** Whether the folder's marker was ever written; its state, which may be lost, says so too. */
    public boolean isMarked(ReplicaId replica) {
        return Files.exists(stateDirectory(replica).resolve(MARKED));
    }

    /** Remembers durably that the folder's marker was written. */
    public void marked(ReplicaId replica) {
        if (!isMarked(replica)) {
            PrivateFile.write(stateDirectory(replica).resolve(MARKED), new byte[0]);
        }
    }

    Path controlFile() {
        return directory.resolve("control.json");
    }

    /**
     * What a daemon left that was killed: its address, while nobody holds the home.
     *
     * @param remove whether to remove it
     * @return empty where nothing is left; else whether it was removed
     */
    public Optional<Boolean> leftControl(boolean remove) {
        if (!Files.exists(controlFile())) {
            return Optional.empty();
        }
        Optional<FileChannel> lock = lock();
        if (lock.isEmpty() || !remove) {
            lock.ifPresent(this::unlock);
            return Optional.of(false);
        }
        PrivateFile.delete(controlFile());
        unlock(lock.get());
        return Optional.of(true);
    }

    private void unlock(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot unlock " + directory, e);
        }
    }

    /** The limits of the bandwidth that were set last; none where none were. */
    public BandwidthLimits limits() {
        Path file = limitsFile();
        try {
            return PrivateFile.read(file)
                    .map(BandwidthLimitsJson.CODEC::fromBytes)
                    .orElse(BandwidthLimits.NONE);
        } catch (SynclineException e) {
            throw new SynclineException(
                    e.code(),
                    "cannot read " + file + ", which can be removed: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Remembers the limits durably, while no daemon runs; see {@link ControlClient#limit}.
     *
     * @return false if a daemon runs, or starts
     */
    public boolean limit(BandwidthLimits limits) {
        Optional<FileChannel> lock = lock();
        if (lock.isEmpty()) {
            return false;
        }
        try {
            keep(limits);
        } finally {
            unlock(lock.get());
        }
        return true;
    }

    void keep(BandwidthLimits limits) {
        PrivateFile.write(limitsFile(), BandwidthLimitsJson.CODEC.toBytes(limits));
    }

    private Path limitsFile() {
        return directory.resolve("limits.json");
    }

    private Path folders() {
        return directory.resolve("folders");
    }

    /** All linked folders, in order of their paths. */
    public List<FolderLink> links() {
        List<FolderLink> links = new ArrayList<>();
        try (var entries = Files.list(folders())) {
            for (Path entry : entries.toList()) {
                PrivateFile.read(entry.resolve(LINK))
                        .map(FolderLinkJson.CODEC::fromBytes)
                        .ifPresent(links::add);
            }
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot list " + folders(), e);
        }
        links.sort(Comparator.comparing(FolderLink::folder));
        return links;
    }

    /** The link of that folder. */
    public Optional<FolderLink> link(Path folder) {
        Path real = knownAs(folder);
        return links().stream().filter(link -> link.folder().equals(real)).findFirst();
    }

    /**
     * Remembers the link durably. INVALID if the folder lies inside a linked one, or one in it
     * (R42): two replicas would sync each other's files in a circle.
     */
    public void add(FolderLink link) {
        checkFree(link.folder());
        Path own = stateDirectory(link.replica());
        PrivateFile.makeDirectory(own);
        PrivateFile.write(own.resolve(LINK), FolderLinkJson.CODEC.toBytes(link));
    }

    /** Refuses a folder that can't be linked beside those that already are; see {@link #add}. */
    public void checkFree(Path folder) {
        Path real = realPath(folder);
        if (real.startsWith(directory) || directory.startsWith(real)) {
            throw SynclineException.invalid(
                    "cannot sync "
                            + real
                            + ": Syncline keeps its own files in "
                            + directory
                            + "; use another --home");
        }
        for (FolderLink other : links()) {
            if (real.startsWith(other.folder()) || other.folder().startsWith(real)) {
                throw SynclineException.invalid(
                        "cannot sync "
                                + real
                                + ": "
                                + other.folder()
                                + " is already synced; folders can't be nested");
            }
        }
    }

    /**
     * The folder's path as it is compared and kept: absolute, without symbolic links. Makes the
     * folder if needed.
     */
    public static Path realPath(Path folder) {
        try {
            Files.createDirectories(folder);
            return folder.toRealPath();
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "cannot use " + folder + " as a folder: " + why(e), e);
        }
    }

    private static String why(IOException failure) {
        return switch (failure) {
            case FileAlreadyExistsException file -> file.getFile() + " is a file";
            case AccessDeniedException file -> "no permission to make " + file.getFile();
            case FileSystemException file when file.getReason() != null ->
                    file.getFile() + ": " + file.getReason();
            case FileSystemException file -> file.getFile() + " can't be made";
            default -> String.valueOf(failure.getMessage());
        };
    }

    /** As {@link #realPath}, but makes nothing: for a folder that is only asked about. */
    public static Path knownAs(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            // It isn't there, or can't be looked at; then its name is all that can be compared.
            return folder.toAbsolutePath().normalize();
        }
    }

    /**
     * Takes the home for one daemon; empty if another process has it. The lock ends with the
     * process at the latest.
     */
    Optional<FileChannel> lock() {
        try {
            FileChannel channel =
                    FileChannel.open(
                            directory.resolve("daemon.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(channel);
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot lock " + directory, e);
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel)
            throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another daemon of this very process has it.
            return null;
        }
    }
}
