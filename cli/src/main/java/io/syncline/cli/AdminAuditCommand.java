package io.syncline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin audit}: who did what. */
@Command(
        name = "audit",
        description = {
            "Shows who did what, and from where: log-ins, accounts, devices, members, links,"
                    + " projects, restores, quotas, settings. The newest is last.",
            "Entries are kept for a year, unless the setting audit.retention says otherwise."
        })
final class AdminAuditCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Option(names = "--account", paramLabel = "NAME", description = "Only what this account did.")
    private @Nullable String account;

    @Option(
            names = "--before",
            paramLabel = "ID",
            description = "Only what was done before this entry.")
    private @Nullable Long before;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many entries, up to 500 (default: 100).")
    private @Nullable Integer limit;

    @Override
    public Integer call() {
        return run.with("account", account, account != null)
                .with("before", before, before != null)
                .with("limit", limit, limit != null)
                .run(admin.main(), "audit");
    }
}
