package io.syncline.server.listing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class KeptAnswersTest {
    private final KeptAnswers<String, String> kept = new KeptAnswers<>(100);

    @Test
    void aQuestionHasOneAnswer() {
        kept.put("q", "seven", 10);
        assertThat(kept.get("q")).contains("seven");
        assertThat(kept.get("other")).isEmpty();

        kept.put("q", "eight", 20);
        assertThat(kept.get("q")).contains("eight");
        assertThat(kept.keptBytes()).isEqualTo(20);
    }

    @Test
    @DisplayName("L9 what was unused longest goes first, and never more is kept than the bound")
    void isBounded() {
        kept.put("a", "a", 40);
        kept.put("b", "b", 40);
        assertThat(kept.get("a")).isPresent();
        kept.put("c", "c", 40);
        assertThat(kept.get("a")).isPresent();
        assertThat(kept.get("b")).isEmpty();
        assertThat(kept.get("c")).isPresent();

        kept.put("huge", "huge", 101);
        assertThat(kept.get("huge")).isEmpty();
        assertThat(kept.keptBytes()).isZero();
    }
}
