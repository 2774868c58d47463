package io.syncline.system.sim;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store whose callers may be overtaken, or killed, before and after each call. */
record SteppedBlocks(BlockStore store, Kernel kernel) implements BlockStore {
    @Override
    public List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
        kernel.letOthers();
        List<FrameLocation> locations = store.append(project, frames);
        kernel.letOthers();
        return locations;
    }

    @Override
    public List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests) {
        kernel.letOthers();
        return store.read(project, requests);
    }

    @Override
    public List<PackId> packs(ProjectId project) {
        kernel.letOthers();
        return store.packs(project);
    }

    @Override
    public List<ProjectId> projects() {
        kernel.letOthers();
        return store.projects();
    }

    @Override
    public ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor) {
        kernel.letOthers();
        return store.scan(project, pack, visitor);
    }

    @Override
    public Optional<Kept> kept(ProjectId project, PackId pack) {
        kernel.letOthers();
        return store.kept(project, pack);
    }

    @Override
    public void retire(ProjectId project, PackId pack) {
        kernel.letOthers();
        store.retire(project, pack);
    }

    @Override
    public boolean delete(ProjectId project, PackId pack) {
        kernel.letOthers();
        return store.delete(project, pack);
    }

    /** What it holds outlives the process. */
    @Override
    public void close() {}
}
