package io.syncline.server;

import static io.syncline.server.TestServer.chunk;
import static io.syncline.server.TestServer.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WantedJson;
import io.syncline.core.wire.WantedPage;
import io.syncline.server.block.HealedBlocks;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.ProjectKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which files devices are told to send again. */
class WantedTest {
    private final TestServer t = new TestServer();
    private final BlockHasher hasher = new BlockHasher();

    @AfterEach
    void stop() {
        t.close();
    }

    private ProjectKey key() {
        return t.metadata.read(read -> read.projects().find(t.project)).orElseThrow().key();
    }

    private Block data(int size) {
        byte[] bytes = t.randomBytes(size);
        return new Block(hasher.hash(0, bytes, 0, size), 0, ByteBuffer.wrap(bytes));
    }

    private static Block tree(Block... below) {
        List<TreeBlock.Entry> entries =
                java.util.Arrays.stream(below)
                        .map(block -> new TreeBlock.Entry(block.hash(), plainBytes(block)))
                        .toList();
        return Block.of(TreeBlock.of(below[0].level() + 1, entries));
    }

    private static long plainBytes(Block block) {
        return block.level() == 0 ? block.sizeBytes() : TreeBlock.parse(block.bytes()).sizeBytes();
    }

    private static Content content(Block top) {
        return new Content(top.level(), top.hash(), plainBytes(top));
    }

    private void setAside(Block block) {
        ProjectKey key = key();
        t.metadata.write(write -> {
            BlockRow row =
                    Objects.requireNonNull(
                            write.blocks(key).find(List.of(block.hash())).get(block.hash()));
            return write.quarantine(key).add(row.hash(), row.location(), Instant.now());
        });
    }

    private WantedPage wanted(long after) {
        return t.get(t.at("/blocks/wanted?after=" + after)).as(WantedJson.CODEC);
    }

    private WantedPage.File told(long node, Block top) {
        return new WantedPage.File(new NodeId(node), top.level(), top.hash());
    }

    @Test
    @DisplayName("R25 a damaged block is told by the live files that hold it, at any depth")
    void filesThatHoldADamagedBlock() {
        Block a = data(20_000);
        Block b = data(21_000);
        Block c = data(22_000);
        Block small = data(300);
        Block ab = tree(a, b);
        Block bc = tree(b, c);
        Block high = tree(ab, bc);
        Block other = tree(a, c);
        t.put(chunk(List.of(a, b, c, small, ab, bc, high, other)), t.token).expect(200);
        long deep = t.applied(file(-1, 0, "deep", content(high)));
        long flat = t.applied(file(-1, 0, "flat", content(ab)));
        long sound = t.applied(file(-1, 0, "sound", content(other)));
        long tiny = t.applied(file(-1, 0, "tiny", content(small)));
        assertThat(wanted(0)).isEqualTo(WantedPage.NOTHING);

        setAside(b);
        WantedPage first = wanted(0);
        assertThat(first.blocks()).isEqualTo(1);
        assertThat(first.complete()).isTrue();
        assertThat(first.files()).containsExactly(told(deep, high), told(flat, ab));
        assertThat(wanted(deep).files()).containsExactly(told(flat, ab));

        // A damaged tree block, and a file of one block.
        setAside(other);
        setAside(small);
        assertThat(wanted(0).files())
                .containsExactly(
                        told(deep, high), told(flat, ab), told(sound, other), told(tiny, small));

        t.put(chunk(List.of(b, small)), t.token).expect(200);
        assertThat(wanted(0).blocks()).isEqualTo(1);
        t.put(chunk(List.of(other)), t.token).expect(200);
        assertThat(wanted(0)).isEqualTo(WantedPage.NOTHING);
        assertThat(t.metadata.<Long>read(read -> HealedBlocks.of(read.settings(), t.project)))
                .isEqualTo(3);
    }

    @Test
    @DisplayName("L7 wanted blocks are told to those who may send them, and to nobody else")
    void noPeeking() {
        String viewer = t.device(t.admin);
        String stranger = t.stranger();
        assertThat(t.get(t.at("/blocks/wanted"), viewer).status()).isEqualTo(200);
        t.get(t.at("/blocks/wanted"), stranger).expect(ErrorCode.NOT_FOUND);
        t.metadata.write(write -> {
            write.members(key()).put(t.admin, Role.VIEWER);
            return true;
        });
        t.get(t.at("/blocks/wanted"), viewer).expect(ErrorCode.FORBIDDEN);
    }
}
