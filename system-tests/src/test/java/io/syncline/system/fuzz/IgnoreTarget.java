package io.syncline.system.fuzz;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.Ignores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** A file of ignore rules that somebody else synced here, and names that it is asked about. */
final class IgnoreTarget implements Target {
    private static final List<LocalPath> PATHS =
            List.of(
                    LocalPath.of("a"),
                    LocalPath.of("a", "b", "c.txt"),
                    LocalPath.of("build", "[x]", "!important"),
                    LocalPath.of("a".repeat(200), "a".repeat(200) + "b"),
                    LocalPath.of("ä", " "));

    private final Path file;
    private final Disk disk;

    IgnoreTarget(Path folder) {
        file = folder.resolve(Ignores.FILE_NAME);
        disk = Disks.open(folder, InstantSource.system(), new SplittableRandom(1));
    }

    @Override
    public String name() {
        return "ignore";
    }

    @Override
    public List<byte[]> samples() {
        return List.of(
                "*.txt\n!c.txt\n/build/\n# no\n**/b/**\n\\!important\n"
                        .getBytes(StandardCharsets.UTF_8),
                "[a-c]*\n[!x]?\n[[:alpha:]]\na/**/b\n***\n\r\n ä \\ \n"
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long allocationMax(int inputBytes) {
        // A buffer of the largest file's size for each file that is read.
        return PATHS.size() * 2L * Ignores.MAX_BYTES + 20_000L * inputBytes + (4 << 20);
    }

    @Override
    public void decode(byte[] input) throws IOException {
        Files.write(file, input);
        Ignores ignores = new Ignores(disk);
        for (LocalPath path : PATHS) {
            try {
                boolean once = ignores.isIgnored(path, false);
                Refusals.require(
                        once == ignores.isIgnored(path, false), "%s is ignored or not", path);
                boolean _ = ignores.isIgnored(path, true);
            } catch (DiskException e) {
                throw new AssertionError("the rules make " + path + " unreadable", e);
            }
        }
    }

    @Override
    public int briefly() {
        return 300;
    }

    @Override
    public void close() {
        disk.close();
    }
}
