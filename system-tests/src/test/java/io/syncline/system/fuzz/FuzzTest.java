package io.syncline.system.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every target over its corpus, and over inputs changed at random from a seed: briefly. */
final class FuzzTest {
    private static final Path MODULE = Path.of("");

    /** Multiplies how many inputs are tried. */
    private static final int TIMES = Integer.getInteger("syncline.times", 1);

    private static final long SEED = Long.getLong("syncline.seed", 4);

    static Stream<String> targets() {
        return Targets.names().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    @DisplayName("L9 Whatever comes from outside is decoded or refused, within bounds")
    void decodesOrRefuses(String name, @TempDir Path folder) throws IOException {
        try (Target target = Targets.open(name, folder.resolve("target"))) {
            List<byte[]> inputs = new ArrayList<>(target.samples());
            inputs.addAll(Corpus.read(MODULE, name));
            for (byte[] input : inputs) {
                tryOne(target, input);
            }
            Mutator mutator =
                    new Mutator(new SplittableRandom(SEED), inputs, target.inputBytesMax());
            for (int i = 0; i < target.briefly() * TIMES; i++) {
                tryOne(target, mutator.next());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    @DisplayName("The corpus of each target begins with what the real encoders make")
    void theCorpusIsThere(String name) throws IOException {
        assertThat(Corpus.read(MODULE, name)).isNotEmpty();
    }

    private static void tryOne(Target target, byte[] input) {
        try {
            Trying.run(target, input);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    target.name() + ", seed " + SEED + ": " + Corpus.shown(input), e);
        }
    }
}
