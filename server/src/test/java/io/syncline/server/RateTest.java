package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.AccountId;
import io.syncline.server.rate.RateSettings;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Accounts that ask for more than they may. */
final class RateTest {
    private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");

    /** An account has 20 requests and 2 MiB at once, a device half of that. */
    private final TestServer server =
            new TestServer(
                    () -> now,
                    NodeSettings.ONLY,
                    new RateSettings(20, 2 << 20, Duration.ofSeconds(1)));

    @AfterEach
    void stop() {
        server.close();
    }

    private int status(String path) {
        return server.get(path).status();
    }

    @Test
    void aDeviceThatRunsAwayIsToldToWaitAndOthersGoOn() {
        int passed = 0;
        while (status("/v1/projects") == 200) {
            passed++;
        }
        assertThat(passed).isEqualTo(10);
        assertThat(server.get("/v1/projects").headers().firstValue("Retry-After")).contains("1");
        // Neither what is open to all nor another account is any slower.
        assertThat(status("/v1/hello")).isEqualTo(200);
        String mine = server.token;
        server.token = server.stranger();
        assertThat(status("/v1/projects")).isEqualTo(200);
        server.token = mine;
        assertThat(status("/v1/projects")).isEqualTo(429);
        now = now.plusSeconds(1);
        assertThat(status("/v1/projects")).isEqualTo(200);
    }

    @Test
    void devicesOfOneAccountShareItsRate() {
        AccountId account = server.admin;
        int passed = 0;
        for (int i = 0; i < 4; i++) {
            server.token = server.device(account);
            while (status("/v1/projects") == 200) {
                passed++;
            }
        }
        assertThat(passed).isEqualTo(20);
    }

    @Test
    void bytesCount() {
        String path = "/v1/projects/" + server.project + "/blocks/missing";
        byte[] hashes = new byte[16_384 * 32];
        int moved = 0;
        while (server.send("POST", path, server.token, hashes).status() == 200) {
            moved += hashes.length;
        }
        // A device has 1 MiB at once; what comes after that is refused.
        assertThat(moved).isBetween(1 << 20, (1 << 20) + hashes.length);
    }
}
