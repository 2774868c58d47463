package io.syncline.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CheckpointGroupsTest {
    private static final int REPLICAS = 1_000;

    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final AtomicInteger transactions = new AtomicInteger();
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Counts the transactions; the first one waits to be let go. */
    private MetadataStore counting() {
        return (MetadataStore)
                Proxy.newProxyInstance(
                        MetadataStore.class.getClassLoader(),
                        new Class<?>[] {MetadataStore.class},
                        (_, method, arguments) -> {
                            if (transactions.incrementAndGet() == 1) {
                                assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
                            }
                            try {
                                return method.invoke(store, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private CheckpointGroups<Integer> groups() {
        return new CheckpointGroups<>(
                counting(),
                (write, value) -> {
                    if (value % 10 == 3) {
                        throw SynclineException.invalid("refused " + value);
                    }
                    return () ->
                            write.settings()
                                    .put("value " + value, ByteBuffer.wrap(new byte[] {1}));
                });
    }

    private boolean isStored(int value) {
        return store.<Boolean>read(
                read -> read.settings().find("value " + value).isPresent());
    }

    @Test
    @DisplayName("R49 a thousand checkpoints that come together are written in a few transactions")
    void aThousandTogether() throws Exception {
        CheckpointGroups<Integer> groups = groups();
        List<Future<?>> calls = new ArrayList<>();
        CountDownLatch come = new CountDownLatch(REPLICAS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REPLICAS; i++) {
                int value = i;
                calls.add(
                        threads.submit(() -> {
                            come.countDown();
                            groups.put(value);
                        }));
            }
            assertThat(come.await(10, TimeUnit.SECONDS)).isTrue();
            goOn.countDown();
        }
        for (int i = 0; i < REPLICAS; i++) {
            Future<?> call = calls.get(i);
            // One that is refused fails alone.
            if (i % 10 == 3) {
                assertThatThrownBy(call::get).hasMessageContaining("refused " + i);
            } else {
                call.get();
            }
            assertThat(isStored(i)).isEqualTo(i % 10 != 3);
        }
        // The first, the full groups, and a few for those that were late.
        assertThat(transactions.get()).isBetween(8, 60);
    }

    @Test
    void aFailingStoreFailsTheCallersAndNothingElse() {
        CheckpointGroups<Integer> groups = groups();
        goOn.countDown();
        store.close();
        assertThatThrownBy(() -> groups.put(1)).isInstanceOf(SynclineException.class);
        assertThatThrownBy(() -> groups.put(2)).isInstanceOf(SynclineException.class);
    }
}
