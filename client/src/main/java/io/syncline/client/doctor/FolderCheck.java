package io.syncline.client.doctor;

import io.syncline.client.daemon.DeviceHome;
import io.syncline.client.daemon.DeviceStatus;
import io.syncline.client.daemon.FolderLink;
import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.Trash;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskTraits;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.NameTraits;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.RootState;
import io.syncline.client.disk.Temporaries;
import io.syncline.client.state.StateFiles;
import io.syncline.client.state.StateStore;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** One folder: the root on disk, what is kept beside it, and its state. */
final class FolderCheck {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Less room than this, and a share of the disk, is told. */
    private static final long FREE_BYTES_MIN = 1L << 30;

    private static final int FREE_SHARE = 50;

    /** Entries of the trash that are counted. */
    private static final int TRASH_MAX = 200_000;

    private final DeviceHome home;
    private final FolderLink link;
    private final StateFiles states;
    private final Optional<DeviceStatus.Folder> running;
    private final boolean daemon;
    private final Doctor.Wishes wishes;
    private final InstantSource clock;
    private final RandomGenerator random;

    FolderCheck(
            DeviceHome home,
            FolderLink link,
            StateFiles states,
            Optional<DeviceStatus.Folder> running,
            boolean daemon,
            Doctor.Wishes wishes,
            InstantSource clock,
            RandomGenerator random) {
        this.home = home;
        this.link = link;
        this.states = states;
        this.running = running;
        this.daemon = daemon;
        this.wishes = wishes;
        this.clock = clock;
        this.random = random;
    }

    void run(Checks checks) {
        Optional<Disk> disk = open(checks);
        try {
            boolean sound = state(checks, disk);
            if (disk.isPresent()) {
                root(checks, disk.get(), sound);
                room(checks);
                traits(checks, disk.get());
                leftovers(checks, disk.get());
            }
            running.ifPresent(now -> live(checks, now.status()));
        } finally {
            disk.ifPresent(Disk::close);
        }
    }

    private Optional<Disk> open(Checks checks) {
        try {
            if (!Files.isReadable(link.folder()) || !Files.isWritable(link.folder())) {
                checks.fault(
                        "folder",
                        Files.exists(link.folder())
                                ? "it can't be read and written"
                                : "it isn't there (any more)",
                        "mount its disk, or move it back, then 'syncline resume'; nothing is"
                                + " deleted anywhere meanwhile");
                return Optional.empty();
            }
            return Optional.of(Disks.open(link.folder(), clock, random));
        } catch (SynclineException e) {
            checks.fault(
                    "folder",
                    String.valueOf(e.getMessage()),
                    "mount its disk, or move it back, then 'syncline resume'");
            return Optional.empty();
        }
    }

    // The root.

    private void root(Checks checks, Disk disk, boolean sound) {
        RootState root = disk.rootState(link.replica());
        if (root == RootState.FINE) {
            checks.ok("folder", "there, with its marker");
            return;
        }
        boolean other = disk.stat(LocalPath.MARKER).found().isPresent();
        if (other) {
            checks.fault(
                    "folder",
                    "its marker (.syncline/replica) is another folder's",
                    "if it was copied from there, remove the copy's .syncline directory, and join"
                            + " the copy as a folder of its own");
            return;
        }
        if (!sound || daemon) {
            checks.fault(
                    "folder",
                    "its marker (.syncline/replica) is missing",
                    daemon
                            ? "stop the daemon, then 'syncline doctor --fix --yes' compares the"
                                    + " content and puts it back"
                            : "repair the state first: it tells whether this is the folder");
            return;
        }
        Familiar familiar;
        try (StateStore store = states.open(stateFile())) {
            familiar = Familiar.compare(store, disk);
        }
        String text =
                "its marker (.syncline/replica) is missing; of %,d known files that were looked"
                                .formatted(familiar.looked())
                        + " for %,d are here".formatted(familiar.here());
        if (!familiar.isConvincing()) {
            checks.fault(
                    "folder",
                    text + ": this is another folder, or an empty place",
                    "mount the right disk or move the folder back, and don't make the marker"
                            + " yourself: all that is missing would be deleted everywhere");
        } else if (wishes.fix() && wishes.yes()) {
            if (disk.mark(link.replica()) instanceof Outcome.Refused why) {
                checks.fault("folder", "its marker can't be written: " + why.why(), "");
            } else {
                checks.repaired("folder", text + ": the marker is put back", "'syncline resume'");
            }
        } else {
            checks.fault(
                    "folder",
                    text,
                    "if this is the folder, 'syncline doctor --fix --yes' puts the marker back");
        }
    }

