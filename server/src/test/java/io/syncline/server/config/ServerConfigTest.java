package io.syncline.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Secret;
import io.syncline.server.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
    private static final Path EXAMPLE = Path.of("../docs/syncline.conf.example");

    @TempDir private Path folder;

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("syncline.conf"), List.of(lines));
    }

    private static ServerConfig configure(Map<String, String> environment, Path file) {
        return Server.configure(Map.of(), environment, Optional.of(file));
    }

    @Test
    void nothingSaidIsTheEmbeddedDefault() {
        ServerConfig config = Server.configure(Map.of(), Map.of(), Optional.empty());
        assertThat(config.stores()).isEqualTo(StoreUrls.EMBEDDED);
        assertThat(config.stores().isEmbedded()).isTrue();
        assertThat(config.data()).isEmpty();
        assertThat(config.listen()).isEmpty();
        assertThat(config.allowPlainHttp()).isFalse();
    }

    @Test
    @DisplayName("the example is a configuration, and names every key")
    void exampleIsAConfiguration() throws IOException {
        ServerConfig config = configure(Map.of(), EXAMPLE);
        assertThat(config.data()).contains(Path.of("/srv/syncline"));
        assertThat(config.listen()).contains(new Listen("0.0.0.0", 8420));
        assertThat(config.publicHost()).contains("sync.example.org");
        assertThat(config.stores().metadata()).isEmpty();
        assertThat(config.stores().blocks().orElseThrow().getAuthority()).isEqualTo("syncline");
        assertThat(config.stores().blocksSecretKey()).contains(new Secret("not-a-secret"));
        assertThat(config.stores().events())
                .contains(URI.create("redis://127.0.0.1:6379?prefix=syncline"));
        assertThat(config.connections()).contains(50_000);
        assertThat(config.backupHorizon()).contains(Duration.ofDays(14));
        String text = Files.readString(EXAMPLE);
        for (Key key : Key.values()) {
            assertThat(text).contains(key.text());
        }
    }

    @Test
    @DisplayName("options go before the environment, which goes before the file")
    void laterLayersWin() throws IOException {
        Path file = file("# who", "", " project =  from the file ", "public-host=file.example");
        assertThat(configure(Map.of(), file).project()).contains("from the file");
        Map<String, String> environment =
                Map.of("SYNCLINE_PROJECT", "environment", "SYNCLINE_PORT", "tcp://10.0.0.1:80");
        assertThat(configure(environment, file).project()).contains("environment");
        ServerConfig config =
                Server.configure(Map.of(Key.PROJECT, "flag"), environment, Optional.of(file));
        assertThat(config.project()).contains("flag");
        assertThat(config.publicHost()).contains("file.example");
        assertThat(configure(Map.of("SYNCLINE_PROJECT", ""), file).project())
                .contains("from the file");
    }

    @Test
    @DisplayName("all that is wrong is told at once, each with its key and where it was said")
    void allErrorsAreToldAtOnce() throws IOException {
        Path file =
                file(
                        "blokcs = s3://bucket",
                        "listen = everywhere",
                        "requests = 0",
                        "requests = 5",
                        "no line at all",
                        "blocks-access-key = a",
                        "events-password-file = /nowhere/at/all",
                        "project-file = /tmp/x",
                        "tls-key = /nowhere/key.pem");
        Map<String, String> environment =
                Map.of(
                        "SYNCLINE_EVENTS", "redis://:hidden-one@/",
                        "SYNCLINE_BLOCKS", "s3://b ucket?secret=hidden-two",
                        "SYNCLINE_ADMIN_PASSWORD", "one",
                        "SYNCLINE_ADMIN_PASSWORD_FILE", "two");
        assertThatThrownBy(() ->
                        Server.configure(
                                Map.of(Key.METADATA, "oracle://h/db"),
                                environment,
                                Optional.of(file)))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID))
                .hasMessageContaining(
                        "blokcs (" + file + ":1): there is no such key; is it 'blocks'")
                .hasMessageContaining("listen (" + file + ":2)")
                .hasMessageContaining("requests (" + file + ":3): a number of 1..")
                .hasMessageContaining("requests (" + file + ":4): said before in line 3")
                .hasMessageContaining(file + ":5: a line is KEY = VALUE")
                .hasMessageContaining("blocks-access-key (" + file + ":6)")
                .hasMessageContaining("events-password (" + file + ":7)")
                .hasMessageContaining("project-file (" + file + ":8): there is no such key")
                .hasMessageContaining("tls-key (" + file + ":9)")
                .hasMessageContaining("events (SYNCLINE_EVENTS)")
                .hasMessageContaining("blocks (SYNCLINE_BLOCKS): not a URL, at its character")
                .hasMessageContaining("SYNCLINE_ADMIN_PASSWORD and SYNCLINE_ADMIN_PASSWORD_FILE")
                .hasMessageContaining("metadata (--metadata)")
                .message()
                .doesNotContain("hidden-one", "hidden-two");
    }

    @Test
    void secretsComeFromFilesOfTheirOwn() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "from a file\n");
        Path file =
                file("events-password-file = " + secret, "admin-password = plain # not a comment");
        assertThat(configure(Map.of(), file).stores().eventsPassword())
                .contains(new Secret("from a file"));
        assertThat(configure(Map.of(), file).adminPassword())
                .contains(new Secret("plain # not a comment"));
        assertThat(
                        configure(Map.of("SYNCLINE_ADMIN_PASSWORD_FILE", secret.toString()), file)
                                .adminPassword())
                .contains(new Secret("from a file"));
    }

    @Test
    void fileThatIsNoneSaysSo() throws IOException {
        assertThatThrownBy(() -> configure(Map.of(), folder.resolve("missing")))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("missing");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> configure(Map.of(), binary))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("UTF-8");
        Path large = Files.write(folder.resolve("large"), new byte[ConfigFile.BYTES_MAX + 1]);
        assertThatThrownBy(() -> configure(Map.of(), large))
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("bytes");
    }
}
