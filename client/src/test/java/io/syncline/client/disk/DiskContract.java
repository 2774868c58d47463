package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ReplicaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What {@link Disk} guarantees, for every adapter. */
abstract class DiskContract {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-04T05:06:07Z"));
    private static final ReplicaId REPLICA = new ReplicaId("0123456789abcdef0123456789abcdef");
    private static final ReplicaId OTHER = new ReplicaId("fedcba9876543210fedcba9876543210");

    People people;
    Disk disk;

    /** Who shares the folder {@code root}, which exists by then. */
    abstract People people() throws IOException;

    /** Opens the folder of that name beside or as {@code root}. */
    abstract Disk open(String folder, InstantSource clock, RandomGenerator random);

    /** Bare operations of this adapter on {@code root}, for making races. */
    abstract Calls calls();

    @BeforeEach
    void openDisk() throws IOException {
        people = people();
        disk = open("root", CLOCK, new Random(1));
    }

    @AfterEach
    void closeDisk() {
        disk.close();
    }

    // Looking.

    @Test
    void listsEntriesWithTheirAttributesButNotOurOwnDirectory() throws IOException {
        write("a", "hello");
        people.makeDirectory("d");
        people.symlink("l", "a");
        people.setModificationTime("a", 981_173_106_123_456_789L);

        Listing listing = disk.list(LocalPath.ROOT).orThrow(LocalPath.ROOT);

        assertThat(listing.complete()).isTrue();
        assertThat(listing.entries())
                .extracting(e -> e.name() + " " + e.stat().kind())
                .containsExactlyInAnyOrder("a FILE", "d DIRECTORY", "l SYMLINK");
        Stat a = stat("a");
        assertThat(a.sizeBytes()).isEqualTo(5);
        assertThat(a.mtimeNanos()).isEqualTo(981_173_106_123_456_789L);
        assertThat(a.executable()).isFalse();
        assertThat(a.linkCount()).isEqualTo(1);
        assertThat(a.identity().device()).isZero();
        assertThat(listing.entries()).contains(new Listing.Entry("a", a));
    }

    @Test
    void identityStaysWhenAFileIsRenamedOrWrittenTo() throws IOException {
        write("a", "1");
        FileIdentity before = stat("a").identity();
        people.move("a", "b");
        write("b", "22");
        assertThat(stat("b").identity()).isEqualTo(before);
        write("a", "1");
        assertThat(stat("a").identity()).isNotEqualTo(before);
    }

    @Test
    void whatIsNotThereIsMissing() throws IOException {
        write("file", "x");
        assertThat(disk.stat(path("none")).isMissing()).isTrue();
        assertThat(disk.stat(path("none/below")).isMissing()).isTrue();
        assertThat(disk.stat(path("file/below")).isMissing()).isTrue();
        assertThat(disk.list(path("none")).isMissing()).isTrue();
        assertThat(disk.open(path("none")).isMissing()).isTrue();
    }

    @Test
    @DisplayName("R11 names cross as UTF-8, in both directions")
    void namesCrossAsUtf8() throws IOException {
        for (String name :
                List.of("résumé.txt", "日本語", "\uD83D\uDE00", "a\u0301", " . ", "-", "\n")) {
            LocalPath directory = LocalPath.of(name);
            assertDone(disk.makeDirectory(directory));
            assertDone(disk.makeSymlink(directory.child(name), bytes(name)));
            assertThat(disk.readLink(directory.child(name)).found()).contains(bytes(name));
            assertThat(people.names(".")).contains(name);
        }
        assertThat(disk.list(LocalPath.ROOT).orThrow(LocalPath.ROOT).entries())
                .extracting(Listing.Entry::name)
                .contains("résumé.txt", "日本語", "\uD83D\uDE00", "a\u0301", "\n");
    }

    @Test
    @DisplayName("R11 a name that isn't UTF-8 makes its directory's listing incomplete")
    void undecodableNameMakesTheListingIncomplete() throws Exception {
        write("good", "1");
        people.makeUndecodable();

        Listing listing = disk.list(LocalPath.ROOT).orThrow(LocalPath.ROOT);

        assertThat(listing.complete()).isFalse();
        assertThat(listing.faults()).hasSize(1);
        assertThat(listing.entries()).extracting(Listing.Entry::name).containsExactly("good");
    }

    @Test
    void specialFilesAreOfKindOtherAndNeverOpened() throws Exception {
        people.makePipe("pipe");
        assertThat(stat("pipe").kind()).isEqualTo(FileKind.OTHER);
        assertThat(disk.open(path("pipe")))
                .isInstanceOfSatisfying(
                        Look.Not.class,
                        not -> assertThat(not.why()).isInstanceOf(Outcome.Unsupported.class));
    }

