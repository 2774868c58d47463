package io.syncline.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.server.edge.ProblemException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How many devices may arrive at once. */
class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals();

    private void arrive(int others) {
        if (others == 0) {
            arrivals.refuseBeyondMax();
        } else {
            var _ =
                    arrivals.during(() -> {
                        arrive(others - 1);
                        return true;
                    });
        }
    }

    @Test
    @DisplayName("L9: beyond the bound a device is told to come back, until others are through")
    void furtherOnesComeBack() {
        assertThatCode(() -> arrive(Arrivals.MAX - 1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> arrive(Arrivals.MAX))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThatCode(() -> arrive(Arrivals.MAX - 1)).doesNotThrowAnyException();
    }
}
