package io.syncline.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every triple of small trees, carried out by the model and held against the laws. See {@link
 * Triples} for what is enumerated and {@link Laws} for what is checked.
 */
final class PlannerEnumerationTest {
    /** One in so many triples is tried with faults. */
    private static final int SAMPLED = 20;

    @ParameterizedTest(name = "{0}: {1} triples")
    @DisplayName("L2 L5 L6 R18 R19 R20 every triple of trees with up to three nodes")
    @CsvSource({"FFF, 5570", "DFF, 235610", "DDF, 272421", "DDD, 147644"})
    void everyTripleEndsInEqualTreesAndLosesNothing(String kinds, long expected) {
        Planner planner = new Planner("here", Planner.Mode.READ_WRITE);
        Triples triples = new Triples(kinds);
        AtomicLong count = new AtomicLong();
        int parts = 64;
        Stream<Integer> all = IntStream.range(0, parts).boxed().parallel();
        all.forEach(part ->
                triples.visit(
                        part,
                        parts,
                        (remote, synced, local) -> {
                            new Laws(remote, synced, local, 100).check(planner);
                            count.incrementAndGet();
                        }));
        System.out.println(kinds + ": " + count + " triples");
        assertThat(count.get()).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("L2 L5 L6 a sample of triples whose first steps fail or are left out")
    @ValueSource(strings = {"FFF", "DFF", "DDF", "DDD"})
    void faultsDelayButChangeNothing(String kinds) {
        Planner planner = new Planner("here", Planner.Mode.READ_WRITE);
        Random sample = new Random(kinds.hashCode());
        new Triples(kinds)
                .visit(
                        0,
                        1,
                        (remote, synced, local) -> {
                            if (sample.nextInt(SAMPLED) == 0) {
                                long seed = sample.nextLong();
                                int window = 1 + sample.nextInt(4);
                                new Laws(remote, synced, local, window)
                                        .checkInSpiteOfFaults(planner, new Random(seed));
                            }
                        });
    }
}
