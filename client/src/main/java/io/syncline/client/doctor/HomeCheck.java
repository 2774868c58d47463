package io.syncline.client.doctor;

import io.syncline.client.daemon.DeviceHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where the device keeps its settings: private, writable, and nothing left by a killed daemon. */
final class HomeCheck {
    private static final Set<PosixFilePermission> OTHERS =
            PosixFilePermissions.fromString("---rwxrwx");

    /** With less room, states can't grow. */
    private static final long FREE_BYTES_MIN = 200L << 20;

    private final DeviceHome home;
    private final boolean running;
    private final boolean fix;

    HomeCheck(DeviceHome home, boolean running, boolean fix) {
        this.home = home;
        this.running = running;
        this.fix = fix;
    }

    void run(Checks checks) {
        permissions(checks);
        room(checks);
        daemon(checks);
    }

    /** Directories and files that hold tokens. */
    private List<Path> privates() throws IOException {
        List<Path> all = new ArrayList<>();
        Path folders = home.directory().resolve("folders");
        all.add(home.directory());
        all.add(folders);
        all.add(home.directory().resolve("control.json"));
        try (Stream<Path> entries = Files.list(folders)) {
            for (Path entry : entries.toList()) {
                all.add(entry);
                all.add(entry.resolve("link.json"));
            }
        }
        return all.stream().filter(Files::exists).toList();
    }

    private void permissions(Checks checks) {
        if (!home.directory().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            checks.ok("privacy", "this file system knows no permissions");
            return;
        }
        try {
            List<Path> open = new ArrayList<>();
            for (Path path : privates()) {
                Set<PosixFilePermission> now = Files.getPosixFilePermissions(path);
                if (now.stream().anyMatch(OTHERS::contains)) {
                    open.add(path);
                }
            }
            if (open.isEmpty()) {
                checks.ok("privacy", home.directory() + " is its owner's alone");
            } else if (fix) {
                for (Path path : open) {
                    String owner = Files.isDirectory(path) ? "rwx------" : "rw-------";
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(owner));
                }
                checks.repaired(
                        "privacy",
                        Checks.count(open.size(), "path") + " could be read by others: closed",
                        "if others use this machine, revoke this device ('syncline revoke') and"
                                + " join anew: its token may be known");
            } else {
                checks.fault(
                        "privacy",
                        "others on this machine may read this device's tokens: " + open.getFirst(),
                        "'syncline doctor --fix' closes it");
            }
        } catch (IOException e) {
            checks.fault("privacy", "cannot look at " + e.getMessage(), "look at its permissions");
        }
    }

    private void room(Checks checks) {
        try {
            if (!Files.isWritable(home.directory())) {
                checks.fault(
                        "home",
                        home.directory() + " can't be written",
                        "run syncline as its owner, or mount its disk for writing");
                return;
            }
            long free = Files.getFileStore(home.directory()).getUsableSpace();
            String text = home.directory() + ", " + Checks.bytes(free) + " free";
            if (free < FREE_BYTES_MIN) {
                checks.warning(
                        "home", text, "free some space: without any, nothing can be remembered");
            } else {
                checks.ok("home", text);
            }
        } catch (IOException e) {
            checks.fault("home", "cannot look at " + e.getMessage(), "look at its disk");
        }
    }

    private void daemon(Checks checks) {
        if (running) {
            checks.ok("daemon", "running");
            return;
        }
        Optional<Boolean> left = home.leftControl(fix);
        if (left.isEmpty()) {
            checks.warning(
                    "daemon", "not running", "start it with 'syncline sync', or 'syncline up'");
        } else if (left.get()) {
            checks.repaired(
                    "daemon",
                    "not running; the address of one that was killed is removed",
                    "start it with 'syncline sync', or 'syncline up'");
        } else {
            checks.warning(
                    "daemon",
                    "doesn't answer, or was killed and left its address",
                    "'syncline doctor --fix' removes the address; if a process runs that doesn't"
                            + " answer, end it");
        }
    }
}
