package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ZstandardCoding;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What a server that means harm, or something in between, may answer the client: a call returns or
 * throws the one exception that it is documented to throw.
 */
final class AnswerTarget implements Target {
    private static final String ID = "00112233445566778899aabbccddeeff";
    private static final ProjectId PROJECT = new ProjectId(ID);
    private static final Proof PROOF =
            new Proof(new Cursor(new Epoch(ID), 9), new TreeDigest(Hash.EMPTY), ID);

    private static final List<Consumer<HttpServerApi>> CALLS =
            List.of(
                    HttpServerApi::hello,
                    HttpServerApi::projects,
                    api -> api.project(PROJECT),
                    api -> api.devices(Optional.empty()),
                    api ->
                            api.changes(
                                    PROJECT,
                                    new ChangesRequest(
                                            Optional.of(PROOF),
                                            7,
                                            Optional.empty(),
                                            5,
                                            Optional.empty())),
                    api -> api.commit(PROJECT, new byte[1]),
                    api ->
                            api.checkpoint(
                                    PROJECT,
                                    new Checkpoint(
                                            new ReplicaId(ID),
                                            PROOF.cursor(),
                                            PROOF.digest(),
                                            Optional.empty(),
                                            0,
                                            "f")),
                    api -> api.missing(PROJECT, List.of(Hash.EMPTY, Hash.EMPTY)),
                    api -> api.putChunk(PROJECT, Hash.EMPTY, ByteBuffer.allocate(1)),
                    api -> api.readBlocks(PROJECT, List.of(Hash.EMPTY)),
                    api ->
                            api.signatures(
                                    PROJECT,
                                    new SignatureRequest(
                                            new Content(0, Hash.sha256(new byte[1]), 1),
                                            List.of(new SignatureRequest.Span(0, 1)))),
                    api -> api.snapshot(PROJECT, new ReplicaId(ID), Optional.of(ID), 5, 10),
                    api -> api.snapshot(PROJECT, new ReplicaId(ID), Optional.empty(), 0, 10),
                    api ->
                            api.children(
                                    PROJECT,
                                    NodeId.ROOT,
                                    ListingOrder.BY_NAME,
                                    Optional.empty(),
                                    5),
                    api -> api.search(PROJECT, "a", Optional.empty(), 5),
                    api -> api.node(PROJECT, new NodeId(7)),
                    api -> api.resolve(PROJECT, "a/b"),
                    api -> api.log(PROJECT, OptionalLong.empty(), 5),
                    HttpServerApi::signOut);

    private final Peer peer;
    private final HttpServerApi api;

    AnswerTarget() throws IOException {
        peer = new Peer();
        api =
                new HttpServerApi(
                        ServerAddress.parse("http://127.0.0.1:" + peer.port()),
                        Optional.of(new Secret("sld_x")));
    }

    @Override
    public String name() {
        return "answer";
    }

    @Override
    public List<byte[]> samples() {
        List<byte[]> samples = new ArrayList<>();
        String page =
                "{\"proof\":\""
                        + PROOF
                        + "\",\"from\":7,\"to\":9,\"more\":false,\"floor\":0,"
                        + "\"changes\":[]}";
        samples.add(Fields.of(4, List.of("200", "", "application/json", "", "", ""), page));
        samples.add(
                Fields.of(
                        4,
                        List.of("410", "", "application/problem+json", "", "", ""),
                        "{\"type\":\"urn:syncline:EXPIRED\",\"status\":410,\"resync\":\"union\"}"));
        samples.add(
                Fields.of(
                        5,
                        List.of("200", "zstd", "application/json", "", "", ""),
                        "{\"proof\":\"" + PROOF + "\",\"results\":[]}"));
        samples.add(
                Fields.of(
                        10,
                        List.of(
                                "206",
                                "",
                                "application/octet-stream",
                                "bytes 5-9/20",
                                "/v1/projects/" + ID + "/snapshots/" + ID,
                                PROOF.toString()),
                        "abcde"));
        samples.add(Fields.of(7, List.of("200", "", "", "", "", ""), "\u0003"));
        samples.add(Fields.of(17, List.of("204", "", "", "", "", ""), ""));
        samples.add(
                Fields.of(
                        0,
                        List.of("503", "", "", "", "", "", "17"),
                        "{\"type\":\"urn:syncline:UNAVAILABLE\"}"));
        return samples;
    }

    @Override
    public long allocationMax(int inputBytes) {
        // Its connection's buffers, and a JSON document's.
        return (4L << 20) + 2_000L * inputBytes;
    }

    @Override
    public int briefly() {
        return 200;
    }

    @Override
    public void decode(byte[] input) {
        Fields fields = new Fields(input);
        int call = fields.choice(CALLS.size());
        peer.answerNext(answer(fields));
        try {
            CALLS.get(call).accept(api);
        } catch (SynclineException e) {
            require(e.getMessage() != null, "a refusal without a reason");
        }
    }

    private static byte[] answer(Fields fields) {
        String status = fields.header().replaceAll("[^0-9]", "");
        boolean compressed = fields.header().equals("zstd");
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
        for (String name :
                List.of(
                        "Content-Type",
                        "Content-Range",
                        "Content-Location",
                        "Syncline-Proof",
                        "Retry-After",
                        "ETag",
                        "Syncline-Epoch")) {
            String value = fields.header();
            if (!value.isBlank()) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        }
        byte[] body = fields.body();
        if (compressed) {
            head.append("Content-Encoding: zstd\r\n");
            body = BlockTargets.bytes(ZstandardCoding.encode(ByteBuffer.wrap(body)));
        }
        head.append("Syncline-Protocol: 1-1\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }

    @Override
    public void close() {
        api.close();
        peer.close();
    }
}
