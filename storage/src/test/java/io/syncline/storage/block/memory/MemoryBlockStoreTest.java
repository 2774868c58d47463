package io.syncline.storage.block.memory;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.BlockStoreContract;
import io.syncline.storage.block.FrameLocation;
import java.util.Random;

final class MemoryBlockStoreTest extends BlockStoreContract {
    private final MemoryBlockStore store = new MemoryBlockStore(new Random(3));

    @Override
    protected BlockStore open() {
        return store;
    }

    @Override
    protected void damage(ProjectId of, FrameLocation location, int offset) {
        byte[] bytes = store.bytes(of, location.pack()).orElseThrow();
        bytes[(int) location.offsetBytes() + offset] ^= 1;
    }
}
