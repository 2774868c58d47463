package io.syncline.server.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.server.Server;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.check.Finding;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that keep their promises pass, and each broken promise is told. */
class ChecksTest {
    /** The one look whose outcome depends on the machine. */
    private static final String TIMED = "it answers in good time";

    @TempDir private Path folder;

    private final Random random = new Random(13);

    private static List<String> failed(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> !finding.passed() && !finding.what().equals(TIMED))
                .peek(finding -> assertThat(finding.advice()).isPresent())
                .map(Finding::what)
                .toList();
    }

    private List<Finding> metadata(MetadataStore one, MetadataStore other) {
        return new MetadataCheck(one, other, random, InstantSource.system()).run();
    }

    private List<Finding> blocks(BlockStore one, BlockStore other) {
        MemorySnapshotFiles files = new MemorySnapshotFiles(InstantSource.system());
        return new BlocksCheck(one, other, files, files, random).run();
    }

    @Test
    void rightStoresPass() {
        try (MemoryMetadataStore metadata = new MemoryMetadataStore();
                MemoryBlockStore blocks = new MemoryBlockStore(random);
                MemoryEventBus bus = new MemoryEventBus()) {
            assertThat(failed(metadata(metadata, metadata))).isEmpty();
            assertThat(failed(blocks(blocks, blocks))).isEmpty();
            assertThat(blocks.projects()).isEmpty();
            assertThat(failed(new EventsCheck(bus, bus, random, Duration.ofSeconds(10)).run()))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("the embedded default passes and leaves nothing behind")
    void embeddedStoresPass() throws IOException {
        StorageReport report =
                Server.checkStorage(Server.configure(Map.of(), Map.of(), Optional.empty()), folder);
        assertThat(report.size()).isGreaterThan(8);
        assertThat(report.lines())
                .filteredOn(line -> line.startsWith("FAILED") && !line.contains(TIMED))
                .isEmpty();
        assertThat(report.document()).contains("\"checks\":[{\"store\":\"metadata\"");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void databasesThatArentOneAreTold() {
        try (MemoryMetadataStore one = new MemoryMetadataStore();
                MemoryMetadataStore other = new MemoryMetadataStore()) {
            assertThat(failed(metadata(one, other)))
                    .contains(
                            "what is written is read, by every client",
                            "two clients that raise a number lose nothing");
        }
    }

    @Test
    void bucketsThatArentOneAreTold() {
        try (MemoryBlockStore one = new MemoryBlockStore(random);
                MemoryBlockStore other = new MemoryBlockStore(random)) {
            assertThat(failed(blocks(one, other)))
                    .contains(
                            "what is stored is read, by every client, whole and in parts",
                            "what is stored is listed at once");
        }
    }

    @Test
    void deletingThatDoesNothingIsTold() {
        try (MemoryBlockStore store = new MemoryBlockStore(random)) {
            BlockStore keeping =
                    (BlockStore)
                            Proxy.newProxyInstance(
                                    BlockStore.class.getClassLoader(),
                                    new Class<?>[] {BlockStore.class},
                                    (_, method, arguments) ->
                                            method.getName().equals("delete")
                                                    ? (Object) true
                                                    : method.invoke(store, arguments));
            assertThat(failed(blocks(keeping, keeping))).containsExactly("what is deleted is gone");
        }
    }

    @Test
    void busesThatArentOneAreTold() {
        try (MemoryEventBus one = new MemoryEventBus();
                MemoryEventBus other = new MemoryEventBus()) {
            assertThat(failed(new EventsCheck(one, other, random, Duration.ofMillis(50)).run()))
                    .containsExactly("hints go both ways between nodes");
        }
    }

    @Test
    void reportSaysWhatToDo() {
        StorageReport report = new StorageReport();
        report.add("events", List.of(Finding.passed("a", "fine")));
        assertThat(report.isSound()).isTrue();
        report.add("blocks", List.of(Finding.failed("b", "broken", "mend it")));
        assertThat(report.isSound()).isFalse();
        assertThat(report.lines())
                .containsExactly(
                        "ok      events: a (fine)",
                        "FAILED  blocks: b (broken)",
                        "        -> mend it",
                        "1 of 2 checks failed.");
        assertThat(report.document())
                .isEqualTo(
                        "{\"sound\":false,\"checks\":[{\"store\":\"events\",\"check\":\"a\","
                                + "\"passed\":true,\"detail\":\"fine\"},{\"store\":\"blocks\","
                                + "\"check\":\"b\",\"passed\":false,\"detail\":\"broken\","
                                + "\"advice\":\"mend it\"}]}");
    }
}
