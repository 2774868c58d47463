package io.syncline.system.sim;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Hashes;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.WireJson;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a device was told about its blocks, to see that it sends none that the server said it has.
 * For each time that it was told that one is missing it may send it once: two files with equal
 * blocks may be asked about at once. Tree blocks aren't asked about where those below them are, and
 * go with these. What isn't answered may be sent again; a process that begins anew knows nothing.
 */
final class Acknowledged {
    private final Set<Hash> stored = new HashSet<>();
    private final Map<Hash, Integer> missing = new HashMap<>();
    private final Set<Hash> asked = new HashSet<>();

    /** Chunks that were sent and not answered. */
    private final Set<String> open = new HashSet<>();

    private Kernel.@Nullable Program process;

    /**
     * A request is sent.
     *
     * @throws Violation "twice" where it has a block that the server is known to have
     */
    void sending(Envelope request, Kernel.Program by) {
        if (by != process) {
            process = by;
            stored.clear();
            missing.clear();
            asked.clear();
            open.clear();
        }
        if (!isChunk(request) || !open.add(request.path())) {
            return;
        }
        List<Hash> sent = blocks(request);
        boolean wanted = sent.stream().anyMatch(missing::containsKey);
        for (Hash hash : sent) {
            boolean isAllowed = missing.containsKey(hash) || (wanted && !asked.contains(hash));
            missing.computeIfPresent(hash, (_, times) -> times > 1 ? times - 1 : null);
            if (!isAllowed && stored.contains(hash)) {
                throw new Violation("twice", "block " + hash + " was sent, which the server has");
            }
        }
    }

    private static boolean isChunk(Envelope request) {
        return request.path().contains("/chunks/");
    }

    private static List<Hash> blocks(Envelope request) {
        try (var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX)) {
            return decoder.decode(ByteBuffer.wrap(request.body(Limits.CHUNK_BYTES_MAX))).stream()
                    .map(received -> received.block().hash())
                    .toList();
        }
    }

    /** It was answered, and the answer has come. */
    void received(Envelope request, Reply reply) {
        if (isChunk(request)) {
            open.remove(request.path());
            if (reply.status() == 200) {
                stored.addAll(blocks(request));
            } else if (reply.status() == ErrorCode.STALE.httpStatus()) {
                WireJson.PROBLEM.fromBytes(reply.body()).missing().forEach(this::isMissing);
                blocks(request).forEach(this::isMissing);
            }
        } else if (request.path().endsWith("/blocks/missing") && reply.status() == 200) {
            List<Hash> hashes =
                    Hashes.fromBytes(
                            request.body(Limits.JSON_BODY_BYTES_MAX), Limits.MISSING_HASHES_MAX);
            var bits = java.util.BitSet.valueOf(reply.body());
            asked.addAll(hashes);
            for (int i = 0; i < hashes.size(); i++) {
                if (bits.get(i)) {
                    isMissing(hashes.get(i));
                } else {
                    stored.add(hashes.get(i));
                }
            }
        } else if (request.path().endsWith("/commits") && reply.status() == 200) {
            for (ChangeResult result : WireJson.COMMIT_ANSWER.fromBytes(reply.body()).results()) {
                if (result instanceof ChangeResult.Refused refused) {
                    refused.missing().forEach(this::isMissing);
                }
            }
        }
    }

    private void isMissing(Hash hash) {
        missing.merge(hash, 1, Integer::sum);
    }
}
