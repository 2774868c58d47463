package io.syncline.server.block;

import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.ChunkAnswer;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.ProblemException;
import io.syncline.server.edge.RequestKind;
import io.syncline.server.edge.Router;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.ReadTransaction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The addresses of blocks. */
public final class BlockRoutes implements AutoCloseable {
    private final MetadataStore store;
    private final BlockFilters filters;
    private final ChunkIntake intake;
    private final BlockReader reader;
    private final Signatures signatures;

    /**
     * Blocks in these stores.
     *
     * @param healed told when a block was stored that had been quarantined
     */
    public BlockRoutes(
            MetadataStore store,
            BlockStore blocks,
            BlockReader reader,
            BlockFilters filters,
            InstantSource clock,
            Consumer<Project> healed) {
        this.store = store;
        this.filters = filters;
        this.intake = new ChunkIntake(store, blocks, reader, filters, clock, healed);
        this.signatures = new Signatures(reader);
        this.reader = reader;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        router.add(
                        "POST",
                        "/v1/projects/{p}/blocks/missing",
                        access.member(Role.EDITOR, this::missing))
                .add(
                        "PUT",
                        "/v1/projects/{p}/chunks/{sha}",
                        RequestKind.UPLOAD,
                        access.member(Role.EDITOR, this::put))
                .add(
                        "POST",
                        "/v1/projects/{p}/blocks/signatures",
                        RequestKind.DOWNLOAD,
                        access.member(Role.EDITOR, this::signatures))
                .add(
                        "POST",
                        "/v1/projects/{p}/blocks/read",
                        RequestKind.DOWNLOAD,
                        access.member(Role.VIEWER, this::read));
    }

    private Answer missing(Call call, Member member) throws IOException {
        List<Hash> hashes = hashes(call, Limits.MISSING_HASHES_MAX);
        ProjectKey project = member.project().key();
        Set<Hash> maybe = filters.mayHave(project, hashes);
        Set<Hash> present =
                maybe.isEmpty() ? Set.of() : store.read(read -> present(read, project, maybe));
        byte[] bitmap = new byte[(hashes.size() + 7) / 8];
        for (int i = 0; i < hashes.size(); i++) {
            if (!present.contains(hashes.get(i))) {
                bitmap[i / 8] |= (byte) (1 << (i % 8));
            }
        }
        return Answer.binary(ByteBuffer.wrap(bitmap));
    }

    /**
     * While a block is quarantined, a stored tree block doesn't prove that what it lists is whole:
     * every one counts as missing, so that clients walk to the leaves and send again (R25).
     */
    private static Set<Hash> present(ReadTransaction read, ProjectKey project, Set<Hash> hashes) {
        if (!read.quarantine(project).any()) {
            return read.blocks(project).present(hashes);
        }
        return read.blocks(project).find(hashes).values().stream()
                .filter(row -> row.level() == 0 && !row.condemned())
                .map(BlockRow::hash)
                .collect(Collectors.toSet());
    }

    private static List<Hash> hashes(Call call, int max) throws IOException {
        ByteBuffer body = ByteBuffer.wrap(call.body(max * Hash.BYTES));
        if (body.remaining() % Hash.BYTES != 0) {
            throw SynclineException.invalid("the body isn't a list of hashes of 32 bytes");
        }
        List<Hash> hashes = new ArrayList<>(body.remaining() / Hash.BYTES);
        while (body.hasRemaining()) {
            hashes.add(Hash.read(body));
        }
        return hashes;
    }

    private Answer put(Call call, Member member) throws IOException {
        Hash named = Hash.parse(call.variable("sha"));
        ByteBuffer body = call.lentBody(Limits.CHUNK_BYTES_MAX);
        // Decoded, the chunk takes its size again, and what was compressed together once more.
        call.reserve(2 * Limits.CHUNK_BYTES_MAX);
        ChunkAnswer answer =
                intake.take(
                        member.project(), member.caller().committer(), named, body, call::reserve);
        return Answer.json(WireJson.CHUNK_ANSWER.toBytes(answer));
    }

    private Answer signatures(Call call, Member member) throws IOException {
        SignatureRequest request =
                SignatureRequest.read(ByteBuffer.wrap(call.body(SignatureRequest.BYTES_MAX)));
        call.reserve(Signatures.MEMORY_BYTES_MAX);
        return Answer.binary(Signature.write(signatures.of(member.project(), request)));
    }

    private Answer read(Call call, Member member) throws IOException {
        List<Hash> hashes = hashes(call, Limits.READ_HASHES_MAX);
        if (hashes.isEmpty()) {
            throw SynclineException.invalid("no hashes are asked for");
        }
        Map<Hash, BlockRow> found = reader.find(member.project(), new HashSet<>(hashes));
        List<BlockRow> rows = new ArrayList<>();
        Set<Hash> missing = new HashSet<>();
        long plainBytes = 0;
        for (Hash hash : hashes) {
            BlockRow row = found.get(hash);
            if (row == null) {
                missing.add(hash);
            } else {
                rows.add(row);
                plainBytes += row.sizeBytes();
            }
        }
        if (!missing.isEmpty()) {
            throw ProblemException.missing(
                    ErrorCode.NOT_FOUND, "blocks aren't stored", List.copyOf(missing));
        }
        if (plainBytes > Limits.READ_BYTES_MAX) {
            throw new SynclineException(
                    ErrorCode.TOO_LARGE,
                    "the blocks have more than " + Limits.READ_BYTES_MAX + " bytes; ask for fewer");
        }
        call.reserve((int) plainBytes);
        // The frames go out as they are stored: nothing is decompressed or compressed for that.
        List<ByteBuffer> parts = ChunkEncoder.ofFrames(reader.frames(member.project(), rows));
        long length = parts.stream().mapToLong(ByteBuffer::remaining).sum();
        return new Answer(
                200,
                Map.of("Content-Type", Answer.BINARY),
                new Answer.Stream(length, out -> write(parts, out)));
    }

    private static void write(List<ByteBuffer> parts, OutputStream out) throws IOException {
        byte[] copy = new byte[64 << 10];
        for (ByteBuffer part : parts) {
            ByteBuffer from = part.duplicate();
            while (from.hasRemaining()) {
                int length = Math.min(copy.length, from.remaining());
                from.get(copy, 0, length);
                out.write(copy, 0, length);
            }
        }
    }

    /** Gives back what is kept for the next chunk. */
    @Override
    public void close() {
        intake.close();
    }
}
