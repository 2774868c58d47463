package io.syncline.server;

import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.ChunkAnswer;
import io.syncline.core.wire.WireJson;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.block.pack.PackBlockStore;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    @TempDir private Path folder;

    private static BitSet missing(TestServer server, List<Hash> hashes) {
        ByteBuffer body = ByteBuffer.allocate(hashes.size() * Hash.BYTES);
        hashes.forEach(hash -> hash.write(body));
        return BitSet.valueOf(
                server.send("POST", server.at("/blocks/missing"), server.token, body.array())
                        .expect(200)
                        .body());
    }

    private void damage(TestServer server, FrameLocation place) throws IOException {
        Path pack =
                folder.resolve("blocks/packs")
                        .resolve(server.project.value())
                        .resolve(place.pack().value() + ".pack");
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
            long at = place.offsetBytes() + place.lengthBytes() / 2;
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 4);
        }
    }

    @Test
    @DisplayName(
            "R25 a damaged byte in a pack is found by a reader; tree blocks then count as missing,"
                    + " and sending the file again heals it")
    void damagedBlockIsHealedBySendingAgain() throws Exception {
        SqliteMetadataStore metadata = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"));
        PackBlockStore blocks =
                PackBlockStore.open(
                        folder.resolve("blocks"), new Random(25), InstantSource.system());
        ServerSettings settings =
                new ServerSettings(
                        folder, EdgeSettings.loopback(0), Optional.of(TestServer.PASSWORD), "test");
        Stores stores =
                new Stores(
                        metadata,
                        blocks,
                        new MemorySnapshotFiles(InstantSource.system()),
                        new MemoryEventBus());
        try (TestServer server = new TestServer(Server.start(settings, stores))) {
            byte[] bytes = server.randomBytes(500_000);
            List<Block> made = new ArrayList<>();
            Content content = TestServer.cut(bytes, made);
            server.put(TestServer.chunk(made), server.token).expect(200);
            long id = server.applied(file(-1, 0, "f.bin", content));
            List<Hash> names = made.stream().map(Block::hash).toList();
            assertThat(missing(server, names).isEmpty()).isTrue();

            Project project =
                    metadata.read(read -> read.projects().find(server.project)).orElseThrow();
            Hash damaged = names.get(1);
            BlockRow row =
                    metadata.read(read -> read.blocks(project.key()).find(List.of(damaged)))
                            .values()
                            .iterator()
                            .next();
            damage(server, row.location());

            server.send("POST", server.at("/blocks/read"), server.token, damaged.toBytes())
                    .expect(ErrorCode.CORRUPT);
            assertThat(
                            server.send(
                                            "POST",
                                            server.at("/blocks/read"),
                                            server.token,
                                            damaged.toBytes())
                                    .expect(ErrorCode.NOT_FOUND)
                                    .missing())
                    .containsExactly(damaged);

            BitSet now = missing(server, names);
            for (int i = 0; i < names.size(); i++) {
                boolean tree = made.get(i).level() > 0;
                assertThat(now.get(i)).as("block %s", i).isEqualTo(tree || i == 1);
            }

            ChunkAnswer again =
                    server.put(TestServer.chunk(made), server.token).as(WireJson.CHUNK_ANSWER);
            assertThat(again.stored()).isEqualTo(1);
            assertThat(missing(server, names).isEmpty()).isTrue();
            assertThat(server.get(server.at("/nodes/" + id + "/content")).expect(200).bytes())
                    .isEqualTo(bytes);
        }
    }
}
