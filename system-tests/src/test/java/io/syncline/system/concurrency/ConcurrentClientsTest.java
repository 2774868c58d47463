package io.syncline.system.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Node;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.system.concurrency.Recorded.Committed;
import io.syncline.system.concurrency.Recorded.Listed;
import io.syncline.system.concurrency.Recorded.Looked;
import io.syncline.system.concurrency.Recorded.Paged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once against a real server. The seed decides what each thread wishes, not how the
 * threads meet: a failure prints it, and is met again by running it for longer. {@code
 * -Dsyncline.seconds=600 -Dsyncline.seed=7}.
 */
final class ConcurrentClientsTest {
    private static final int SECONDS = Integer.getInteger("syncline.seconds", 20);

    /** Longer runs are several, each with the next seed: what was recorded has to fit in memory. */
    private static final int TRIAL_SECONDS_MAX = 60;

    private static final int LOG_PAGE = 500;

    @Test
    @DisplayName(
            "L1 L3 L8 R1 R10 R14 R16 What concurrent clients are answered is one history, and what"
                    + " it refers to is there")
    void answersAreOneHistory(@TempDir Path data) throws IOException {
        long seed = Long.getLong("syncline.seed", new SplittableRandom().nextLong());
        for (int left = SECONDS, i = 0; left > 0; left -= TRIAL_SECONDS_MAX, i++) {
            run(
                    Files.createDirectory(data.resolve("server-" + i)),
                    seed + i,
                    Math.min(left, TRIAL_SECONDS_MAX));
        }
    }

    private static void run(Path data, long seed, int seconds) {
        System.out.println("concurrent clients, seed " + seed);
        try (Trial trial = new Trial(data, seed)) {
            trial.run(Duration.ofSeconds(seconds));
            Oracle oracle = new Oracle(trial.recording(), Trial.NODES_MAX, Trial.BYTES_MAX).check();
            print(trial);
            assertThat(oracle.faults()).as("seed %s", seed).isEmpty();
            checkEnd(trial, oracle);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void print(Trial trial) {
        Recording recording = trial.recording();
        System.out.printf(
                "%,d commits, %,d pages, %,d looks, %,d listings; head %,d; clock jumped %d hours;"
                        + " %s%n",
                recording.of(Committed.class).size(),
                recording.of(Paged.class).size(),
                recording.of(Looked.class).size(),
                recording.of(Listed.class).size(),
                trial.view().head(),
                trial.clock().jumped().toHours(),
                trial.collected());
    }

    private static void checkEnd(Trial trial, Oracle oracle) {
        Model model = oracle.model();
        assertThat(trial.view().head()).isEqualTo(model.feedEnd());
        assertThat(trial.view().digest()).isEqualTo(model.digest());
        assertThat(trial.view().nodes()).isEqualTo(model.liveNodes());
        assertThat(trial.readers())
                .allSatisfy(reader -> assertThat(reader.digest()).isEqualTo(model.digest()));
        trial.collectAll();
        try (ContentCheck contents = new ContentCheck(trial.owner(), trial.project())) {
            model.live().forEach(node -> node.item().content().ifPresent(contents::check));
            checkHistory(trial, oracle, contents);
        }
    }

    /** What history says is what was done, and can be read. */
    private static void checkHistory(Trial trial, Oracle oracle, ContentCheck contents) {
        OptionalLong before = OptionalLong.empty();
        while (true) {
            LogPage page = trial.owner().log(trial.project(), before, LOG_PAGE);
            for (LogEntry entry : page.entries()) {
                Node node = entry.node();
                assertThat(Optional.of(node))
                        .isEqualTo(oracle.version(node.id(), entry.sequence()));
                node.item().content().ifPresent(contents::check);
            }
            if (page.before().isEmpty()) {
                return;
            }
            before = OptionalLong.of(page.before().get());
        }
    }
}
