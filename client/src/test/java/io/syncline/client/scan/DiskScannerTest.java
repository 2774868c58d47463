package io.syncline.client.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.Disks;
import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.client.ignore.Ignores;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ReplicaId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX) // Needs times of birth and a shell.
final class DiskScannerTest {
    private static final ReplicaId REPLICA = new ReplicaId("0123456789abcdef0123456789abcdef");

    @TempDir Path folder;
    private Path root;
    private Disk disk;
    private Scanner scanner;
    private final MemoryTree known = new MemoryTree();

    @BeforeEach
    void openDisk() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        disk = Disks.open(root, InstantSource.system(), new Random(1));
        assertThat(disk.mark(REPLICA)).isInstanceOf(Outcome.Done.class);
        scanner = new DiskScanner(disk, new Ignores(disk), REPLICA);
    }

    @AfterEach
    void closeDisk() {
        disk.close();
    }

    @Test
    void findsWhatIsThereAndThenNothingMore() throws IOException {
        write("a", "1");
        write("d/e/f", "22");
        Files.createSymbolicLink(root.resolve("l"), Path.of("nowhere"));

        assertThat(scan()).hasSize(5);
        assertThat(known.paths()).isEqualTo(onDisk());
        assertThat(scan()).isEmpty();
        assertThat(((ScanResult.Completed) scanner.scanAll(known, known)).compared()).isZero();
    }

    @Test
    @DisplayName("R21 the dance mv f f~; write f leaves f its history")
    void saveByBackupKeepsTheNode() throws IOException {
        write("f", "old");
        scan();
        NodeId f = known.id("f");
        move("f", "f~");
        write("f", "new");
        List<Observation> seen = scan();
        assertThat(known.id("f")).isEqualTo(f);
        assertThat(seen).hasSize(2);
        assertThat(seen).filteredOn(o -> o instanceof Observation.Changed).hasSize(1);
        assertThat(seen).filteredOn(o -> o instanceof Observation.Appeared).hasSize(1);
    }

    @Test
    @DisplayName("R21 write a temporary, rename it over f: f has changed")
    void saveByRenameOverIsAChange() throws IOException {
        write("f", "old");
        scan();
        NodeId f = known.id("f");
        write("tmp", "new");
        Files.move(root.resolve("tmp"), root.resolve("f"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(scan()).containsExactly(new Observation.Changed(f, stat("f")));
        write("f", "truncated and written");
        assertThat(scan()).containsExactly(new Observation.Changed(f, stat("f")));
    }

    @Test
    @DisplayName("R21 hard links are separate files, and one more name proves no move")
    void hardLinksProveNoMove() throws IOException {
        write("a", "1");
        scan();
        NodeId a = known.id("a");
        Files.createLink(root.resolve("b"), root.resolve("a"));
        scan();
        NodeId b = known.id("b");
        assertThat(known.id("a")).isEqualTo(a);
        assertThat(b).isNotEqualTo(a);
        // One of the two is gone, one is new, one stays: it might be either.
        move("b", "c");
        List<Observation> seen = scan();
        assertThat(known.id("a")).isEqualTo(a);
        assertThat(seen).contains(new Observation.Vanished(b));
        assertThat(seen).noneMatch(o -> o instanceof Observation.Moved);
        // Two new names for one vanished.
        Files.delete(root.resolve("a"));
        Files.createLink(root.resolve("d"), root.resolve("c"));
        Files.createLink(root.resolve("e"), root.resolve("c"));
        Files.delete(root.resolve("c"));
        assertThat(scan()).noneMatch(o -> o instanceof Observation.Moved);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    @DisplayName("R21 the save by hard link (ln f f~; write new; mv new f) is a change")
    void saveByHardLinkIsAChange() throws IOException {
        write("f", "old");
        scan();
        NodeId f = known.id("f");
        Files.createLink(root.resolve("f~"), root.resolve("f"));
        write("new", "new!");
        Files.move(root.resolve("new"), root.resolve("f"), StandardCopyOption.REPLACE_EXISTING);
        List<Observation> seen = scan();
        assertThat(known.id("f")).isEqualTo(f);
        assertThat(seen).noneMatch(o -> o instanceof Observation.Moved);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    @DisplayName("scenario 87, R21 a freed inode that is used again is no move")
    void reusedInodeIsNoMove() throws IOException {
        for (int i = 0; i < 20; i++) {
            write("old" + i, "x");
            scan();
            NodeId old = known.id("old" + i);
            Files.delete(root.resolve("old" + i));
            write("new" + i, "x");
            assertThat(scan()).contains(new Observation.Vanished(old)).hasSize(2);
        }
    }

    @Test
    @DisplayName("R21 without times of birth a move is only a guess, for equal content to confirm")
    void withoutBirthAMoveIsAGuess() throws IOException {
        write("old", "x");
        scan();
        NodeId old = known.id("old");
        KnownNode node = known.remove(old);
        Stat s = node.seen();
        var noBirth = new FileIdentity(0, s.identity().inode(), FileIdentity.NO_BIRTH);
        known.put(
                new KnownNode(
                        old,
                        NodeId.ROOT,
                        "old",
                        new Stat(
                                s.kind(),
                                noBirth,
                                s.sizeBytes(),
                                s.mtimeNanos(),
                                s.ctimeNanos(),
                                s.executable(),
                                1)));
        move("old", "new");
        // The disk's identity has a birth time, the known one none: they never prove anything.
        assertThat(scan())
                .noneMatch(o -> o instanceof Observation.Moved)
                .contains(new Observation.Vanished(old));
    }

    @Test
    @DisplayName("R21 two files that swapped names have each changed; two directories have moved")
    void swapsAreTold() throws IOException {
        write("a", "a");
        write("b", "bb");
        write("d/in", "1");
        write("e/in", "2");
        scan();
        NodeId a = known.id("a");
        NodeId d = known.id("d");
        NodeId dIn = known.id("d/in");
        move("a", "x");
        move("b", "a");
        move("x", "b");
        move("d", "x");
        move("e", "d");
        move("x", "e");
        List<Observation> seen = scan();
        assertThat(seen).hasSize(4);
        assertThat(seen).filteredOn(o -> o instanceof Observation.Changed).hasSize(2);
        assertThat(seen).filteredOn(o -> o instanceof Observation.Moved).hasSize(2);
        assertThat(known.id("a")).isEqualTo(a);
        assertThat(known.id("e")).isEqualTo(d);
        assertThat(known.id("e/in")).isEqualTo(dIn);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    @DisplayName("R21 mv D E; mkdir D: E is the old directory, D a new one")
    void directoriesGoByIdentityFirst() throws IOException {
        write("d/f", "1");
        scan();
        NodeId d = known.id("d");
        move("d", "zzz");
        write("d/f", "2");
        scan();
        assertThat(known.id("zzz")).isEqualTo(d);
        assertThat(known.id("d")).isNotEqualTo(d);
        // Removed and made again, and nowhere else: the same node.
        delete("zzz");
        write("zzz/f", "3");
        scan();
        assertThat(known.id("zzz")).isEqualTo(d);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    @DisplayName("R21 rm -r D; mv E D: D is gone with all in it, E has moved")
    void aDirectoryMayTakeTheNameOfADeletedOne() throws IOException {
        write("d/gone", "1");
        write("e/kept", "2");
        scan();
        NodeId d = known.id("d");
        NodeId e = known.id("e");
        delete("d/gone");
        delete("d");
        move("e", "d");
        List<Observation> seen = scan();
        assertThat(seen).contains(new Observation.Vanished(d));
        assertThat(known.id("d")).isEqualTo(e);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    @DisplayName("R21 of two nodes that are known by one name the one whose inode it is stays")
    void aNameIsOneNodes() throws IOException {
        write("f", "1");
        write("other", "2");
        scan();
        NodeId stale = known.newLocalId();
        known.accept(
                new Observation.Appeared(stale, NodeId.ROOT, "f", stat("other"), Optional.empty()));
        assertThat(scan()).containsExactly(new Observation.Vanished(stale));
    }

    @Test
    @DisplayName("moving a directory of 20,000 files is one observation")
    void movingALargeDirectoryIsOneObservation() throws IOException {
        for (int i = 0; i < 20_000; i++) {
            Path file = root.resolve("big/" + i % 20 + "/" + i);
            if (i < 20) {
                Files.createDirectories(file.getParent());
            }
            Files.createFile(file);
        }
        Files.createDirectory(root.resolve("elsewhere"));
        scan();
        NodeId big = known.id("big");
        move("big", "elsewhere/renamed");
        assertThat(scan())
                .containsExactly(
                        new Observation.Moved(
                                big, known.id("elsewhere"), "renamed", stat("elsewhere/renamed")));
        move("elsewhere/renamed", "back");
        assertThat(scanSome("", "elsewhere"))
                .containsExactly(new Observation.Moved(big, NodeId.ROOT, "back", stat("back")));
    }

    @Test
    void movedAndEditedIsBoth() throws IOException {
        write("a", "1");
        scan();
        NodeId a = known.id("a");
        move("a", "b");
        write("b", "edited");
        assertThat(scan())
                .containsExactly(
                        new Observation.Moved(a, NodeId.ROOT, "b", stat("b")),
                        new Observation.Changed(a, stat("b")));
    }

    @Test
    void parentAndChildCanChangePlaces() throws IOException {
        write("a/b/f", "1");
        scan();
        NodeId a = known.id("a");
        NodeId b = known.id("a/b");
        move("a/b", "b");
        move("a", "b/a");
        assertThat(scan()).hasSize(2);
        assertThat(known.id("b")).isEqualTo(b);
        assertThat(known.id("b/a")).isEqualTo(a);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    void aFileOutOfADeletedDirectoryHasMoved() throws IOException {
        write("d/e/keep", "1");
        write("d/e/drop", "2");
        scan();
        NodeId keep = known.id("d/e/keep");
        move("d/e/keep", "kept");
        delete("d");
        List<Observation> seen = scan();
        assertThat(seen).hasSize(4);
        assertThat(seen.getFirst())
                .isEqualTo(new Observation.Moved(keep, NodeId.ROOT, "kept", stat("kept")));
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    void kindsReplaceEachOther() throws IOException {
        write("f", "1");
        write("d/x", "1");
        Files.createSymbolicLink(root.resolve("l"), Path.of("f"));
        scan();
        delete("d");
        write("d", "now a file");
        Files.delete(root.resolve("f"));
        write("f/x", "now a directory");
        Files.delete(root.resolve("l"));
        write("l", "now a file");
        NodeId l = known.id("l");
        scan();
        assertThat(known.paths()).isEqualTo(onDisk());
        assertThat(known.id("l")).isEqualTo(l);
    }

    @Test
    @DisplayName("scenarios 33 and 73: an edit that restored size and mtime is seen")
    void editThatRestoredTimesIsSeen() throws IOException {
        write("f", "old");
        scan();
        Stat before = stat("f");
        var time = Files.getLastModifiedTime(root.resolve("f"));
        do {
            write("f", "OLD");
            Files.setLastModifiedTime(root.resolve("f"), time);
        } while (stat("f").ctimeNanos() == before.ctimeNanos());
        assertThat(scan()).containsExactly(new Observation.Changed(known.id("f"), stat("f")));
    }

    @Test
    @DisplayName("scenario 88, R11 nothing vanishes from a directory with a name that isn't UTF-8")
    void nothingVanishesFromAnIncompleteListing() throws Exception {
        write("d/a", "1");
        write("d/b", "1");
        scan();
        Files.delete(root.resolve("d/a"));
        write("d/new", "1");
        shell("printf x > \"$(printf 'd/bad\\377')\"");
        List<Observation> seen = scan();
        assertThat(seen).noneMatch(o -> o instanceof Observation.Vanished);
        assertThat(seen).filteredOn(o -> o instanceof Observation.Appeared).hasSize(1);
        assertThat(seen)
                .filteredOn(o -> o instanceof Observation.Unreadable)
                .extracting(o -> ((Observation.Unreadable) o).path())
                .containsExactly(LocalPath.of("d"));
        shell("rm d/bad*");
        assertThat(scan()).anyMatch(o -> o instanceof Observation.Vanished);
    }

    @Test
    @DisplayName("R11 what lost its name to another kind is gone, also from an incomplete listing")
    void aNameThatAnotherKindHasTaken() throws Exception {
        write("d/file", "1");
        write("d/directory/below", "1");
        write("d/other", "1");
        scan();
        List<NodeId> gone =
                known.observations.stream()
                        .filter(Observation.Appeared.class::isInstance)
                        .map(Observation.Appeared.class::cast)
                        .filter(o -> !List.of("d", "other").contains(o.localName()))
                        .map(Observation.Appeared::id)
                        .toList();
        shell("printf x > \"$(printf 'd/bad\\377')\"");
        Files.delete(root.resolve("d/other"));
        Files.delete(root.resolve("d/file"));
        Files.createDirectory(root.resolve("d/file"));
        Files.delete(root.resolve("d/directory/below"));
        Files.delete(root.resolve("d/directory"));
        write("d/directory", "2");

        List<Observation> seen = scan();

        assertThat(seen)
                .filteredOn(Observation.Vanished.class::isInstance)
                .extracting(o -> ((Observation.Vanished) o).id())
                .containsExactlyInAnyOrderElementsOf(gone);
        assertThat(seen).filteredOn(Observation.Appeared.class::isInstance).hasSize(2);
    }

    @Test
    @DisplayName("R27 a directory on another device than before is unreadable, not empty")
    void changedDeviceIsUnreadable() throws IOException {
        write("mount/a", "1");
        scan();
        NodeId mount = known.id("mount");
        NodeId a = known.id("mount/a");
        // As if a disk had been mounted there when it was last seen, and isn't now.
        KnownNode file = known.remove(a);
        KnownNode node = known.remove(mount);
        Stat s = node.seen();
        known.put(
                new KnownNode(
                        mount,
                        NodeId.ROOT,
                        "mount",
                        new Stat(
                                s.kind(),
                                new FileIdentity(77, 2, 5),
                                0,
                                s.mtimeNanos(),
                                s.ctimeNanos(),
                                false,
                                1)));
        known.put(file);
        Files.delete(root.resolve("mount/a"));
        List<Observation> seen = scan();
        assertThat(seen).singleElement().isInstanceOf(Observation.Unreadable.class);
        assertThat(known.id("mount/a")).isEqualTo(a);
        assertThat(scanSome("mount")).noneMatch(o -> o instanceof Observation.Vanished);
    }

    @Test
    @DisplayName("scenario 7: an emptied root stops the folder")
    void emptiedRootIsTold() throws IOException {
        for (int i = 0; i < Scanner.EMPTIED_FROM; i++) {
            write("f" + i, "1");
        }
        scan();
        for (int i = 0; i < Scanner.EMPTIED_FROM; i++) {
            Files.delete(root.resolve("f" + i));
        }
        known.observations.clear();
        assertThat(scanner.scanAll(known, known))
                .isEqualTo(new ScanResult.RootEmptied(Scanner.EMPTIED_FROM));
        assertThat(scanner.scan(Set.of(LocalPath.ROOT), known, known))
                .isInstanceOf(ScanResult.RootEmptied.class);
        assertThat(known.observations).isEmpty();
    }

    @Test
    @DisplayName("scenarios 1 to 4: a root that is gone or swapped stops the folder")
    void goneAndSwappedRootsAreTold() throws IOException {
        write("f", "1");
        scan();
        known.observations.clear();
        Path marker = root.resolve(".syncline/replica");
        String text = Files.readString(marker);
        Files.delete(marker);
        assertThat(scanner.scanAll(known, known)).isEqualTo(new ScanResult.RootSwapped());
        Files.writeString(marker, text);
        Files.move(root, folder.resolve("away"));
        assertThat(scanner.scanAll(known, known)).isEqualTo(new ScanResult.RootGone());
        assertThat(known.observations).isEmpty();
        Files.move(folder.resolve("away"), root);
    }

    @Test
    @DisplayName("R18 R44 ignored entries are never nodes, and a known one is told")
    void ignoredEntriesAreNoNodes() throws IOException {
        write("keep.txt", "1");
        write("drop.tmp", "1");
        write("build/x/y", "1");
        write("sub/deep/a.log", "1");
        write(".syncline-0123456789abcdef.tmp", "ours");
        write("sub/.syncline", "not in the root, so a person's");
        scan();
        assertThat(known.paths())
                .containsKeys("drop.tmp", "build/x/y", "sub/deep/a.log", "sub/.syncline")
                .doesNotContainKey(".syncline-0123456789abcdef.tmp");
        NodeId build = known.id("build");
        NodeId drop = known.id("drop.tmp");
        NodeId log = known.id("sub/deep/a.log");
        write(".synclineignore", "*.tmp\nbuild/\n");
        write("sub/.synclineignore", "*.log\n");
        List<Observation> seen = scanSome("", "sub");
        assertThat(seen)
                .contains(
                        new Observation.Ignored(build),
                        new Observation.Ignored(drop),
                        new Observation.Ignored(log))
                .noneMatch(o -> o instanceof Observation.Vanished);
        write("sub/deep/b.log", "1");
        write("build/x/z", "1");
        assertThat(scanSome("sub/deep", "build/x")).isEmpty();
        assertThat(scan()).isEmpty();
        Files.delete(root.resolve("sub/.synclineignore"));
        scanSome("sub");
        assertThat(known.paths()).containsKeys("sub/deep/a.log", "sub/deep/b.log");
    }

    @Test
    void specialFilesAreReportedAndAreNoNodes() throws Exception {
        shell("mkfifo pipe");
        assertThat(scan()).containsExactly(new Observation.Unsupported(LocalPath.of("pipe")));
    }

    @Test
    void partialScansSeeWhatIsInDirtyDirectoriesAndNewOnes() throws IOException {
        write("a/f", "1");
        write("b/f", "1");
        scan();
        write("a/new/deep/f", "1");
        write("b/unseen", "1");
        assertThat(scanSome("a")).hasSize(3);
        assertThat(known.paths()).doesNotContainKey("b/unseen");
        assertThat(scanSome("a", "a/new", "a/new/deep")).isEmpty();
        // A path that isn't known: the nearest one above is looked at.
        write("c/d/e/f", "1");
        assertThat(scanSome("c/d/e")).hasSize(4);
        assertThat(scanSome("no/such/path")).isEmpty();
        assertThat(scanSome("b")).hasSize(1);
        assertThat(known.paths()).isEqualTo(onDisk());
    }

    @Test
    void aMoveIsSeenThoughOnlyItsTargetWasLookedAt() throws IOException {
        write("a/f", "1");
        write("a/d/g", "1");
        Files.createDirectory(root.resolve("b"));
        scan();
        NodeId f = known.id("a/f");
        NodeId d = known.id("a/d");
        move("a/f", "b/f");
        move("a/d", "b/d");
        assertThat(scanSome("b")).allMatch(o -> o instanceof Observation.Moved).hasSize(2);
        assertThat(known.id("b/f")).isEqualTo(f);
        assertThat(known.id("b/d")).isEqualTo(d);
        assertThat(scan()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("after any operations the known tree is the disk's")
    void randomOperations(long seed) throws IOException {
        var random = new Random(seed);
        for (int round = 0; round < 15; round++) {
            Set<String> touched = new HashSet<>();
            int operations = 1 + random.nextInt(12);
            for (int i = 0; i < operations; i++) {
                operate(random, touched);
            }
            boolean partial = random.nextBoolean();
            List<Observation> seen = partial ? scanSome(touched.toArray(String[]::new)) : scan();
            assertThat(known.paths())
                    .as("seed %d, round %d, partial %s, saw %s", seed, round, partial, seen)
                    .isEqualTo(onDisk());
            assertThat(scan()).as("seed %d, round %d: a second scan", seed, round).isEmpty();
        }
    }

    private void operate(Random random, Set<String> touched) throws IOException {
        List<String> all = new ArrayList<>(onDisk().keySet());
        List<String> directories = new ArrayList<>(List.of(""));
        for (String path : all) {
            if (Files.isDirectory(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
                directories.add(path);
            }
        }
        String in = directories.get(random.nextInt(directories.size()));
        String target = (in.isEmpty() ? "" : in + "/") + "n" + random.nextInt(6);
        String source = all.isEmpty() ? "" : all.get(random.nextInt(all.size()));
        boolean exists = Files.exists(root.resolve(target), LinkOption.NOFOLLOW_LINKS);
        boolean isDirectory = Files.isDirectory(root.resolve(target), LinkOption.NOFOLLOW_LINKS);
        touched.add(in);
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                if (!isDirectory) {
                    Files.deleteIfExists(root.resolve(target));
                    write(target, "x".repeat(random.nextInt(5)));
                }
            }
            case 2 -> {
                if (!exists) {
                    Files.createDirectory(root.resolve(target));
                }
            }
            case 3, 4 -> {
                if (!source.isEmpty() && !exists && !(target + "/").startsWith(source + "/")) {
                    touched.add(parent(source));
                    move(source, target);
                }
            }
            case 5 -> {
                if (!source.isEmpty()) {
                    touched.add(parent(source));
                    delete(source);
                }
            }
            case 6 -> {
                if (!source.isEmpty()
                        && !exists
                        && Files.isRegularFile(root.resolve(source), LinkOption.NOFOLLOW_LINKS)) {
                    touched.add(parent(source));
                    Files.createLink(root.resolve(target), root.resolve(source));
                }
            }
            default -> {
                if (!exists) {
                    Files.createSymbolicLink(root.resolve(target), Path.of("to" + target));
                }
            }
        }
        // Hard links carry changes of attributes to directories that weren't touched.
        for (String path : all) {
            Path real = root.resolve(path);
            if (Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                touched.add(parent(path));
            }
        }
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    // Helpers.

    private List<Observation> scan() {
        known.observations.clear();
        assertThat(scanner.scanAll(known, known)).isInstanceOf(ScanResult.Completed.class);
        return List.copyOf(known.observations);
    }

    private List<Observation> scanSome(String... paths) {
        known.observations.clear();
        var directories = new HashSet<LocalPath>();
        for (String path : paths) {
            directories.add(LocalPath.parse(path));
        }
        assertThat(scanner.scan(directories, known, known))
                .isInstanceOf(ScanResult.Completed.class);
        return List.copyOf(known.observations);
    }

    /** An independent walk. */
    private Map<String, String> onDisk() throws IOException {
        var paths = new TreeMap<String, String>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        if (directory.equals(root.resolve(".syncline"))) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        if (!directory.equals(root)) {
                            paths.put(root.relativize(directory).toString(), "directory");
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        paths.put(
                                root.relativize(file).toString(),
                                (attributes.isSymbolicLink() ? "SYMLINK " : "FILE ")
                                        + attributes.size()
                                        + " "
                                        + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
                        return FileVisitResult.CONTINUE;
                    }
                });
        return paths;
    }

    private void write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void move(String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to));
    }

    private void delete(String path) throws IOException {
        Path top = root.resolve(path);
        try (var all = Files.walk(top)) {
            for (Path one : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(one);
            }
        }
    }

    private Stat stat(String path) {
        return disk.stat(LocalPath.parse(path)).orThrow(LocalPath.parse(path));
    }

    private void shell(String script) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder("sh", "-c", script)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