    private void room(Checks checks) {
        try {
            FileStore store = Files.getFileStore(link.folder());
            long free = store.getUsableSpace();
            String text =
                    "%s free of %s (%s)"
                            .formatted(
                                    Checks.bytes(free),
                                    Checks.bytes(store.getTotalSpace()),
                                    store.type());
            if (free < FREE_BYTES_MIN && free < store.getTotalSpace() / FREE_SHARE) {
                checks.warning("disk", text, "free some space: downloads wait for it");
            } else {
                checks.ok("disk", text);
            }
        } catch (IOException e) {
            checks.fault("disk", "cannot look at " + e.getMessage(), "look at the disk");
        }
    }

    private static void traits(Checks checks, Disk disk) {
        DiskTraits traits = disk.traits();
        NameTraits names = disk.nameTraits(LocalPath.ROOT);
        List<String> lacks = new ArrayList<>();
        add(lacks, !traits.exchange(), "atomic exchange of names");
        add(lacks, !traits.executableBit(), "executable bits");
        add(lacks, !traits.symlinks(), "symbolic links");
        add(lacks, !traits.birthTimes(), "times of birth");
        add(lacks, !names.caseSensitive(), "upper and lower case as two names");
        add(lacks, !names.normalisationSensitive(), "composed and decomposed accents as two names");
        checks.ok(
                "file system",
                lacks.isEmpty()
                        ? "holds all that Syncline can sync"
                        : "doesn't know " + String.join(", ", lacks) + "; that is coped with");
    }

    private static void add(List<String> to, boolean what, String text) {
        if (what) {
            to.add(text);
        }
    }

    private void leftovers(Checks checks, Disk disk) {
        List<Listing.Entry> temporaries = disk.temporaries();
        long bytes = temporaries.stream().mapToLong(entry -> entry.stat().sizeBytes()).sum();
        checks.ok(
                "temporaries",
                temporaries.isEmpty()
                        ? "none"
                        : "%s with %s%s"
                                .formatted(
                                        Checks.count(temporaries.size(), "file"),
                                        Checks.bytes(bytes),
                                        daemon
                                                ? ""
                                                : "; judged when syncing starts, and removed"
                                                        + " where nothing is lost by that"));
        List<Trash.Entry> trash = new Trash(disk).list(TRASH_MAX);
        long kept = trash.stream().mapToLong(entry -> entry.stat().sizeBytes()).sum();
        String oldest =
                trash.isEmpty()
                        ? ""
                        : ", the oldest of " + trash.getLast().path().names().getFirst();
        String text =
                trash.isEmpty()
                        ? "empty"
                        : Checks.count(trash.size(), "file")
                                + " with "
                                + Checks.bytes(kept)
                                + oldest;
        if (kept > freeBytes()) {
            checks.warning(
                    "trash",
                    text + ": more than is free",
                    "'syncline trash' lists it; delete what you don't need in "
                            + link.folder().resolve(".syncline/trash"));
        } else {
            checks.ok("trash", text);
        }
    }

    private long freeBytes() {
        try {
            return Files.getFileStore(link.folder()).getUsableSpace();
        } catch (IOException _) {
            return Long.MAX_VALUE;
        }
    }

    // The state.

    private Path stateFile() {
        return home.stateDirectory(link.replica()).resolve("state.sqlite");
    }

