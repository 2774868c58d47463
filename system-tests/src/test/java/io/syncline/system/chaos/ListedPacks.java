package io.syncline.system.chaos;

import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.ScanResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;

/** The packs of a bucket as far as a verification looks at them: which there are and how long. */
record ListedPacks(BlockStore blocks) implements PackFiles {
    @Override
    public List<ProjectId> projects() {
        return blocks.projects();
    }

    @Override
    public List<PackFile> packFiles(ProjectId project) {
        return blocks.packs(project).stream()
                .flatMap(pack ->
                        blocks
                                .kept(project, pack)
                                .map(kept -> new PackFile(pack, kept.bytes(), Instant.EPOCH))
                                .stream())
                .toList();
    }

    @Override
    public Copied copyOut(
            ProjectId project, PackFile pack, Path target, boolean link, LongConsumer copied) {
        throw new UnsupportedOperationException("a bucket hands out no files");
    }

    @Override
    public Copied copyIn(
            ProjectId project, PackId pack, Path source, boolean link, LongConsumer copied) {
        throw new UnsupportedOperationException("a bucket takes in no files");
    }

    @Override
    public ScanResult check(ProjectId project, PackId pack, Path copy) {
        throw new UnsupportedOperationException("a bucket has no copies");
    }
}
