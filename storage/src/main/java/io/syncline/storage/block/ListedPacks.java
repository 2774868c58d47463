package io.syncline.storage.block;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Packs that aren't files of this machine: which there are, and how long. Handing copies out or
 * taking them in is refused.
 */
public record ListedPacks(BlockStore blocks) implements PackFiles {
    @Override
    public List<ProjectId> projects() {
        return blocks.projects();
    }

    @Override
    public List<PackFile> packFiles(ProjectId project) {
        return blocks.keptPacks(project).entrySet().stream()
                .map(kept -> new PackFile(kept.getKey(), kept.getValue().bytes(), Instant.EPOCH))
                .toList();
    }

    @Override
    public Copied copyOut(
            ProjectId project, PackFile pack, Path target, boolean link, LongConsumer copied) {
        throw notFiles();
    }

    @Override
    public Copied copyIn(
            ProjectId project, PackId pack, Path source, boolean link, LongConsumer copied) {
        throw notFiles();
    }

    @Override
    public ScanResult check(ProjectId project, PackId pack, Path copy) {
        throw notFiles();
    }

    private static SynclineException notFiles() {
        return SynclineException.invalid("these packs aren't files of this machine");
    }
}
