package io.syncline.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HealthTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final MemoryBlockStore blocks = new MemoryBlockStore(new Random(1));
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean away;
    private final Health health = new Health(new Counting(), blocks, () -> now);

    @AfterEach
    void close() {
        health.close();
        blocks.close();
        store.close();
    }

    private final class Counting implements MetadataStore {
        @Override
        public <T> T read(Read<T> work) {
            asked.incrementAndGet();
            if (away) {
                throw new IllegalStateException("away");
            }
            return store.read(work);
        }

        @Override
        public <T> T write(Write<T> work) {
            return store.write(work);
        }

        @Override
        public <T> T writeBehind(Write<T> work) {
            return store.writeBehind(work);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void itIsReadyWhileItsStoresAnswer() {
        assertThat(health.reasonNotReady()).isEmpty();
        away = true;
        now = now.plusSeconds(2);
        assertThat(health.reasonNotReady()).contains("its metadata can't be reached");
        away = false;
        now = now.plusSeconds(2);
        assertThat(health.reasonNotReady()).isEmpty();
        blocks.close();
        now = now.plusSeconds(20);
        assertThat(health.reasonNotReady()).contains("its blocks can't be reached");
    }

    @Test
    void storesAreAskedOnceASecond() {
        for (int i = 0; i < 1_000; i++) {
            health.reasonNotReady();
        }
        assertThat(asked).hasValue(1);
        now = now.plusMillis(1_001);
        health.reasonNotReady();
        assertThat(asked).hasValue(2);
        // A clock that was set back doesn't make an answer last.
        now = now.minusSeconds(86_400);
        health.reasonNotReady();
        assertThat(asked).hasValue(3);
    }

    @Test
    void aNodeThatDrainsAsksNobody() {
        health.drain();
        assertThat(health.reasonNotReady()).contains("stopping");
        assertThat(asked).hasValue(0);
    }
}
