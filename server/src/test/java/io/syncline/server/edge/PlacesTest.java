package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class PlacesTest {
    private final Places places = new Places(8, Duration.ZERO);

    private int takeAllOf(RequestKind kind) {
        int taken = 0;
        while (places.take(kind)) {
            taken++;
        }
        return taken;
    }

    @Test
    @DisplayName("L9 uploads and downloads together leave a quarter of the places to listings")
    void heavyRequestsLeavePlacesToOthers() {
        assertThat(takeAllOf(RequestKind.UPLOAD)).isEqualTo(4);
        assertThat(takeAllOf(RequestKind.DOWNLOAD)).isEqualTo(2);
        assertThat(places.take(RequestKind.COMMIT)).isFalse();
        assertThat(takeAllOf(RequestKind.LOOK)).isEqualTo(2);
        assertThat(places.taken()).isEqualTo(8);

        places.giveBack(RequestKind.UPLOAD);
        assertThat(places.take(RequestKind.COMMIT)).isTrue();
        assertThat(places.take(RequestKind.UPLOAD)).isFalse();
    }

    @Test
    void listingsMayHaveAll() throws InterruptedException {
        assertThat(takeAllOf(RequestKind.LOOK)).isEqualTo(8);
        assertThat(places.take(RequestKind.UPLOAD)).isFalse();
        for (int i = 0; i < 8; i++) {
            places.giveBack(RequestKind.LOOK);
        }
        // What was refused above kept nothing.
        assertThat(takeAllOf(RequestKind.UPLOAD)).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            places.giveBack(RequestKind.UPLOAD);
        }
        assertThat(places.taken()).isZero();
        assertThat(places.takeAll(Duration.ZERO)).isTrue();
    }

    @Test
    void whoWaitsGetsThePlaceThatBecomesFree() throws Exception {
        Places one = new Places(1, Duration.ofSeconds(30));
        assertThat(one.take(RequestKind.LOOK)).isTrue();
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> one.take(RequestKind.COMMIT));
        one.giveBack(RequestKind.LOOK);
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
    }
}
