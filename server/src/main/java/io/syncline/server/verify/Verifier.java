package io.syncline.server.verify;

import io.syncline.core.tree.ProjectId;
import io.syncline.server.verify.VerifyReport.Count;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.PackFiles.PackFile;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Verifies all projects or one, of stores that may be in use. */
public final class Verifier {
    private static final int PROJECTS = 100;

    private final MetadataStore store;
    private final BlockStore blocks;
    private final PackFiles packs;
    private final InstantSource clock;

    /** Told how far it is. What it throws stops the verification. */
    @FunctionalInterface
    public interface Listener {
        /**
         * So much of one part is done.
         *
         * @param total 0 where it isn't known
         * @param bytes whether these are bytes, else they are things
         */
        void at(String what, long done, long total, boolean bytes);
    }

    /**
     * What is wanted.
     *
     * @param project this one only
     * @param quick nothing but tree blocks is read from packs, no data block hashed
     * @param repair counts that are wrong are set right, damaged blocks set aside (R25)
     * @param threads that read packs
     */
    public record Wishes(Optional<ProjectId> project, boolean quick, boolean repair, int threads) {}

    /** Verifies these stores. */
    public Verifier(MetadataStore store, BlockStore blocks, PackFiles packs, InstantSource clock) {
        this.store = store;
        this.blocks = blocks;
        this.packs = packs;
        this.clock = clock;
    }

    /** Looks at everything that is wanted, project by project. */
    public VerifyReport run(Wishes wishes, Listener listener) {
        VerifyReport report = new VerifyReport();
        for (Project project : projects(wishes.project())) {
            verify(project, wishes, report, listener);
        }
        return report;
    }

    private List<Project> projects(Optional<ProjectId> only) {
        List<Project> found = new ArrayList<>();
        store.read(read -> {
            if (only.isPresent()) {
                read.projects().find(only.get()).ifPresent(found::add);
                return true;
            }
            long after = 0;
            while (true) {
                List<Project> page = read.projects().page(after, PROJECTS);
                found.addAll(page);
                if (page.size() < PROJECTS) {
                    return true;
                }
                after = page.getLast().key().value();
            }
        });
        return found;
    }

    private void verify(Project listed, Wishes wishes, VerifyReport report, Listener listener) {
        Instant began = clock.instant();
        String name = listed.name();
        long[] done = new long[1];
        // The tree at one moment; the project's row of that moment belongs to it.
        store.read(read -> {
            Project project = read.projects().find(listed.key()).orElse(listed);
            new TreeCheck(
                            read,
                            project,
                            report,
                            more -> listener.at("nodes of " + name, done[0] += more, 0, false))
                    .run();
            return true;
        });
        List<PackFile> files = packs.packFiles(listed.id());
        BlockCheck check =
                new BlockCheck(store, blocks, listed, files, began, wishes.repair(), report);
        if (!wishes.quick()) {
            long total = files.stream().mapToLong(PackFile::lengthBytes).sum();
            long[] bytes = new long[1];
            check.scanPacks(
                    wishes.threads(),
                    more -> listener.at("packs of " + name, bytes[0] += more, total, true));
        }
        long rows = store.<Usage>read(read -> read.quotas().usage(listed.key())).blocks();
        long[] looked = new long[1];
        check.rows(
                !wishes.quick(),
                more -> {
                    report.add(Count.BLOCKS, more);
                    listener.at("blocks of " + name, looked[0] += more, rows, false);
                });
        check.affectedFiles();
        CountCheck.run(store, listed, wishes.repair(), report);
    }
}
