package io.syncline.server.block;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.delta.SignatureRequest.Span;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.DeltaChunkEncoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Project;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            var walk = new Walk(project, request.spans());
            Content content = request.content();
            walk.visit(content.level(), content.hash(), content.sizeBytes(), 0);
            return signatures(project, walk.data);
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.CORRUPT) {
                // It is quarantined now; the sender does without.
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

    /** One pass down a content's tree, into what the spans touch. */
    private final class Walk {
        private final Project project;
        private final List<Span> spans;
        private int trees;

        /** Data blocks, in order. */
        private final Set<Hash> data = new LinkedHashSet<>();

        private long dataBytes;

        /** The first span that doesn't end before what is visited. */
        private int next;

        Walk(Project project, List<Span> spans) {
            this.project = project;
            this.spans = spans;
        }

        void visit(int level, Hash hash, long size, long from) {
            while (next < spans.size() && spans.get(next).end() <= from) {
                next++;
            }
            boolean touched = next < spans.size() && spans.get(next).from() < from + size;
            if (!touched || dataBytes >= BLOCKS_BYTES_MAX) {
                return;
            }
            if (level == 0) {
                if (data.size() < Signature.COUNT_MAX && data.add(hash)) {
                    dataBytes += size;
                }
                return;
            }
            Optional<TreeBlock> tree = tree(level, hash);
            if (tree.isPresent()) {
                long at = from;
                for (TreeBlock.Entry entry : tree.get().entries()) {
                    visit(level - 1, entry.hash(), entry.sizeBytes(), at);
                    at += entry.sizeBytes();
                }
            }
        }

        private Optional<TreeBlock> tree(int level, Hash hash) {
            BlockRow row = reader.find(project, List.of(hash)).get(hash);
            if (row == null || row.level() != level || ++trees > TREES_MAX) {
                return Optional.empty();
            }
            ByteBuffer bytes = reader.plain(project, List.of(row)).getFirst();
            return Optional.of(TreeBlock.parse(bytes));
        }
    }
}