    /** Whether the state can be relied upon, by now. */
    private boolean state(Checks checks, Optional<Disk> disk) {
        if (daemon) {
            boolean open = running.filter(now -> now.status().cursor().isPresent()).isPresent();
            if (open) {
                checks.ok("state", "in use by the daemon" + size());
            } else {
                checks.warning(
                        "state",
                        "the daemon couldn't open it, or has only just begun",
                        "stop the daemon and run 'syncline doctor' again, which then reads it");
            }
            return open;
        }
        if (!Files.exists(stateFile())) {
            checks.ok("state", "none yet: it is made when syncing starts");
            return true;
        }
        List<String> faults = states.faults(stateFile());
        if (faults.isEmpty()) {
            contents(checks);
            return true;
        }
        if (!wishes.fix()) {
            checks.fault(
                    "state",
                    "it can't be relied upon: " + faults.getFirst(),
                    "'syncline doctor --fix' sets it aside and has it made anew from the disk and"
                            + " the server: nothing is deleted on either side");
            return false;
        }
        setAside(checks, disk, faults.getFirst());
        return false;
    }

    private String size() {
        return ", " + Checks.bytes(stateFile().toFile().length());
    }

    private void contents(Checks checks) {
        try (StateStore store = states.open(stateFile())) {
            long nodes = store.agreedCount();
            long open = store.remoteCount() + store.localCount();
            int journal = store.journal().size();
            checks.ok(
                    "state",
                    "sound: %s agreed, %s to go%s%s"
                            .formatted(
                                    Checks.count(nodes, "node"),
                                    Checks.count(open, "change"),
                                    journal == 0
                                            ? ""
                                            : ", "
                                                    + Checks.count(journal, "commit")
                                                    + " to be sent again",
                                    size()));
            store.value("stopped")
                    .ifPresent(stop ->
                            checks.warning(
                                    "stopped",
                                    stop.substring(stop.indexOf('\n') + 1),
                                    "start it, and see 'syncline status' for what to do"));
            if (store.value("paused").isPresent()) {
                checks.warning("paused", "a person paused it", "start it, and 'syncline resume'");
            }
        }
    }

    /**
     * The state is moved, never deleted. What it knew of temporaries is lost with it, and one of
     * them may be the only copy of a save (R6): all go to the trash.
     */
    private void setAside(Checks checks, Optional<Disk> disk, String why) {
        Path aside =
                home.stateDirectory(link.replica())
                        .resolve("damaged-state-" + STAMP.format(clock.instant()));
        try {
            Files.createDirectories(aside);
            for (Path part : states.parts(stateFile())) {
                if (Files.exists(part)) {
                    Files.move(
                            part,
                            aside.resolve(part.getFileName()),
                            StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            checks.fault("state", why + "; it can't be set aside: " + e.getMessage(), "");
            return;
        }
        long kept = disk.map(Temporaries::keep).orElse(0L);
        checks.repaired(
                "state",
                why + "; set aside in " + aside,
                "start syncing: the state is made anew from disk and server, nothing is deleted;"
                        + " where both differ, both versions are kept"
                        + (kept == 0
                                ? ""
                                : ". %s that may hold a save are in 'syncline trash'"
                                        .formatted(Checks.count(kept, "temporary file"))));
    }

    // What the daemon says.

    private void live(Checks checks, FolderStatus status) {
        String word = status.state().name().toLowerCase(Locale.ROOT);
        String text = word + status.reason().map(reason -> ": " + reason).orElse("");
        switch (status.state()) {
            case CONVERGED, SYNCING ->
                    checks.ok(
                            "syncing",
                            text
                                    + (status.pending() > 0
                                            ? ", "
                                                    + Checks.count(status.pending(), "change")
                                                    + " to go"
                                            : ""));
            case PAUSED -> checks.warning("syncing", text, status.todo().orElse(""));
            case STOPPED -> checks.fault("syncing", text, status.todo().orElse(""));
        }
        if (status.conflicts() > 0) {
            checks.warning(
                    "conflicts",
                    Checks.count(status.conflicts(), "conflict copy").replace("copys", "copies"),
                    "'syncline conflicts' lists them: merge what you need, delete the copies");
        }
        if (!status.problems().isEmpty()) {
            FolderStatus.Problem first = status.problems().getFirst();
            checks.warning(
                    "problems",
                    Checks.count(status.problems().size(), "path")
                            + ", first "
                            + first.path()
                            + ": "
                            + first.text(),
                    "'syncline status' lists them, each with what to do");
        }
    }
}
