package io.syncline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublicNameTest {
    @Test
    void whatIsToldIsTaken() {
        assertThat(PublicName.of(Optional.of("sync.example.org"), "0.0.0.0", Optional.empty()))
                .isEqualTo("sync.example.org");
    }

    @Test
    void addressThatIsListenedOnIsTakenAsItIs() {
        assertThat(PublicName.of(Optional.empty(), "127.0.0.1", Optional.empty()))
                .isEqualTo("127.0.0.1");
    }

    @Test
    void addressThatMeansAllIsNoPlaceToGo() {
        assertThat(PublicName.isEverywhere("0.0.0.0")).isTrue();
        assertThat(PublicName.isEverywhere("::")).isTrue();
        assertThat(PublicName.isEverywhere("127.0.0.1")).isFalse();
        assertThat(PublicName.isEverywhere("localhost")).isFalse();
    }
}
