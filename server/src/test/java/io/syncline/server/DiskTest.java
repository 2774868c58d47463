package io.syncline.server;

import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.WireJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on its data folder: SQLite and packs. */
class DiskTest {
    @TempDir private Path folder;

    @Test
    @DisplayName("L2 L8 what was answered is there after a restart, and repeats find their answer")
    void restart() {
        Path data = folder.resolve("data");
        byte[] bytes;
        byte[] commit;
        byte[] answer;
        TestServer.Seat seat;
        try (TestServer server = new TestServer(Server.start(ServerSettings.loopback(data, 0)))) {
            assertThat(server.server.adminPassword()).isPresent();
            bytes = server.randomBytes(2_000_000);
            Content content = server.upload(bytes);
            Commit sent = server.commitOf(false, List.of(file(-1, 0, "f", content)));
            commit = WireJson.COMMIT.toBytes(sent);
            answer =
                    server.send("POST", server.at("/commits"), server.token, commit)
                            .expect(200)
                            .bytes();
            seat = server.seat();
        }
        assertThat(Files.exists(data.resolve("metadata.sqlite"))).isTrue();
        assertThat(Files.isDirectory(data.resolve("packs"))).isTrue();
        try (TestServer server =
                new TestServer(Server.start(ServerSettings.loopback(data, 0)), seat)) {
            assertThat(server.server.adminPassword()).isEmpty();
            assertThat(server.view().head()).isEqualTo(1);
            assertThat(server.get(server.at("/nodes/1/content")).expect(200).bytes())
                    .isEqualTo(bytes);
            assertThat(
                            server.send("POST", server.at("/commits"), server.token, commit)
                                    .expect(200)
                                    .bytes())
                    .isEqualTo(answer);
            assertThat(server.changes(0, 10).changes()).hasSize(1);
        }
    }

    @Test
    void secondServerOnOneFolderIsRefused() {
        try (Server _ = Server.start(ServerSettings.loopback(folder, 0))) {
            assertThatThrownBy(() -> Server.start(ServerSettings.loopback(folder, 0)))
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }
}
