package io.syncline.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JoinLinkTest {
    private static final String SECRET = "AAAAAAAAAA_-aaaaaaaaaa0123456789bbbbbbbbbbc";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "syncline://sync.example.org:443/join/" + SECRET,
                "syncline://127.0.0.1:8384/join/" + SECRET + "?tls=0",
                "syncline://[::1]:8384/join/" + SECRET + "?tls=0"
            })
    void linksSurviveARoundTrip(String link) {
        assertThat(JoinLink.parse(link).format()).isEqualTo(link);
        assertThat(JoinLink.parse("  " + link + "\n")).isEqualTo(JoinLink.parse(link));
    }

    @Test
    void theOriginIsWhereTheServerAnswers() {
        assertThat(JoinLink.parse("syncline://h:1/join/" + SECRET).origin())
                .isEqualTo("https://h:1");
        assertThat(JoinLink.parse("syncline://[::1]:1/join/" + SECRET + "?tls=0").origin())
                .isEqualTo("http://[::1]:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://h:1/join/" + SECRET,
                "syncline://h/join/" + SECRET,
                "syncline://h:0/join/" + SECRET,
                "syncline://h:65536/join/" + SECRET,
                "syncline://user@h:1/join/" + SECRET,
                "syncline://h:1/join/" + SECRET + "x",
                "syncline://h:1/join/" + SECRET + "/x",
                "syncline://h:1/join/" + SECRET + "#x",
                "syncline://h:1/join/" + SECRET + "?tls=no",
                "syncline://h:1/join/",
                "syncline://h:1/" + SECRET,
                "syncline:h:1/join/" + SECRET,
                "syncline://h h:1/join/" + SECRET
            })
    void otherTextIsInvalidAndNotQuoted(String link) {
        assertThatThrownBy(() -> JoinLink.parse(link))
                .isInstanceOf(SynclineException.class)
                .hasMessageNotContaining(SECRET)
                .hasNoCause();
    }

    @Test
    void theSecretDoesNotShowUpInText() {
        assertThat(JoinLink.parse("syncline://h:1/join/" + SECRET).toString())
                .doesNotContain(SECRET);
    }
}
