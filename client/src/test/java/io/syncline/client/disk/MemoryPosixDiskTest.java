package io.syncline.client.disk;

import io.syncline.client.disk.memory.Traits;

/** The contract on a simulated disk without exchange and times of birth. */
final class MemoryPosixDiskTest extends MemoryDiskTest {
    @Override
    Traits traits() {
        return Traits.posix();
    }
}
