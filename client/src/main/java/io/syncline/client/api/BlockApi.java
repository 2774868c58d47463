package io.syncline.client.api;

import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.WantedPage;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/**
 * The block store of a project on the server. For guarantees and failures see {@link ServerApi}.
 */
public interface BlockApi {

    /**
     * Which of these blocks the server lacks: bit i is set when hash i is missing. "Not missing"
     * holds until a commit, or the commit says which blocks to send again.
     *
     * @param hashes at most {@code Limits.MISSING_HASHES_MAX}
     */
    BitSet missing(ProjectId project, List<Hash> hashes);

    /**
     * Stores the blocks of a chunk. May be repeated. One of deltas is NOT_FOUND where a base isn't
     * stored any more, and INVALID where they give other blocks than named.
     *
     * @param name the chunk's, a {@link io.syncline.core.frame.ChunkName}
     * @param chunk its remaining bytes, at most {@code Limits.CHUNK_BYTES_MAX}; neither changed nor
     *     kept, its position stays
     */
    ChunkOutcome putChunk(ProjectId project, Hash name, ByteBuffer chunk);

    /**
     * What the server tells of the blocks that hold some parts of a content, so that changed ones
     * can be sent as deltas: of as many as it has and likes to, perhaps of none.
     */
    List<Signature> signatures(ProjectId project, SignatureRequest request);

    /**
     * Fetches blocks. The frames are not verified here: who unpacks them compares every hash.
     *
     * @param hashes at most {@code Limits.READ_HASHES_MAX}, together below {@code
     *     Limits.READ_BYTES_MAX} plain bytes
     */
    BlocksOutcome readBlocks(ProjectId project, List<Hash> hashes);

    /**
     * The live files that hold blocks which the server wants to be sent again (R25); for editors.
     *
     * @param after the last node of the page before, 0 for the first
     */
    WantedPage wanted(ProjectId project, long after);

    /** What became of a chunk. */
    sealed interface ChunkOutcome {
        /** All its blocks are stored: {@code stored} new ones, {@code known} already there. */
        record Stored(int stored, int known) implements ChunkOutcome {}

        /**
         * Nothing of the chunk is stored, because a tree block in it lists blocks that aren't (L3,
         * R10): send these and then the chunk again.
         *
         * @param children at most 500 of them
         */
        record MissingChildren(List<Hash> children) implements ChunkOutcome {
            public MissingChildren {
                children = List.copyOf(children);
            }
        }
    }

    /** The answer to a read. */
    sealed interface BlocksOutcome {
        /**
         * The blocks' frames in the order asked: a chunk as {@code docs/formats.md} has it.
         *
         * @param chunk the receiver's own
         */
        record Frames(ByteBuffer chunk) implements BlocksOutcome {}

        /**
         * Nothing was sent, because some of the blocks aren't stored.
         *
         * @param hashes at most 500 of them
         */
        record NotStored(List<Hash> hashes) implements BlocksOutcome {
            public NotStored {
                hashes = List.copyOf(hashes);
            }
        }
    }
}
