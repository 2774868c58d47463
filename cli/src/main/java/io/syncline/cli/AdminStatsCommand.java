package io.syncline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin stats}: what a server holds. */
@Command(
        name = "stats",
        description = {
            "Says what the server holds: per project its nodes and content, what is stored for them"
                    + " (history included), packs, devices, folders that are behind, quotas.",
            "Cheap at any size, but for --tables. 'unused' is what garbage collection and rewriting"
                    + " packs can free, with the packs' own headers."
        })
final class AdminStatsCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "This project only, by name or id.")
    private @Nullable String project;

    @Option(
            names = "--tables",
            description = "The size of each table, too: reads all of the metadata.")
    private boolean tables;

    @Override
    public Integer call() {
        return run.with("project", project, project != null)
                .with("tables", true, tables)
                .run(admin.main(), "stats");
    }
}
