package io.syncline.system.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.Retries;
import io.syncline.client.api.RetryingServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Secret;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.rate.RateSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client at a server that lets it ask for little. */
final class RatesTest {
    private static final RateSettings LITTLE =
            new RateSettings(20, 1L << 30, Duration.ofSeconds(1));

    @Test
    @DisplayName("a client that asks for more than it may waits as it is told, and gets everything")
    void clientsWaitAsTheyAreTold(@TempDir Path data) {
        ServerSettings settings = ServerSettings.loopback(data, 0).with(LITTLE);
        try (Server server = Server.start(settings)) {
            AccountId account = server.admin().account("admin");
            ProjectId project = server.admin().ensureProject(account, "small");
            Secret token = server.admin().addDevice(account, "hasty").token();
            List<Duration> waits = new ArrayList<>();
            Retries retries =
                    new Retries(
                            new Random(3),
                            time -> {
                                waits.add(time);
                                Retries.Pause.REAL.pause(time);
                            });
            try (ServerApi api =
                    new RetryingServerApi(
                            new HttpServerApi(
                                    new ServerAddress(server.url(), Optional.empty()),
                                    Optional.of(token)),
                            retries)) {
                for (int i = 0; i < 30; i++) {
                    assertThat(api.project(project).id()).isEqualTo(project);
                }
            }
            // Ten at once, then ten a second: it waited, and each time as long as it was told.
            assertThat(waits).isNotEmpty().allMatch(wait -> wait.toMillis() >= 1_000);
            assertThat(waits).hasSizeLessThan(10);
        }
    }
}
