package io.syncline.storage.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.metadata.Answer;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Samples;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The write order: bytes forced to the pack, then block rows, then node rows, then the answer. A
 * crash between any two of them may leave bytes without a row, never a row without bytes; what was
 * answered is there.
 */
final class CrashTest {
    private static final int KILLS = 4;

    @TempDir private Path folder;

    private ProjectId project;
    private final List<CommitId> answered = new ArrayList<>();

    @BeforeEach
    void makeProject() {
        try (MetadataStore metadata = metadata()) {
            project =
                    metadata.write(transaction ->
                                    transaction.projects().add(new Samples(1).newProject()))
                            .id();
        }
    }

    @ParameterizedTest
    @DisplayName("scenario 55, L2 L3 a halt between any two steps leaves no row without bytes")
    @ValueSource(
            strings = {
                "torn",
                "written",
                "forced",
                "appended",
                "rows",
                "rowsCommitted",
                "nodes",
                "answer",
                "committed"
            })
    void haltBetweenSteps(String point) throws Exception {
        // Some points are passed once more while a pack is begun.
        Process child = start(point, 3);
        readAnswers(child);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(9);
        assertThat(answered).isNotEmpty();

        checkAll();
    }

    @Test
    @DisplayName(
            "L2 L3 SIGKILL at random moments, again and again, loses nothing that was answered")
    void killAtRandomMoments() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < KILLS; i++) {
            Process child = start("never", 0);
            Thread reader = Thread.ofVirtual().start(() -> readAnswers(child));
            int before = answers();
            while (answers() == before && child.isAlive()) {
                child.waitFor(1, TimeUnit.MILLISECONDS);
            }
            child.waitFor(random.nextInt(150_000), TimeUnit.MICROSECONDS);
            child.destroyForcibly();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            reader.join();
            assertThat(answers()).as("seed %s", seed).isGreaterThan(before);

            checkAll();
        }
    }

    private Process start(String point, int passes) throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djdk.util.jar.enableMultiRelease=false",
                        "-cp",
                        classPath,
                        CrashChild.class.getName(),
                        folder.toString(),
                        project.value(),
                        point,
                        Integer.toString(passes))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void readAnswers(Process child) {
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that the kill cut off is no answer; so are lines of the log.
                if (line.matches("[0-9a-f]{32}")) {
                    synchronized (answered) {
                        answered.add(new CommitId(line));
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int answers() {
        synchronized (answered) {
            return answered.size();
        }
    }

    private MetadataStore metadata() {
        return SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
    }

    private void checkAll() {
        try (MetadataStore metadata = metadata();
                BlockStore blocks =
                        PackBlockStore.open(folder, new Random(2), InstantSource.system())) {
            metadata.read(transaction -> {
                Project now = transaction.projects().find(project).orElseThrow();

                // No row without bytes.
                Optional<Hash> after = Optional.empty();
                List<BlockRow> page;
                do {
                    page = transaction.blocks(now.key()).page(after, 1_000);
                    blocks.read(
                            project,
                            page.stream()
                                    .map(row -> new FrameRequest(row.hash(), row.location()))
                                    .toList());
                    after = page.isEmpty() ? after : Optional.of(page.getLast().hash());
                } while (!page.isEmpty());

                // No node without a row, no gap, and the digest holds.
                TreeDigest digest = TreeDigest.EMPTY;
                List<Node> nodes = transaction.nodes(now.key()).changes(0, Integer.MAX_VALUE);
                for (int i = 0; i < nodes.size(); i++) {
                    assertThat(nodes.get(i).sequence()).isEqualTo(i + 1);
                    digest = digest.plus(nodes.get(i));
                }
                assertThat(now.head()).isEqualTo(nodes.size());
                assertThat(now.digest()).isEqualTo(digest);
                List<Hash> contents =
                        nodes.stream()
                                .flatMap(node -> node.item().content().stream())
                                .map(Content::hash)
                                .toList();
                assertThat(transaction.blocks(now.key()).present(contents)).containsAll(contents);

                // What was answered is there, with its answer.
                for (CommitId id : answered) {
                    Answer answer = transaction.answers(now.key()).find(id).orElseThrow();
                    long head =
                            Long.parseLong(
                                    StandardCharsets.UTF_8.decode(answer.bytes()).toString());
                    assertThat(transaction.nodes(now.key()).find(new NodeId(head))).isPresent();
                }
                return 0;
            });
            // Torn tails were cut off: every pack reads from end to end.
            blocks.packs(project)
                    .forEach(pack -> {
                        var result = blocks.scan(project, pack, _ -> {});
                        assertThat(result.corruptFrames()).isZero();
                        assertThat(result.unreadableBytes()).isZero();
                    });
        }
    }
}
