package io.syncline.client.doctor;

import io.syncline.client.daemon.FolderLink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.OptionalLong;

/** What this system allows: how file names are spelt, watches, open files. */
final class SystemCheck {
    private static final Path INOTIFY = Path.of("/proc/sys/fs/inotify");
    private static final Path LIMITS = Path.of("/proc/self/limits");

    /** What a folder with transfers needs at most, and something to spare. */
    private static final long OPEN_FILES_MIN = 1_024;

    /** Entries looked at while directories are counted. */
    private static final long ENTRIES_MAX = 3_000_000;

    private final List<FolderLink> links;

    SystemCheck(List<FolderLink> links) {
        this.links = links;
    }

    void run(Checks checks) {
        names(checks);
        openFiles(checks);
        watches(checks);
    }

    /** R11: with another encoding all names that aren't ASCII would look deleted. */
    private static void names(Checks checks) {
        String encoding = System.getProperty("sun.jnu.encoding", "unknown");
        boolean right =
                Charset.isSupported(encoding)
                        && Charset.forName(encoding).equals(StandardCharsets.UTF_8);
        if (right) {
            checks.ok("file names", "spelt in UTF-8");
        } else {
            checks.fault(
                    "file names",
                    "Java was started with sun.jnu.encoding=" + encoding,
                    "start it by the 'syncline' script, or in a UTF-8 locale: LC_ALL=C.UTF-8");
        }
    }

    private static void openFiles(Checks checks) {
        OptionalLong limit = openFilesMax();
        if (limit.isEmpty()) {
            return; // Not a Linux.
        }
        if (limit.getAsLong() < OPEN_FILES_MIN) {
            checks.warning(
                    "open files",
                    "a process may have " + limit.getAsLong() + " open",
                    "raise it where syncline is started: 'ulimit -n 4096', or LimitNOFILE=4096 in"
                            + " its systemd unit");
        } else {
            checks.ok("open files", "a process may have " + limit.getAsLong());
        }
    }

    private static OptionalLong openFilesMax() {
        try {
            return Files.readAllLines(LIMITS).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.substring("Max open files".length()).strip())
                    .map(rest -> rest.split(" +", 2)[0])
                    .mapToLong(soft ->
                            soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                    .findFirst();
        } catch (IOException | NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    private void watches(Checks checks) {
        OptionalLong watchesMax = setting("max_user_watches");
        OptionalLong instancesMax = setting("max_user_instances");
        if (watchesMax.isEmpty() || instancesMax.isEmpty() || links.isEmpty()) {
            return;
        }
        long directories = 0;
        for (FolderLink link : links) {
            directories += directories(link.folder());
        }
        String text =
                Checks.count(directories, "directory").replace("directorys", "directories")
                        + " to watch, "
                        + Checks.count(watchesMax.getAsLong(), "watch").replace("watchs", "watches")
                        + " allowed";
        if (directories > watchesMax.getAsLong() / 10 * 9) {
            long wanted = Long.highestOneBit(Math.max(directories, 1 << 16)) * 4;
            checks.warning(
                    "watches",
                    text + ": changes in the others are only found by scans",
                    "sudo sysctl -w fs.inotify.max_user_watches="
                            + wanted
                            + " && echo fs.inotify.max_user_watches="
                            + wanted
                            + " | sudo tee /etc/sysctl.d/60-syncline.conf");
        } else if (instancesMax.getAsLong() < links.size() + 8L) {
            checks.warning(
                    "watches",
                    "only " + instancesMax.getAsLong() + " watchers are allowed for all programs",
                    "sudo sysctl -w fs.inotify.max_user_instances=512 && echo"
                            + " fs.inotify.max_user_instances=512 | sudo tee"
                            + " /etc/sysctl.d/60-syncline.conf");
        } else {
            checks.ok("watches", text);
        }
    }

    private static OptionalLong setting(String name) {
        // In one read: the system gives such a file's value only from its beginning.
        try (InputStream in = Files.newInputStream(INOTIFY.resolve(name))) {
            String text = new String(in.readNBytes(64), StandardCharsets.US_ASCII);
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (IOException | NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    private static long directories(Path folder) {
        long[] counts = new long[2];
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            counts[0]++;
                            return visited();
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            return visited();
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException why) {
                            return visited();
                        }

                        private FileVisitResult visited() {
                            return ++counts[1] < ENTRIES_MAX
                                    ? FileVisitResult.CONTINUE
                                    : FileVisitResult.TERMINATE;
                        }
                    });
        } catch (IOException _) {
            // The folder's own check says what is wrong with it.
        }
        return counts[0];
    }
}
