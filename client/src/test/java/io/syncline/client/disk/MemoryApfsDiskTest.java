package io.syncline.client.disk;

import io.syncline.client.disk.memory.Traits;

/** The contract on a simulated disk where case and normalisation don't count. */
final class MemoryApfsDiskTest extends MemoryDiskTest {
    @Override
    Traits traits() {
        return Traits.apfs();
    }
}
