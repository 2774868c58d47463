package io.syncline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin verify}: whether what is stored is right. */
@Command(
        name = "verify",
        description = {
            "Checks all that can be checked without the devices: every block is read and hashed;"
                    + " every content's blocks are stored; trees, digests, change feeds, history"
                    + " and counts agree.",
            "What isn't right is listed with what to do about it, and with the files concerned; the"
                    + " exit status then is 11. A running server goes on meanwhile."
        })
final class AdminVerifyCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "This project only, by name or id.")
    private @Nullable String project;

    @Option(
            names = "--quick",
            description = "Everything but reading and hashing the blocks of files.")
    private boolean quick;

    @Option(
            names = "--repair",
            description = "Set counts right that quotas and 'stats' use. Nothing else is changed.")
    private boolean repair;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many packs are read at once (default: one per core).")
    private @Nullable Integer threads;

    @Override
    public Integer call() {
        return run.with("project", project, project != null)
                .with("quick", true, quick)
                .with("repair", true, repair)
                .with("threads", threads, threads != null)
                .run(admin.main(), "verify");
    }
}