    @Test
    @DisplayName("nothing follows a symlink out of the folder")
    void nothingFollowsALink() throws IOException {
        people.makeDirectory("../outside");
        people.write("../outside/secret", "s");
        people.symlink("out", "../outside");
        people.symlink("secret", "../outside/secret");
        LocalPath through = path("out/secret");
        Stat seen = stat("secret");

        List<Object> answers = new ArrayList<>();
        answers.add(disk.stat(through));
        answers.add(disk.list(path("out")));
        answers.add(disk.open(through));
        answers.add(disk.open(path("secret")));
        answers.add(disk.readLink(through));
        answers.add(disk.trash(through, seen));
        answers.add(disk.move(through, path("stolen"), seen));
        answers.add(disk.move(path("secret"), path("out/placed"), seen));
        answers.add(disk.makeDirectory(path("out/d")));
        answers.add(disk.makeSymlink(path("out/l"), bytes("x")));
        answers.add(disk.setExecutable(through, seen, true));
        answers.add(disk.setExecutable(path("secret"), seen, true));
        answers.add(disk.placeNew(temporary("new"), path("out/new")));
        answers.add(disk.replace(temporary("new"), through, seen));

        for (int i = 0; i < answers.size(); i++) {
            Object why = answers.get(i) instanceof Look.Not<?> not ? not.why() : answers.get(i);
            assertThat(why).as("answer %d", i).isInstanceOf(Outcome.Unsupported.class);
        }
        assertThat(people.names("../outside")).containsExactly("secret");
        assertThat(people.read("../outside/secret")).isEqualTo("s");
    }

