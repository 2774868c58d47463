package io.syncline.client.transfer;

import io.syncline.client.api.BlockApi;
import io.syncline.client.transfer.FetchQueue.Batch;
import io.syncline.client.transfer.FetchQueue.Fault;
import io.syncline.client.transfer.FetchQueue.Want;
import io.syncline.core.block.Block;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One lane from the server: reads batches of blocks, verifies each and hands it over. Owned by one
 * thread.
 */
final class FetchLane {
    private final FetchQueue queue;
    private final BlockApi server;
    private final ProjectId project;

    /** Made when first needed, for it holds native memory. */
    private @Nullable ChunkDecoder decoder;

    FetchLane(FetchQueue queue, BlockApi server, ProjectId project) {
        this.queue = queue;
        this.server = server;
        this.project = project;
    }

    void run() throws InterruptedException {
        try {
            Optional<Batch> batch = queue.next(false);
            while (batch.isPresent()) {
                fetch(batch.get());
                batch = queue.next(true);
            }
        } finally {
            if (decoder != null) {
                decoder.close();
            }
        }
    }

    private void fetch(Batch batch) {
        batch.abandoned().forEach(FetchQueue.Target::drop);
        Set<Hash> hashes = new LinkedHashSet<>(batch.hashes());
        while (!hashes.isEmpty()) {
            switch (server.readBlocks(project, List.copyOf(hashes))) {
                case BlockApi.BlocksOutcome.Frames(ByteBuffer chunk) -> {
                    receive(batch, List.copyOf(hashes), chunk);
                    return;
                }
                case BlockApi.BlocksOutcome.NotStored(var missing) -> {
                    int before = hashes.size();
                    for (Hash hash : missing) {
                        if (hashes.remove(hash)) {
                            refuse(batch, hash, Fault.NOT_STORED);
                        }
                    }
                    if (hashes.size() == before) {
                        throw SynclineException.corrupt(
                                "the server misses blocks that it wasn't asked for");
                    }
                }
            }
        }
    }

    private void receive(Batch batch, List<Hash> asked, ByteBuffer chunk) {
        Optional<List<Block>> blocks = decode(batch, asked, chunk);
        if (blocks.isPresent()) {
            blocks.get().forEach(block -> deliver(batch, block));
            return;
        }
        // Once more, each alone: so that one damaged block doesn't condemn its neighbours.
        for (Hash hash : asked) {
            Optional<Block> block = fetchAlone(batch, hash);
            if (block.isPresent()) {
                deliver(batch, block.get());
            }
        }
    }

    private Optional<Block> fetchAlone(Batch batch, Hash hash) {
        Fault fault = Fault.DAMAGED;
        switch (server.readBlocks(project, List.of(hash))) {
            case BlockApi.BlocksOutcome.Frames(ByteBuffer chunk) -> {
                Optional<List<Block>> blocks = decode(batch, List.of(hash), chunk);
                if (blocks.isPresent()) {
                    return Optional.of(blocks.get().getFirst());
                }
            }
            case BlockApi.BlocksOutcome.NotStored _ -> fault = Fault.NOT_STORED;
        }
        refuse(batch, hash, fault);
        return Optional.empty();
    }

    /** The blocks asked for, in order; empty where the chunk is anything else. */
    private Optional<List<Block>> decode(Batch batch, List<Hash> asked, ByteBuffer chunk) {
        if (decoder == null) {
            decoder = new ChunkDecoder(Limits.READ_BYTES_MAX);
        }
        List<Block> blocks = new ArrayList<>(asked.size());
        try {
            decoder.decode(chunk).forEach(received -> blocks.add(received.block()));
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.CORRUPT) {
                throw e;
            }
            // The caller asks again and, if that is damaged as well, reports the block.
            return Optional.empty();
        }
        boolean asAsked = blocks.size() == asked.size();
        for (int i = 0; asAsked && i < asked.size(); i++) {
            Block block = blocks.get(i);
            List<Want> wants = batch.wants().getOrDefault(asked.get(i), List.of());
            asAsked =
                    block.hash().equals(asked.get(i))
                            && wants.stream().allMatch(want -> fits(want, block));
        }
        return asAsked ? Optional.of(blocks) : Optional.empty();
    }

    private static boolean fits(Want want, Block block) {
        return want.tree()
                ? block.level() > 0
                : block.level() == 0 && block.sizeBytes() == want.sizeBytes();
    }

    private static void deliver(Batch batch, Block block) {
        for (Want want : batch.wants().getOrDefault(block.hash(), List.of())) {
            want.target().deliver(want, block.bytes());
        }
    }

    private static void refuse(Batch batch, Hash hash, Fault fault) {
        for (Want want : batch.wants().getOrDefault(hash, List.of())) {
            want.target().refuse(want, fault);
        }
    }
}
