package io.syncline.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Seeded random histories of devices that share a project: people work, plans are made, steps fail
 * or are left out, others commit in between. In the end all trees must be equal and nothing saved
 * may be missing. A failure prints the seed.
 */
final class PlannerHistoryTest {
    private static final int HISTORIES = 4_000;

    @Test
    @DisplayName("L2 L6 two devices converge and lose nothing, undisturbed")
    void devicesConverge() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            new ModelHistory(seed, 2, false).check();
        }
    }

    @Test
    @DisplayName("L2 L5 L6 R8 two devices converge although steps fail, are left out or overtaken")
    void devicesConvergeInSpiteOfFaults() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            new ModelHistory(seed, 2, true).check();
        }
    }

    @Test
    @DisplayName("L2 L6 three devices converge in spite of faults")
    void threeDevicesConverge() {
        for (int seed = 0; seed < HISTORIES / 4; seed++) {
            new ModelHistory(1_000_000 + seed, 3, true).check();
        }
    }

    @Test
    @DisplayName("R29 a read-only device takes in all, sends nothing and loses nothing of its own")
    void aReaderFollowsAndKeepsItsOwn() {
        for (int seed = 0; seed < HISTORIES / 2; seed++) {
            new ModelHistory(2_000_000 + seed, 2, seed % 2 == 0, true).check();
        }
    }

    @Test
    @DisplayName("the same seed gives the same history")
    void historiesCanBeRepeated() {
        assertThat(new ModelHistory(7, 2, true).check())
                .isEqualTo(new ModelHistory(7, 2, true).check());
    }
}
