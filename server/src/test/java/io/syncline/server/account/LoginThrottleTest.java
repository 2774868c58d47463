package io.syncline.server.account;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryMetadataStore store = new MemoryMetadataStore();
    private final LoginThrottle throttle = new LoginThrottle(store, () -> now);

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            throttle.tryOne(address);
        }
    }

    @Test
    void failuresAreBoundedAndForgottenSlowly() {
        fail("10.0.0.1", 10);
        assertThatThrownBy(() -> throttle.tryOne("10.0.0.1")).isInstanceOf(SynclineException.class);
        assertThatCode(() -> throttle.tryOne("10.0.0.2")).doesNotThrowAnyException();
        now = now.plusSeconds(7);
        throttle.tryOne("10.0.0.1");
        assertThatThrownBy(() -> throttle.tryOne("10.0.0.1")).isInstanceOf(SynclineException.class);
    }

    @Test
    void failuresOnAllNodesCountTogether() {
        LoginThrottle other = new LoginThrottle(store, () -> now);
        for (int i = 0; i < 5; i++) {
            throttle.tryOne("10.0.0.1");
            throttle.failed("10.0.0.1");
            other.tryOne("10.0.0.1");
            other.failed("10.0.0.1");
        }
        LoginThrottle third = new LoginThrottle(store, () -> now);
        assertThatThrownBy(() -> third.tryOne("10.0.0.1")).isInstanceOf(SynclineException.class);
        assertThatCode(() -> third.tryOne("10.0.0.2")).doesNotThrowAnyException();
        now = now.plusSeconds(7);
        third.tryOne("10.0.0.1");
        third.failed("10.0.0.1");
        assertThatThrownBy(() -> new LoginThrottle(store, () -> now).tryOne("10.0.0.1"))
                .isInstanceOf(SynclineException.class);
        // Ten at once fade within a minute, on all nodes.
        now = now.plusSeconds(61);
        for (LoginThrottle node : List.of(throttle, other, third)) {
            node.tryOne("10.0.0.1");
        }
    }

    @Test
    void successesCostNothing() {
        for (int i = 0; i < 100; i++) {
            throttle.tryOne("10.0.0.1");
            throttle.succeeded("10.0.0.1");
        }
    }

    @Test
    void addressesOfOneCustomerCountTogether() {
        for (int i = 0; i < 10; i++) {
            throttle.tryOne("2001:db8:0:1:0:0:0:" + i);
        }
        assertThatThrownBy(() -> throttle.tryOne("2001:db8:0:1:9:9:9:9"))
                .isInstanceOf(SynclineException.class);
        throttle.tryOne("2001:db8:0:2:0:0:0:1");
    }

    @Test
    void clockThatJumpsBackLocksNobodyOutForLonger() {
        fail("10.0.0.1", 5);
        now = now.minusSeconds(86_400);
        fail("10.0.0.1", 5);
        now = now.plusSeconds(61);
        fail("10.0.0.1", 5);
    }
}
