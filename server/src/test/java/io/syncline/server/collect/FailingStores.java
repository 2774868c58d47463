package io.syncline.server.collect;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.block.ScannedFrame;
import io.syncline.storage.metadata.MetadataStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Two stores that fail together, as in a crash, after so many calls that change something. */
final class FailingStores {
    private final MetadataStore store;
    private final BlockStore blocks;
    private int left;

    FailingStores(MetadataStore store, BlockStore blocks, int left) {
        this.store = store;
        this.blocks = blocks;
        this.left = left;
    }

    private void change() {
        if (left == 0) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "planned crash");
        }
        left--;
    }

    MetadataStore metadata() {
        return new MetadataStore() {
            @Override
            public <T> T read(Read<T> work) {
                return store.read(work);
            }

            @Override
            public <T> T write(Write<T> work) {
                change();
                return store.write(work);
            }

            @Override
            public <T> T writeBehind(Write<T> work) {
                change();
                return store.writeBehind(work);
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }

    BlockStore blocks() {
        return new BlockStore() {
            @Override
            public List<FrameLocation> append(ProjectId project, List<ByteBuffer> frames) {
                change();
                return blocks.append(project, frames);
            }

            @Override
            public List<ByteBuffer> read(ProjectId project, List<FrameRequest> requests) {
                return blocks.read(project, requests);
            }

            @Override
            public List<PackId> packs(ProjectId project) {
                return blocks.packs(project);
            }

            @Override
            public List<ProjectId> projects() {
                return blocks.projects();
            }

            @Override
            public ScanResult scan(ProjectId project, PackId pack, Consumer<ScannedFrame> visitor) {
                return blocks.scan(project, pack, visitor);
            }

            @Override
            public Optional<Kept> kept(ProjectId project, PackId pack) {
                return blocks.kept(project, pack);
            }

            @Override
            public void retire(ProjectId project, PackId pack) {
                change();
                blocks.retire(project, pack);
            }

            @Override
            public boolean delete(ProjectId project, PackId pack) {
                change();
                return blocks.delete(project, pack);
            }

            @Override
            public void close() {
                blocks.close();
            }
        };
    }
}
