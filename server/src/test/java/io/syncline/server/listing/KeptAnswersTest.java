package io.syncline.server.listing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class KeptAnswersTest {
    private final KeptAnswers<String, String> kept = new KeptAnswers<>(100);

    @Test
    void anAnswerIsOfOneVersion() {
        kept.put("q", 7, "seven", 10);
        assertThat(kept.get("q", 7)).contains("seven");
        assertThat(kept.get("q", 8)).isEmpty();
        assertThat(kept.get("q", 6)).isEmpty();
        assertThat(kept.get("other", 7)).isEmpty();

        kept.put("q", 8, "eight", 20);
        assertThat(kept.get("q", 7)).isEmpty();
        assertThat(kept.get("q", 8)).contains("eight");
        assertThat(kept.keptBytes()).isEqualTo(20);
    }

    @Test
    @DisplayName("L9 what was unused longest goes first, and never more is kept than the bound")
    void isBounded() {
        kept.put("a", 1, "a", 40);
        kept.put("b", 1, "b", 40);
        assertThat(kept.get("a", 1)).isPresent();
        kept.put("c", 1, "c", 40);
        assertThat(kept.get("a", 1)).isPresent();
        assertThat(kept.get("b", 1)).isEmpty();
        assertThat(kept.get("c", 1)).isPresent();

        kept.put("huge", 1, "huge", 101);
        assertThat(kept.get("huge", 1)).isEmpty();
        assertThat(kept.keptBytes()).isZero();
    }
}
