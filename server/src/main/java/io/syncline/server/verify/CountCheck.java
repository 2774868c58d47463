package io.syncline.server.verify;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Usage;

/** Checks what quotas and statistics count against what is there, and sets it right if wanted. */
final class CountCheck {
    private CountCheck() {}

    static void run(MetadataStore store, Project project, boolean repair, VerifyReport report) {
        // Both in one snapshot, so that what is written meanwhile doesn't matter.
        Usage difference =
                store.read(read ->
                        read.quotas()
                                .recount(project.key())
                                .minus(read.quotas().usage(project.key())));
        if (difference.equals(Usage.NONE)) {
            return;
        }
        report.add(
                new Finding(
                        project.id(),
                        Finding.Kind.COUNT,
                        "the counts lack "
                                + difference.contentBytes()
                                + " bytes of content, "
                                + difference.blocks()
                                + " blocks, "
                                + difference.frameBytes()
                                + " bytes of frames and "
                                + difference.blockBytes()
                                + " bytes of blocks"));
        if (repair) {
            store.write(write -> {
                write.quotas().correct(project.key(), difference);
                return true;
            });
            report.repairedOne();
        }
    }
}
