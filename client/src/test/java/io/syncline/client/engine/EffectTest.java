package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.watch.WatchEvent;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EffectTest {
    @Test
    @DisplayName(
            "One seed is one history: directories are looked at in the order they were told of")
    void directoriesKeepTheirOrder() {
        List<LocalPath> told =
                IntStream.range(0, 40).mapToObj(i -> LocalPath.of("d" + i)).toList().reversed();
        var set = Collections.unmodifiableSet(new LinkedHashSet<>(told));

        assertThat(new WatchEvent.Dirty(set).directories()).containsExactlyElementsOf(told);
        assertThat(new Effect.Scan(Optional.of(set)).directories().orElseThrow())
                .containsExactlyElementsOf(told);
    }
}
