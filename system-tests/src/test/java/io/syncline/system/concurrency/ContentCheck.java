package io.syncline.system.concurrency;

import io.syncline.client.api.BlockApi.BlocksOutcome;
import io.syncline.client.api.ServerApi;
import io.syncline.core.block.Block;
import io.syncline.core.block.ContentWalk;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Limits;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads contents whole, every block re-hashed. */
final class ContentCheck implements AutoCloseable {
    private final ServerApi api;
    private final ProjectId project;
    private final ChunkDecoder decoder = new ChunkDecoder(Limits.READ_BYTES_MAX);
    private final Set<Hash> read = new HashSet<>();

    ContentCheck(ServerApi api, ProjectId project) {
        this.api = api;
        this.project = project;
    }

    /** Fails where a content isn't all there. */
    void check(Content content) {
        ContentWalk walk = new ContentWalk(content);
        long bytes = 0;
        while (true) {
            switch (walk.next(1)) {
                case ContentWalk.Data data -> {
                    bytes += data.sizeBytes();
                    if (read.add(data.hash())) {
                        Block block = block(data.hash());
                        if (block.bytes().remaining() != data.sizeBytes()) {
                            throw new AssertionError("another size of " + data);
                        }
                    }
                }
                case ContentWalk.Needs needs ->
                        needs.trees().forEach(tree -> walk.supply(tree, block(tree).bytes()));
                case ContentWalk.End _ -> {
                    if (bytes != content.sizeBytes()) {
                        throw new AssertionError(content + " has " + bytes + " bytes");
                    }
                    return;
                }
            }
        }
    }

    private Block block(Hash hash) {
        if (!(api.readBlocks(project, List.of(hash)) instanceof BlocksOutcome.Frames(var chunk))) {
            throw new AssertionError("block " + hash + " isn't there");
        }
        Block block = decoder.decode(chunk).getFirst().block();
        if (!block.hash().equals(hash)) {
            throw new AssertionError("block " + hash + " is another's");
        }
        return block;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
