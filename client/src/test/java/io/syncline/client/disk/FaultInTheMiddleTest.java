package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.memory.Faults;
import io.syncline.client.disk.memory.FileState;
import io.syncline.client.disk.memory.Hooks;
import io.syncline.client.disk.memory.MemoryFileSystem;
import io.syncline.client.disk.memory.Operation;
import io.syncline.client.disk.memory.Traits;
import io.syncline.client.disk.memory.User;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A disk fails once, at each of the system's calls that an operation makes in turn: what the
 * operation then tells is what happened. A refusal of what was done makes a person's file of the
 * client's own, and a conflict copy of an old version as soon as the server has a newer one.
 */
class FaultInTheMiddleTest {
    private static final LocalPath FILE = LocalPath.of("f");
    private static final LocalPath OTHER = LocalPath.of("g");
    private static final LocalPath NEW = LocalPath.of("n");

    /** An operation on a folder that has the files f and g, and a temporary. */
    interface Act {
        Outcome run(Disk disk, LocalPath temporary, Stat file, Stat other);
    }

    record Case(String name, Traits traits, Act act) {
        /** Of what an exchange displaced, and can't be looked at, nobody knows whose it is (R6). */
        boolean mayBeUnknown() {
            return name.equals("replace, exchange");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A computer whose disk fails at the call that is counted down to. */
    private static final class Machine {
        private final MemoryFileSystem files;
        private final User user;
        private final Disk disk;
        private final LocalPath temporary;
        private int callsLeft = Integer.MAX_VALUE;

        Machine(Traits traits) {
            files = new MemoryFileSystem(traits, () -> Instant.EPOCH, new SplittableRandom(1));
            files.makeRoot("work");
            user = files.user("work");
            user.write(FILE, bytes("old"));
            user.write(OTHER, bytes("other"));
            Hooks hooks =
                    (Operation _, LocalPath _) -> {
                        if (--callsLeft == 0) {
                            files.faults("work").failNext(1, Faults.Kind.BROKEN);
                        }
                    };
            disk =
                    Disks.over(
                            files.open("work", hooks),
                            () -> Instant.EPOCH,
                            new SplittableRandom(2));
            WriteHandle handle = disk.createTemporary().orThrow(LocalPath.TEMPORARIES);
            try (handle) {
                handle.write(ByteBuffer.wrap(bytes("new")), 0);
            }
            temporary = handle.path();
        }

        /** Empty where nobody knows what became of it. */
        Optional<Outcome> run(Act act, int failing) {
            Stat file = disk.stat(FILE).orThrow(FILE);
            Stat other = disk.stat(OTHER).orThrow(OTHER);
            callsLeft = failing;
            try {
                return Optional.of(act.run(disk, temporary, file, other));
            } catch (DiskException _) {
                return Optional.empty();
            }
        }

        boolean failed() {
            return callsLeft <= 0;
        }

        /** What people see, and which bit their files have. */
        Map<String, String> seen() {
            var seen = new TreeMap<String, String>();
            for (FileState entry : files.entries("work")) {
                if (!entry.path().isControl()) {
                    seen.put(
                            entry.path().toString(),
                            text(entry.path()) + (entry.stat().executable() ? " x" : ""));
                }
            }
            return seen;
        }

        private String text(LocalPath path) {
            return new String(files.bytes("work", path).orElseThrow(), StandardCharsets.UTF_8);
        }

        List<String> contents() {
            return files.entries("work").stream()
                    .filter(entry -> entry.stat().kind() == FileKind.FILE)
                    .map(entry -> text(entry.path()))
                    .toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Case> cases() {
        return Stream.of(
                        Map.entry("exchange", Traits.ext4()),
                        Map.entry("hard links", Traits.posix()),
                        Map.entry("neither", Traits.fat32()))
                .flatMap(kind -> cases(kind.getKey(), kind.getValue()));
    }

    private static Stream<Case> cases(String on, Traits traits) {
        return Map.<String, Act>of(
                        "place", (disk, temporary, _, _) -> disk.placeNew(temporary, NEW),
                        "replace",
                                (disk, temporary, file, _) -> disk.replace(temporary, FILE, file),
                        "move", (disk, _, file, _) -> disk.move(FILE, NEW, file),
                        "exchange names",
                                (disk, _, file, other) -> disk.exchange(FILE, file, OTHER, other),
                        "trash", (disk, _, file, _) -> disk.trash(FILE, file),
                        "executable", (disk, _, file, _) -> disk.setExecutable(FILE, file, true))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(act -> new Case(act.getKey() + ", " + on, traits, act.getValue()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @DisplayName("L2: what is told of an operation in which the disk failed is what happened")
    void whatIsToldIsTrue(Case tried) {
        var well = new Machine(tried.traits());
        Map<String, String> before = well.seen();
        assertThat(well.run(tried.act(), Integer.MAX_VALUE).orElseThrow())
                .isInstanceOf(Outcome.Done.class);
        Map<String, String> after = well.seen();

        int failing = 1;
        for (Machine machine; ; failing++) {
            machine = new Machine(tried.traits());
            Optional<Outcome> outcome = machine.run(tried.act(), failing);
            if (!machine.failed()) {
                break;
            }
            String what = "call " + failing + " failed, and it told " + outcome;
            if (!tried.mayBeUnknown()) {
                assertThat(outcome).as(what).isPresent();
            }
            outcome.ifPresent(told ->
                    assertThat(told)
                            .as(what)
                            .isInstanceOfAny(Outcome.Done.class, Outcome.Refused.class));
            List<Map<String, String>> possible =
                    outcome.map(told -> List.of(told instanceof Outcome.Done ? after : before))
                            .orElse(List.of(before, after));
            assertThat(possible).as(what).contains(machine.seen());
            assertThat(machine.contents()).as(what).contains("old", "other");
        }
        assertThat(failing).isGreaterThan(2);
    }
}
