package io.syncline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin rebuild-index}: where blocks are, from the packs. */
@Command(
        name = "rebuild-index",
        description = {
            "Makes the index of blocks anew from the packs, reading and hashing all of them, and"
                    + " verifies that all content is there. For when 'verify' says so.",
            "The server must be stopped. Interrupted, run it again: until it ends no server starts"
                    + " on that data."
        })
final class AdminRebuildIndexCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "This project only, by name or id.")
    private @Nullable String project;

    @Override
    public Integer call() {
        return run.with("project", project, project != null)
                .runAlone(admin.main(), "rebuild-index");
    }
}
