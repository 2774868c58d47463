package io.syncline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.block.BlockHasher;
import io.syncline.core.delta.Delta;
import io.syncline.core.delta.DeltaEncoder;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.delta.SignatureRequest.Span;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.frame.DeltaChunkEncoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import io.syncline.server.TestServer.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Signatures of stored blocks, and blocks that come as deltas against them. */
class DeltaTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private List<Signature> signatures(Content content, Span... spans) {
        return Signature.read(
                ask(new SignatureRequest(content, List.of(spans)).write()).expect(200).body());
    }

    private Reply ask(ByteBuffer request) {
        return server.send("POST", server.at("/blocks/signatures"), server.token, bytes(request));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Hash name(byte[] block) {
        return new BlockHasher().hash(0, block, 0, block.length);
    }

    private Reply put(List<Signature> bases, byte[] block, Hash named) {
        Delta delta = new DeltaEncoder(bases).encode(ByteBuffer.wrap(block)).orElseThrow();
        try (var chunk = new DeltaChunkEncoder()) {
            assertThat(chunk.add(delta)).isTrue();
            return server.putAs(ChunkName.of(List.of(named)), bytes(chunk.finish()), server.token);
        }
    }

    /** A block of that length which begins as these bytes, with some other bytes within. */
    private static byte[] like(byte[] bytes, int length) {
        byte[] block = Arrays.copyOf(bytes, length);
        Arrays.fill(block, 5_000, 5_100, (byte) 3);
        return block;
    }

    @Test
    @DisplayName("A span's signatures are those of the blocks that hold it, in order")
    void signaturesOfSpans() {
        byte[] bytes = server.randomBytes(1_000_000);
        List<Block> made = new ArrayList<>();
        Content content = TestServer.cut(bytes, made);
        server.upload(bytes);
        made.removeIf(block -> block.level() > 0);
        long second = made.getFirst().sizeBytes();
        long third = second + made.get(1).sizeBytes();

        assertThat(signatures(content, new Span(0, 1_000_000)))
                .extracting(Signature::block)
                .isEqualTo(made.stream().map(Block::hash).toList());
        assertThat(signatures(content, new Span(second, (int) (third - second))))
                .extracting(Signature::block)
                .containsExactly(made.get(1).hash());
        assertThat(signatures(content, new Span(second - 1, 2), new Span(999_999, 5)))
                .extracting(Signature::block)
                .containsExactly(made.get(0).hash(), made.get(1).hash(), made.getLast().hash());
        assertThat(signatures(content, new Span(1_000_000, 1))).isEmpty();
        assertThat(signatures(new Content(0, made.get(2).hash(), 5), new Span(0, 1)))
                .singleElement()
                .satisfies(signature -> {
                    Signature expected = Signature.of(made.get(2).hash(), made.get(2).bytes());
                    assertThat(Signature.write(List.of(signature)))
                            .isEqualTo(Signature.write(List.of(expected)));
                });
    }

    @Test
    @DisplayName("Of what isn't stored there are no signatures")
    void notStored() {
        Content unknown = new Content(2, Hash.sha256(new byte[] {1}), 1L << 40);

        assertThat(signatures(unknown, new Span(0, 1))).isEmpty();
    }

    @Test
    @DisplayName("L9 One answer tells of 8 MiB of blocks at most")
    void bounded() {
        byte[] bytes = server.randomBytes(10 << 20);
        Content content = server.upload(bytes);

        List<Signature> told = signatures(content, new Span(0, bytes.length));

        assertThat(told.stream().mapToInt(Signature::sizeBytes).sum())
                .isBetween((8 << 20) - (256 << 10), 8 << 20);
    }

    @Test
    @DisplayName(
            "L8 A delta is stored as the block that it stands for; a repeat has no further effect")
    void rebuilt() {
        byte[] bytes = server.randomBytes(300_000);
        Content content = server.upload(bytes);
        List<Signature> bases = signatures(content, new Span(0, bytes.length));
        byte[] block = like(bytes, 100_000);

        Reply reply = put(bases, block, name(block)).expect(200);

        assertThat(reply.as(WireJson.CHUNK_ANSWER).stored()).isEqualTo(1);
        Reply read =
                server.send("POST", server.at("/blocks/read"), server.token, name(block).toBytes())
                        .expect(200);
        try (var decoder = new ChunkDecoder(Limits.READ_BYTES_MAX)) {
            assertThat(decoder.decode(read.body()).getFirst().block().bytes())
                    .isEqualTo(ByteBuffer.wrap(block));
        }
        Reply again = put(bases, block, name(block)).expect(200);
        assertThat(again.as(WireJson.CHUNK_ANSWER).known()).isEqualTo(1);
    }

    @Test
    @DisplayName("Deltas that give another block than named are refused, and nothing is stored")
    void another() {
        byte[] bytes = server.randomBytes(300_000);
        Content content = server.upload(bytes);
        List<Signature> bases = signatures(content, new Span(0, bytes.length));
        byte[] block = like(bytes, 100_000);

        put(bases, block, Hash.EMPTY).expect(ErrorCode.INVALID);

        assertThat(
                        server.send(
                                        "POST",
                                        server.at("/blocks/missing"),
                                        server.token,
                                        name(block).toBytes())
                                .expect(200)
                                .bytes())
                .containsExactly((byte) 1);
    }

    @Test
    @DisplayName("L7, R10 What isn't stored in this project can't be copied from")
    void basesOfThisProject() {
        byte[] bytes = server.randomBytes(100_000);
        Signature unknown = Signature.of(name(bytes), ByteBuffer.wrap(bytes));
        byte[] block = like(bytes, 90_000);

        assertThat(put(List.of(unknown), block, name(block)).expect(ErrorCode.NOT_FOUND).missing())
                .containsExactly(unknown.block());
    }

    @Test
    void malformedRequestsAreRefused() {
        ask(ByteBuffer.allocate(0)).expect(ErrorCode.INVALID);
        ask(ByteBuffer.allocate(60)).expect(ErrorCode.INVALID);
        ask(ByteBuffer.allocate(SignatureRequest.BYTES_MAX + 1)).expect(ErrorCode.TOO_LARGE);
    }
}
