package io.syncline.server.block;

import io.syncline.core.block.ContentWalk;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.DeltaChunkEncoder;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes the signatures of stored blocks, for whoever sends a file of which we have an earlier
 * content. They are hints: what isn't stored any more, or would take too much, is left out.
 */
final class Signatures {
    /** Most bytes of blocks that one request reads; further ones are left out. */
    static final int BLOCKS_BYTES_MAX = DeltaChunkEncoder.BASES_BYTES_MAX;

    /** Most memory that a request takes: frames, and blocks. Signatures are a hundredth of it. */
    static final int MEMORY_BYTES_MAX = 2 * BLOCKS_BYTES_MAX;

    /** Most tree blocks that one request reads: the spans of one answer lie close together. */
    private static final int TREES_MAX = 64;

    private final BlockReader reader;

    Signatures(BlockReader reader) {
        this.reader = reader;
    }

    /** Of the data blocks that hold any byte of those spans, in their order in the content. */
    List<Signature> of(Project project, SignatureRequest request) {
        try {
            return signatures(project, data(project, request));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.CORRUPT) {
                // A damaged block, quarantined now, or no content: the sender does without.
                return List.of();
            }
            throw e;
        }
    }

    private List<Signature> signatures(Project project, Set<Hash> data) {
        Map<Hash, BlockRow> found = reader.find(project, data);
        List<BlockRow> rows = new ArrayList<>();
        long bytes = 0;
        for (Hash hash : data) {
            BlockRow row = found.get(hash);
            if (row != null && row.level() == 0 && bytes + row.sizeBytes() <= BLOCKS_BYTES_MAX) {
                rows.add(row);
                bytes += row.sizeBytes();
            }
        }
        List<ByteBuffer> plain = rows.isEmpty() ? List.of() : reader.plain(project, rows);
        List<Signature> signatures = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            signatures.add(Signature.of(rows.get(i).hash(), plain.get(i)));
        }
        return signatures;
    }

    /** The data blocks that the spans touch, as far as their tree is stored. */
    private Set<Hash> data(Project project, SignatureRequest request) {
        Set<Hash> found = new LinkedHashSet<>();
        long bytes = 0;
        int trees = 0;
        var spans = new ArrayDeque<>(request.spans());
        var walk = new ContentWalk(request.content(), spans.getFirst().from());
        while (bytes < BLOCKS_BYTES_MAX && found.size() < Signature.COUNT_MAX) {
            switch (walk.next(1)) {
                case ContentWalk.Data(Hash hash, int size, long offset) -> {
                    while (!spans.isEmpty() && spans.getFirst().end() <= offset) {
                        spans.removeFirst();
                    }
                    if (spans.isEmpty()) {
                        return found;
                    }
                    if (spans.getFirst().from() < offset + size && found.add(hash)) {
                        bytes += size;
                    }
                }
                case ContentWalk.Needs(List<Hash> needed) -> {
                    Hash tree = needed.getFirst();
                    BlockRow row = reader.find(project, List.of(tree)).get(tree);
                    if (row == null || ++trees > TREES_MAX) {
                        return found;
                    }
                    walk.supply(tree, reader.plain(project, List.of(row)).getFirst());
                }
                case ContentWalk.End _ -> {
                    return found;
                }
            }
        }
        return found;
    }
}
