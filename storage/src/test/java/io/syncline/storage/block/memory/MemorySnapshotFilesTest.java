package io.syncline.storage.block.memory;

import io.syncline.storage.block.SnapshotFiles;
import io.syncline.storage.block.SnapshotFilesContract;
import java.time.InstantSource;

final class MemorySnapshotFilesTest extends SnapshotFilesContract {
    @Override
    protected SnapshotFiles open() {
        return new MemorySnapshotFiles(InstantSource.system());
    }
}
