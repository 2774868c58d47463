package io.syncline.system.bench.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The benchmarks of functions work; how fast isn't asked. */
final class FunctionsTest {
    private static final int TINY = 200;

    @Test
    @DisplayName("every function of every subject runs once on a tiny input")
    void everyFunctionRuns() throws Exception {
        List<Functions.Measured> measured = Functions.once(TINY);

        assertThat(measured)
                .extracting(Functions.Measured::name)
                .containsExactlyElementsOf(
                        Functions.names().stream()
                                .filter(name -> !name.endsWith(".naive"))
                                .toList())
                .contains("Cutting.cut", "SnapshotReading.decode", "Planning.plan");
        assertThat(measured)
                .allSatisfy(one -> {
                    assertThat(one.size()).isEqualTo(TINY);
                    assertThat(one.nanosPerItem()).isPositive();
                    // Who has a naive version says what it is, and the other way round.
                    assertThat(one.naiveRatio().isPresent()).isEqualTo(!one.naive().isEmpty());
                });
    }

    @Test
    @DisplayName("naive versions come to the same results")
    void naiveVersionsDoTheSame() throws Exception {
        Ignoring ignoring = new Ignoring();
        ignoring.size = TINY;
        ignoring.make();
        assertThat(ignoring.match()).isEqualTo(ignoring.naive()).isEqualTo(TINY / 10);

        PageJson page = new PageJson();
        page.size = TINY;
        page.make();
        assertThat(page.naive()).isEqualTo(page.read().changes()).hasSize(TINY);

        PageColumns columns = new PageColumns();
        columns.size = TINY;
        columns.make();
        assertThat(columns.naive()).isEqualTo(columns.read());
        assertThat(columns.read().nodes()).hasSize(TINY);

        MapJson map = new MapJson();
        map.size = TINY;
        map.make();
        assertThat(map.naive()).isEqualTo(map.read());

        HashLists hashes = new HashLists();
        hashes.size = TINY;
        hashes.make();
        assertThat(hashes.naive()).isEqualTo(hashes.read());

        SnapshotReading snapshot = new SnapshotReading();
        snapshot.size = TINY;
        snapshot.make();
        assertThat(snapshot.naive()).hasSize(snapshot.decode().size()).hasSize(TINY);

        Digesting digesting = new Digesting();
        digesting.nodes = TINY;
        digesting.size = 0;
        digesting.make();
        assertThat(digesting.replace()).isEqualTo(digesting.whole());
    }

    @Test
    void everyNaiveVersionIsBesideAFunction() {
        List<String> naive =
                Functions.names().stream().filter(name -> name.endsWith(".naive")).toList();
        assertThat(naive)
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(Functions.names()).contains(Functions.beside(name)));
    }
}