    @Test
    void pathsCannotNameTheirParents() {
        for (String bad : List.of("..", ".", "", "a/b", "a\0b", "\uD800")) {
            assertThatThrownBy(() -> LocalPath.of("a", bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    // Reading and writing.

    @Test
    void readsAtAnyOffset() throws IOException {
        write("a", "0123456789");
        try (ReadHandle handle = disk.open(path("a")).orThrow(path("a"))) {
            var buffer = ByteBuffer.allocate(4);
            assertThat(handle.read(buffer, 8)).isEqualTo(2);
            assertThat(handle.read(buffer.clear(), 3)).isEqualTo(4);
            assertThat(buffer.array()).isEqualTo(bytes("3456"));
            assertThat(handle.read(buffer.clear(), 10)).isZero();
            assertThat(handle.stat()).isEqualTo(stat("a"));
        }
    }

    @Test
    @DisplayName("R32 a handle tells that the file was written to while it was read")
    void handleTellsOfWrites() throws IOException {
        write("a", "one");
        try (ReadHandle handle = disk.open(path("a")).orThrow(path("a"))) {
            Stat before = handle.stat();
            write("a", "three");
            assertThat(handle.stat().unchangedSince(before)).isFalse();
        }
    }

    @Test
    void temporaryIsWrittenForcedAndPlaced() throws IOException {
        LocalPath made;
        try (WriteHandle handle = disk.createTemporary().orThrow(LocalPath.ROOT)) {
            handle.write(ByteBuffer.wrap(bytes("world")), 5);
            handle.write(ByteBuffer.wrap(bytes("hello")), 0);
            handle.setSize(20);
            handle.setSize(10);
            var back = ByteBuffer.allocate(20);
            assertThat(handle.read(back, 0)).isEqualTo(10);
            handle.setAttributes(true, 981_173_106_000_000_000L);
            handle.force();
            made = handle.path();
            assertThat(handle.stat().sizeBytes()).isEqualTo(10);
        }
        assertThat(disk.temporaries()).hasSize(1);

        Outcome outcome = disk.placeNew(made, path("f"));

        Stat now = assertDone(outcome).now();
        assertThat(now).isEqualTo(stat("f"));
        assertThat(now.executable()).isTrue();
        assertThat(now.mtimeNanos()).isEqualTo(981_173_106_000_000_000L);
        assertThat(read("f")).isEqualTo("helloworld");
        assertThat(disk.temporaries()).isEmpty();
        assertDone(disk.forceAll(List.of(path("f"), LocalPath.ROOT)));
    }

    @Test
    @DisplayName("L2 nothing that was written is ever told to be a hole")
    void holesAreToldOnlyWhereNothingWasWritten() throws IOException {
        var random = new Random(11);
        for (int round = 0; round < 20; round++) {
            byte[] plain = new byte[1 + random.nextInt(3 << 20)];
            LocalPath temporary;
            try (WriteHandle handle = disk.createTemporary().orThrow(LocalPath.ROOT)) {
                temporary = handle.path();
                for (int i = random.nextInt(5); i > 0; i--) {
                    int at = random.nextInt(plain.length);
                    byte[] bytes = new byte[random.nextInt(Math.min(9_000, plain.length - at))];
                    random.nextBytes(bytes);
                    handle.write(ByteBuffer.wrap(bytes), at);
                    System.arraycopy(bytes, 0, plain, at, bytes.length);
                }
                handle.setSize(plain.length);
                assertHolesAreZeros(handle::nextData, plain);
            }
            assertDone(disk.placeNew(temporary, path("f" + round)));
            try (ReadHandle handle = disk.open(path("f" + round)).orThrow(LocalPath.ROOT)) {
                assertHolesAreZeros(handle::nextData, plain);
            }
        }
    }

    private static void assertHolesAreZeros(LongUnaryOperator nextData, byte[] plain) {
        int nonZero = plain.length;
        for (int at = plain.length - 1; at >= 0; at--) {
            nonZero = plain[at] == 0 ? nonZero : at;
            if (at % 1_000 == 0) {
                long data = nextData.applyAsLong(at);
                assertThat(data).as("data from %d on", at).isGreaterThanOrEqualTo(at);
                assertThat(Math.min(data, plain.length))
                        .as("data from %d on", at)
                        .isLessThanOrEqualTo(nonZero);
            }
        }
        assertThat(nextData.applyAsLong(plain.length)).isGreaterThanOrEqualTo(plain.length);
    }

    @Test
    void temporaryCanBeOpenedAgain() {
        LocalPath temporary = temporary("part");
        try (WriteHandle handle = disk.openTemporary(temporary).orThrow(temporary)) {
            handle.write(ByteBuffer.wrap(bytes(" two")), 4);
            handle.setAttributes(false, 0);
        }
        assertDone(disk.placeNew(temporary, path("f")));
        assertThat(stat("f").sizeBytes()).isEqualTo(8);
        assertThat(stat("f").mtimeNanos()).isZero();
    }

    @Test
    void forcesManyAtOnceAndNamesWhatIsMissing() {
        var many = new ArrayList<LocalPath>();
        for (int i = 0; i < 50; i++) {
            many.add(temporary("content " + i));
        }
        assertDone(disk.forceAll(many));
        many.add(LocalPath.TEMPORARIES.child("none"));
        assertThat(disk.forceAll(many)).isEqualTo(new Outcome.Missing());
        assertDone(disk.forceAll(List.of()));
    }

    // Putting in place.

    @Test
    @DisplayName("R7 a new name never replaces")
    void placeNewNeverReplaces() throws IOException {
        write("f", "mine");
        LocalPath temporary = temporary("theirs");
        assertThat(disk.placeNew(temporary, path("f"))).isEqualTo(new Outcome.Exists());
        assertThat(read("f")).isEqualTo("mine");
        assertThat(disk.stat(temporary).found()).isPresent();
        assertThat(disk.placeNew(temporary, path("none/f"))).isEqualTo(new Outcome.Missing());
    }

    @Test
    @DisplayName("L4 replace puts the displaced file in the trash")
    void replaceKeepsTheDisplacedFile() throws IOException {
        people.makeDirectory("d");
        write("d/f", "old");
        Stat seen = stat("d/f");

        Outcome.Done done = assertDone(disk.replace(temporary("new"), path("d/f"), seen));

        assertThat(read("d/f")).isEqualTo("new");
        assertThat(done.now()).isEqualTo(stat("d/f"));
        assertThat(done.kept()).contains(LocalPath.parse(".syncline/trash/2026-03-04/d/f"));
        assertThat(read(done.kept().orElseThrow().toString())).isEqualTo("old");
        assertThat(disk.temporaries()).isEmpty();
    }

    @Test
    @DisplayName("L4 replace refuses what isn't what the plan saw")
    void replaceRefusesWhatChanged() throws IOException {
        write("f", "old");
        Stat seen = stat("f");
        LocalPath temporary = temporary("new");
        for (String later : List.of("older", "xyz")) {
            write("f", later);
            assertThat(disk.replace(temporary, path("f"), seen))
                    .isEqualTo(new Outcome.Changed(stat("f")));
            assertThat(read("f")).isEqualTo(later);
        }
        people.delete("f");
        assertThat(disk.replace(temporary, path("f"), seen)).isEqualTo(new Outcome.Missing());
        assertThat(disk.temporaries()).hasSize(1);
    }

    @Test
    @DisplayName("scenario 73: other content of the same size and mtime is noticed")
    void editThatRestoresSizeAndTimeIsNoticed() throws IOException {
        write("f", "old");
        Stat seen = stat("f");
        do { // Until the clock has ticked.
            write("f", "OLD");
            people.setModificationTime("f", seen.mtimeNanos());
        } while (stat("f").ctimeNanos() == seen.ctimeNanos());
        assertThat(stat("f").mtimeNanos()).isEqualTo(seen.mtimeNanos());
        assertThat(disk.replace(temporary("new"), path("f"), seen))
                .isInstanceOf(Outcome.Changed.class);
        assertThat(read("f")).isEqualTo("OLD");
    }

    @Test
    @DisplayName("L4 R7 a save in the last microsecond before the replacement is kept")
    void saveBetweenLookAndReplacementIsKept() throws IOException {
        write("f", "old");
        Stat seen = stat("f");
        try (Disk racing = racing(() -> saveByRename("f", "saved"))) {
            Outcome outcome = racing.replace(temporary("new"), path("f"), seen);
            if (outcome instanceof Outcome.Displaced displaced) {
                assertThat(read(displaced.kept().toString())).isEqualTo("saved");
                assertThat(displaced.displaced().identity())
                        .isEqualTo(
                                disk.stat(displaced.kept()).orThrow(displaced.kept()).identity());
                assertThat(read("f")).isEqualTo("new");
            } else {
                // Without an exchange the second name in the trash shows it in time.
                assertThat(outcome).isInstanceOf(Outcome.Changed.class);
                assertThat(read("f")).isEqualTo("saved");
            }
        }
    }

    @Test
    @DisplayName("R7 a write through an old descriptor is in the displaced file, which is kept")
    void writeThroughAnOldDescriptorIsKept() throws IOException {
        write("f", "old");
        Stat seen = stat("f");
        try (People.OpenFile open = people.open("f")) {
            Outcome.Done done = assertDone(disk.replace(temporary("new"), path("f"), seen));
            open.write("late");
            assertThat(read(done.kept().orElseThrow().toString())).isEqualTo("late");
            assertThat(read("f")).isEqualTo("new");
        }
    }

    @Test
    void directoryThatTookTheNameIsLeftAlone() throws IOException {
        write("f", "old");
        Stat seen = stat("f");
        try (Disk racing =
                racing(() -> {
                    people.delete("f");
                    people.makeDirectory("f");
                    write("f/inside", "x");
                })) {
            Outcome outcome = racing.replace(temporary("new"), path("f"), seen);
            assertThat(outcome).isInstanceOf(Outcome.Refused.class);
            assertThat(read("f/inside")).isEqualTo("x");
            assertThat(disk.temporaries()).hasSize(1);
        }
    }

    // Moving.

    @Test
    void movesFilesAndDirectoriesWithoutReplacing() throws IOException {
        write("a", "a");
        write("taken", "t");
        people.makeDirectory("d");
        write("d/in", "in");
        assertThat(disk.move(path("a"), path("taken"), stat("a"))).isEqualTo(new Outcome.Exists());
        assertDone(disk.move(path("a"), path("d/a"), stat("a")));
        assertDone(disk.move(path("d"), path("e"), stat("d")));
        assertThat(read("e/a")).isEqualTo("a");
        assertThat(read("e/in")).isEqualTo("in");
        assertThat(read("taken")).isEqualTo("t");
    }

    @Test
    void moveOfAnotherFileThanExpectedIsUndone() throws IOException {
        write("a", "a");
        Stat seen = stat("a");
        try (Disk racing = racing(() -> saveByRename("a", "saved"))) {
            assertThat(racing.move(path("a"), path("b"), seen)).isInstanceOf(Outcome.Changed.class);
        }
        assertThat(read("a")).isEqualTo("saved");
        assertThat(disk.stat(path("b")).isMissing()).isTrue();
    }

    @Test
    @DisplayName("R20 two names are exchanged")
    void exchangesTwoNames() throws IOException {
        write("a", "a");
        write("b", "b");
        Stat a = stat("a");
        Stat b = stat("b");
        Outcome.Done done = assertDone(disk.exchange(path("a"), a, path("b"), b));
        assertThat(done.now().identity()).isEqualTo(b.identity());
        assertThat(read("a") + read("b")).isEqualTo("ba");
        assertThat(disk.exchange(path("a"), a, path("b"), b)).isInstanceOf(Outcome.Changed.class);
    }

    // Deleting.

    @Test
    @DisplayName("L2 deleting is moving to the trash, where equal names get numbers")
    void trashKeepsEverything() throws IOException {
        people.makeDirectory("d");
        for (String content : List.of("one", "two", "three")) {
            write("d/f", content);
            assertDone(disk.trash(path("d/f"), stat("d/f")));
        }
        String day = ".syncline/trash/2026-03-04/d/";
        assertThat(read(day + "f") + read(day + "f~2") + read(day + "f~3"))
                .isEqualTo("onetwothree");
        // A directory may want the name that a file has in the trash.
        write("x", "file");
        assertDone(disk.trash(path("x"), stat("x")));
        people.makeDirectory("x");
        write("x/y", "y");
        Outcome.Done done = assertDone(disk.trash(path("x/y"), stat("x/y")));
        assertThat(done.kept()).contains(LocalPath.parse(".syncline/trash/2026-03-04/x~2/y"));
    }

    @Test
    void trashNumbersTheLongestNamesWithinTheirBytes() throws IOException {
        String name = "é".repeat(127);
        for (int i = 0; i < 3; i++) {
            write(name, "x" + i);
            assertDone(disk.trash(path(name), stat(name)));
        }
    }

    @Test
    @DisplayName("L5 what the deleter hasn't seen isn't deleted")
    void trashRefusesWhatChanged() throws IOException {
        write("f", "seen");
        Stat seen = stat("f");
        write("f", "edited");
        assertThat(disk.trash(path("f"), seen)).isEqualTo(new Outcome.Changed(stat("f")));
        people.delete("f");
        assertThat(disk.trash(path("f"), seen)).isEqualTo(new Outcome.Missing());

        write("g", "seen");
        Stat seenG = stat("g");
        try (Disk racing = racing(() -> saveByRename("g", "saved"))) {
            assertThat(racing.trash(path("g"), seenG)).isInstanceOf(Outcome.Changed.class);
        }
        assertThat(read("g")).isEqualTo("saved");
    }

    @Test
    @DisplayName("L5 a directory is removed only when it is empty and still the same")
    void removesOnlyEmptyDirectories() throws IOException {
        people.makeDirectory("d");
        write("d/f", "x");
        Stat seen = stat("d");
        assertThat(disk.removeDirectory(path("d"), seen)).isEqualTo(new Outcome.NotEmpty());
        people.delete("d/f");
        people.makeDirectory("keep");
        people.move("d", "old");
        people.move("keep", "d");
        assertThat(disk.removeDirectory(path("d"), seen)).isInstanceOf(Outcome.Changed.class);
        assertDone(disk.removeDirectory(path("old"), seen));
        assertThat(disk.removeDirectory(path("old"), seen)).isEqualTo(new Outcome.Missing());
    }

    @Test
    void onlyOurOwnFilesCanBeDiscarded() throws IOException {
        write("f", "x");
        assertThatThrownBy(() -> disk.discard(path("f"))).isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> disk.discard(LocalPath.MARKER))
                .isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> disk.makeDirectory(LocalPath.parse(".syncline/x")))
                .isInstanceOf(SynclineException.class);
        LocalPath temporary = temporary("t");
        assertDone(disk.discard(temporary));
        assertThat(disk.discard(temporary)).isEqualTo(new Outcome.Missing());
        Outcome.Done trashed = assertDone(disk.trash(path("f"), stat("f")));
        assertDone(disk.discard(trashed.kept().orElseThrow()));
    }

    // Directories, links, attributes.

    @Test
    void makesDirectoriesAndLinksWithoutReplacing() throws IOException {
        assertThat(assertDone(disk.makeDirectory(path("d"))).now()).isEqualTo(stat("d"));
        assertThat(disk.makeDirectory(path("d"))).isEqualTo(new Outcome.Exists());
        assertDone(disk.makeSymlink(path("l"), bytes("../anywhere")));
        assertThat(disk.makeSymlink(path("l"), bytes("b"))).isEqualTo(new Outcome.Exists());
        assertThat(disk.readLink(path("l")).found()).contains(bytes("../anywhere"));

        LocalPath other = disk.freshTemporaryPath();
        assertDone(disk.makeSymlink(other, bytes("new")));
        Outcome.Done done = assertDone(disk.replace(other, path("l"), stat("l")));
        assertThat(disk.readLink(path("l")).found()).contains(bytes("new"));
        assertThat(disk.readLink(done.kept().orElseThrow()).found()).contains(bytes("../anywhere"));
    }

    @Test
    void setsExecutableAndTimeOfWhatIsExpected() throws IOException {
        write("f", "x");
        Stat seen = stat("f");
        Outcome.Done executable = assertDone(disk.setExecutable(path("f"), seen, true));
        assertThat(executable.now().executable()).isTrue();
        assertThat(people.mode("f") & 0111).isEqualTo(0111);
        Outcome.Done timed =
                assertDone(disk.setModificationTime(path("f"), executable.now(), -1_000_000_000L));
        assertThat(timed.now().mtimeNanos()).isEqualTo(-1_000_000_000L);
        assertThat(disk.setExecutable(path("f"), seen, false)).isInstanceOf(Outcome.Changed.class);
        assertDone(disk.makeSymlink(path("l"), bytes("f")));
        assertDone(disk.setModificationTime(path("l"), stat("l"), 5_000_000_000L));
        assertThat(stat("l").mtimeNanos()).isEqualTo(5_000_000_000L);
        assertThat(stat("f").mtimeNanos()).isEqualTo(-1_000_000_000L);
    }

    @Test
    @DisplayName("R45 paths may be as deep as the system allows, beyond one call's length")
    void deepPathsWork() {
        LocalPath at = LocalPath.ROOT;
        int levels = this instanceof PortableDiskTest ? 15 : 60;
        for (int i = 0; i < levels; i++) {
            at = at.child("d".repeat(200) + i);
            assertDone(disk.makeDirectory(at));
        }
        assertDone(disk.placeNew(temporary("deep"), at.child("f")));
        Stat stat = disk.stat(at.child("f")).orThrow(at);
        assertDone(disk.replace(temporary("deeper"), at.child("f"), stat));
        assertThat(disk.list(at).orThrow(at).entries()).hasSize(1);
        // JUnit's own removal can't reach so deep.
        Stat f = disk.stat(at.child("f")).orThrow(at);
        assertDone(disk.trash(at.child("f"), f));
        removeDeep(LocalPath.TRASH);
        while (!at.isRoot()) {
            assertDone(disk.removeDirectory(at, disk.stat(at).orThrow(at)));
            at = at.parent();
        }
    }

    private void removeDeep(LocalPath directory) {
        for (Listing.Entry entry : disk.list(directory).orThrow(directory).entries()) {
            LocalPath child = directory.child(entry.name());
            if (entry.stat().isDirectory()) {
                removeDeep(child);
            }
            assertDone(disk.discard(child));
        }
    }

    @Test
    void namesThatTheFileSystemCannotHoldAreUnsupported() {
        assertThat(disk.makeDirectory(path("x".repeat(300))))
                .isInstanceOf(Outcome.Unsupported.class);
        assertThat(disk.makeDirectory(path("x".repeat(5000))))
                .isInstanceOf(Outcome.Unsupported.class);
    }

    // The root.

    @Test
    @DisplayName("R42 the marker says whose folder this is")
    void markerSaysWhoseFolderThisIs() {
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.SWAPPED);
        assertDone(disk.mark(REPLICA));
        assertDone(disk.mark(REPLICA));
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.FINE);
        assertThat(disk.rootState(OTHER)).isEqualTo(RootState.SWAPPED);
        assertThat(disk.mark(OTHER)).isEqualTo(new Outcome.Exists());
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.FINE);
        assertThat(disk.temporaries()).isEmpty();
    }

    @Test
    @DisplayName("R27 a marker that can't be read is no missing one")
    void unreadableMarkerIsNoMissingOne() {
        assertDone(disk.mark(REPLICA));
        Calls failing =
                new ForwardingCalls(calls()) {
                    @Override
                    public Look<ReadHandle> open(LocalPath file) {
                        return new Look.Not<>(new Outcome.Unreadable("Input/output error"));
                    }
                };
        try (Disk unreadable = new SafeDisk(failing, CLOCK, new Random(5))) {
            assertThatThrownBy(() -> unreadable.rootState(REPLICA))
                    .isInstanceOfSatisfying(
                            DiskException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.FINE);
    }

    @Test
    @DisplayName("scenarios 1 to 4: a root that is gone, swapped or without marker is told apart")
    void rootThatIsNotTheSameIsTold() throws IOException {
        assertDone(disk.mark(REPLICA));
        people.move("../root", "../away");
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.GONE);
        people.makeDirectory("../root");
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.SWAPPED);
        people.delete("../root");
        people.move("../away", "../root");
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.FINE);
        people.delete(".syncline/replica");
        assertThat(disk.rootState(REPLICA)).isEqualTo(RootState.SWAPPED);
    }

    @Test
    void ourDirectoryIsPrivate() throws IOException {
        assertThat(people.mode(".syncline")).isEqualTo(0700);
    }

    @Test
    @DisplayName("R30 case and normalisation are probed per directory and leave nothing behind")
    void nameTraitsAreProbed() throws IOException {
        assertDone(disk.makeDirectory(path("d")));
        for (LocalPath directory : List.of(LocalPath.ROOT, path("d"), path("d"))) {
            NameTraits traits = disk.nameTraits(directory);
            boolean sensitive = !people.exists(".SYNCLINE");
            assertThat(traits.caseSensitive()).isEqualTo(sensitive);
        }
        assertThat(disk.list(path("d")).orThrow(LocalPath.ROOT).entries()).isEmpty();
        assertThat(disk.temporaries()).isEmpty();
    }

    @Test
    void aRootThatDoesNotExistCannotBeOpened() {
        assertThatThrownBy(() -> open("none", CLOCK, new Random(1)))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("it doesn't exist");
    }

    @Test
    @DisplayName("R27 on a file system mounted inside, files are placed, replaced and trashed too")
    void worksAcrossMountedFileSystems() throws IOException {
        people.makeDirectory("mount");
        try (Disk mounted = mounted(calls())) {
            assertDone(mounted.placeNew(temporary("one"), path("mount/f")));
            assertThat(mounted.placeNew(temporary("x"), path("mount/f")))
                    .isEqualTo(new Outcome.Exists());
            Stat seen = mounted.stat(path("mount/f")).orThrow(path("mount/f"));
            Outcome.Done replaced =
                    assertDone(mounted.replace(temporary("two"), path("mount/f"), seen));
            assertThat(read("mount/f")).isEqualTo("two");
            assertThat(read(replaced.kept().orElseThrow().toString())).isEqualTo("one");
            assertThat(mounted.trash(path("mount/f"), seen)).isInstanceOf(Outcome.Changed.class);
            Outcome.Done trashed = assertDone(mounted.trash(path("mount/f"), replaced.now()));
            assertThat(read(trashed.kept().orElseThrow().toString())).isEqualTo("two");
            assertDone(mounted.makeSymlink(path("mount/l"), bytes("to")));
            Stat link = mounted.stat(path("mount/l")).orThrow(path("mount/l"));
            Outcome.Done gone = assertDone(mounted.trash(path("mount/l"), link));
            assertThat(mounted.readLink(gone.kept().orElseThrow()).found()).contains(bytes("to"));
            assertThat(mounted.list(path("mount")).orThrow(path("mount")).entries()).isEmpty();
        }
    }

    @Test
    @DisplayName("R27 L4 an edit before the copy across file systems is replaced is left alone")
    void editsAreKeptAcrossMountedFileSystems() throws IOException {
        people.makeDirectory("mount");
        write("mount/f", "old");
        Stat seen = MountedCalls.elsewhere(stat("mount/f"));
        Deed save = () -> saveByRename("mount/f", "saved");
        try (Disk racing = mounted(new RacingCalls(calls(), save))) {
            assertThat(racing.replace(temporary("new"), path("mount/f"), seen))
                    .isInstanceOf(Outcome.Changed.class);
        }
        assertThat(read("mount/f")).isEqualTo("saved");
        Stat again = MountedCalls.elsewhere(stat("mount/f"));
        try (Disk racing =
                mounted(new RacingCalls(calls(), () -> saveByRename("mount/f", "third")))) {
            assertThat(racing.trash(path("mount/f"), again)).isInstanceOf(Outcome.Changed.class);
        }
        assertThat(read("mount/f")).isEqualTo("third");
        assertThat(people.names("mount")).hasSize(1);
    }

    @Test
    @DisplayName("L2 what is deleted in the moment after it was put in place was put in place")
    void deletedRightAfterwardsIsDone() throws IOException {
        people.makeDirectory("mount");
        write("f", "old");
        write("g", "moved");
        write("h", "one");
        write("i", "two");
        write("mount/f", "old there");
        Stat there = MountedCalls.elsewhere(stat("mount/f"));
        try (Disk vanishing = vanishing();
                Disk mounted = mounted(new VanishingCalls(calls(), people))) {
            Outcome.Done replaced =
                    assertDone(vanishing.replace(temporary("new"), path("f"), stat("f")));
            assertThat(replaced.now().sizeBytes()).isEqualTo(3);
            assertThat(replaced.kept()).isPresent();
            assertDone(vanishing.move(path("g"), path("g2"), stat("g")));
            assertDone(vanishing.exchange(path("h"), stat("h"), path("i"), stat("i")));
            assertDone(mounted.replace(temporary("newer"), path("mount/f"), there));
        }
        assertThat(people.exists("f")).isFalse();
        assertThat(people.exists("g2")).isFalse();
        assertThat(people.exists("mount/f")).isFalse();
    }

    private Disk vanishing() {
        return new SafeDisk(new VanishingCalls(calls(), people), CLOCK, new Random(4));
    }

    // Helpers.

    static Disk mounted(Calls calls) {
        return new SafeDisk(new MountedCalls(calls), CLOCK, new Random(3));
    }

    /** A disk on the same root in which something happens between the first look and the act. */
    private Disk racing(Deed deed) {
        return new SafeDisk(new RacingCalls(calls(), deed), CLOCK, new Random(2));
    }

    interface Deed {
        void run() throws IOException;
    }

    static Outcome.Done assertDone(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return (Outcome.Done) outcome;
    }

    LocalPath temporary(String content) {
        try (WriteHandle handle = disk.createTemporary().orThrow(LocalPath.ROOT)) {
            handle.write(ByteBuffer.wrap(bytes(content)), 0);
            return handle.path();
        }
    }

    static LocalPath path(String path) {
        return LocalPath.parse(path);
    }

    Stat stat(String path) {
        return disk.stat(path(path)).orThrow(path(path));
    }

    void write(String path, String content) throws IOException {
        people.write(path, content);
    }

    String read(String path) throws IOException {
        return people.read(path);
    }

    private void saveByRename(String path, String content) throws IOException {
        people.write("../saved", content);
        people.move("../saved", path);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Somebody deletes what gets a name outside our own directory, as soon as it has it. */
    private static final class VanishingCalls extends ForwardingCalls {
        private final People people;

        VanishingCalls(Calls calls, People people) {
            super(calls);
            this.people = people;
        }

        @Override
        public Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to) {
            return vanished(super.renameNoReplace(from, to), to);
        }

        @Override
        public Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to) {
            return vanished(super.renameOver(from, to), to);
        }

        @Override
        public Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b) {
            return vanished(super.exchange(a, b), b);
        }

        private Optional<Outcome.Refused> vanished(
                Optional<Outcome.Refused> refused, LocalPath path) {
            if (refused.isEmpty() && !path.isControl()) {
                try {
                    people.delete(path.toString());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return refused;
        }
    }

    /** Runs the deed once, right after the first look at an entry outside our own directory. */
    private static final class RacingCalls extends ForwardingCalls {
        private final Deed deed;
        private boolean done;

        RacingCalls(Calls calls, Deed deed) {
            super(calls);
            this.deed = deed;
        }

        @Override
        public Look<Stat> stat(LocalPath path) {
            Look<Stat> stat = super.stat(path);
            if (!path.isControl() && !done) {
                done = true;
                try {
                    deed.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return stat;
        }
    }

    /** As if another file system were mounted at {@code mount}. */
    private static final class MountedCalls extends ForwardingCalls {
        MountedCalls(Calls calls) {
            super(calls);
        }

        @Override
        public Look<Stat> stat(LocalPath path) {
            Look<Stat> look = super.stat(path);
            return isMounted(path) && look instanceof Look.Found<Stat>(Stat s)
                    ? new Look.Found<>(elsewhere(s))
                    : look;
        }

        static Stat elsewhere(Stat s) {
            var identity = new FileIdentity(7, s.identity().inode(), s.identity().birthNanos());
            return new Stat(
                    s.kind(),
                    identity,
                    s.sizeBytes(),
                    s.mtimeNanos(),
                    s.ctimeNanos(),
                    s.executable(),
                    s.linkCount());
        }

        private static boolean isMounted(LocalPath path) {
            return path.startsWith(LocalPath.of("mount"));
        }

        private static Optional<Outcome.Refused> across(LocalPath a, LocalPath b) {
            return isMounted(a) == isMounted(b)
                    ? Optional.empty()
                    : Optional.of(new Outcome.Unsupported("it crosses mounted file systems"));
        }

        @Override
        public Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to) {
            return across(from, to).or(() -> super.renameNoReplace(from, to));
        }

        @Override
        public Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to) {
            return across(from, to).or(() -> super.renameOver(from, to));
        }

        @Override
        public Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b) {
            return across(a, b).or(() -> super.exchange(a, b));
        }

        @Override
        public Optional<Outcome.Refused> link(LocalPath existing, LocalPath another) {
            return across(existing, another).or(() -> super.link(existing, another));
        }
    }
}
