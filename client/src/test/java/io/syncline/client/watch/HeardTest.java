package io.syncline.client.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class HeardTest {
    private static final Duration NOW = Duration.ZERO;
    private final Heard heard = new Heard();

    @Test
    void equalHintsAreMerged() throws InterruptedException {
        heard.add(Set.of(LocalPath.of("a")));
        heard.add(Set.of(LocalPath.of("a"), LocalPath.of("b")));
        assertThat(heard.next(NOW))
                .isEqualTo(new WatchEvent.Dirty(Set.of(LocalPath.of("a"), LocalPath.of("b"))));
        assertThat(heard.next(NOW)).isEqualTo(new WatchEvent.Quiet());
    }

    @Test
    @DisplayName("L9 more dirty directories than are remembered become an overflow")
    void tooManyBecomeAnOverflow() throws InterruptedException {
        for (int i = 0; i <= Watcher.MAX_DIRTY; i++) {
            heard.add(Set.of(LocalPath.of("d" + i)));
        }
        heard.add(Set.of(LocalPath.of("later")));
        assertThat(heard.next(NOW)).isInstanceOf(WatchEvent.Overflow.class);
        assertThat(heard.next(NOW)).isEqualTo(new WatchEvent.Quiet());
        heard.add(Set.of(LocalPath.of("after")));
        assertThat(heard.next(NOW)).isInstanceOf(WatchEvent.Dirty.class);
    }
}
