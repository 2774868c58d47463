package io.syncline.system.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.lineage.Lineage;
import io.syncline.system.sim.Climate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sample of the mutations that are noticed soon; all of them by {@code ./syncline sim
 * --mutations}.
 */
class MutationTest {
    /** Several times what any of the sample needs: a change of the product changes all worlds. */
    private static final long SEEDS_MAX = 40;

    @TempDir private Path scratch;

    private static Mutation named(String name) {
        return Mutants.ALL.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @DisplayName("the simulator notices when a protection is removed")
    @ValueSource(
            strings = {
                "commit-stale",
                "commit-atomic",
                "union-keeps",
                "disk-move-no-replace",
                "look-and-inspect",
                "cut-damage",
                "brake",
                "journal-resent",
                "fetch-used",
                "scan-incomplete",
                "rest-effects",
                "aged-rows"
            })
    void isNoticed(String name) {
        Finding found = new Campaign(SEEDS_MAX, scratch).search(named(name));

        assertThat(found.notice()).as(name).isPresent();
    }

    @Test
    void everyMutationFindsWhatItRemoves() {
        for (Mutation mutation : Mutants.ALL) {
            assertThat(new MutantLoader(mutation, MutationTest.class.getClassLoader())).isNotNull();
        }
        assertThat(Mutants.ALL).extracting(Mutation::name).doesNotHaveDuplicates();
    }

    @Test
    void aMutationThatFindsNothingFailsLoudly() {
        var nothing =
                new Mutation(
                        "nothing",
                        "L0",
                        "none",
                        "core.lineage.Lineage",
                        "noSuchMethod",
                        new Mutation.Removal.Returns(Mutation.Value.FALSE),
                        Climate.MIXED);

        assertThatThrownBy(() -> new MutantLoader(nothing, MutationTest.class.getClassLoader()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing finds nothing");
    }

    @Test
    void onlyClassesOfTheLoaderAreMutated() throws ReflectiveOperationException {
        var loader = new MutantLoader(named("epoch-start"), MutationTest.class.getClassLoader());

        Object mutated =
                loader.loadClass("io.syncline.core.lineage.Lineage")
                        .getMethod("epochStart", long.class)
                        .invoke(null, 5L);

        assertThat(List.of(mutated, Lineage.epochStart(5))).isEqualTo(List.of(5L, 1L << 32));
    }
}
