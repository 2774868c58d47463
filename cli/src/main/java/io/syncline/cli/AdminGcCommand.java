package io.syncline.cli;

import io.syncline.core.error.SynclineException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin gc}: frees what nothing needs. */
@Command(
        name = "gc",
        description = {
            "Collects blocks that neither the tree nor history needs, and rewrites packs that hold"
                    + " little. A server does this by itself once a day; this does it now.",
            "What is found unneeded is deleted only after the backup horizon of 14 days, so that a"
                    + " backup's metadata always finds its blocks: the first run frees nothing."
        })
final class AdminGcCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "This project only, by name or id.")
    private @Nullable String project;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Delete at most N blocks of each project now.")
    private @Nullable Long limit;

    @Override
    public Integer call() {
        if (limit != null && limit < 0) {
            throw SynclineException.invalid("--limit can't be negative");
        }
        return run.with("project", project, project != null)
                .with("dry-run", true, dryRun)
                .with("limit", limit, limit != null)
                .run(admin.main(), "gc");
    }
}
