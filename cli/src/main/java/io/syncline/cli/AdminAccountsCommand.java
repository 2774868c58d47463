package io.syncline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin accounts}: which accounts there are. */
@Command(
        name = "accounts",
        description = {
            "Lists the server's accounts in order of name, or those whose names begin so.",
            "A to Z count in either case."
        })
final class AdminAccountsCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "How the names begin (default: all).")
    private @Nullable String name;

    @Option(
            names = "--after",
            paramLabel = "NAME",
            description = "Only what comes after this account.")
    private @Nullable String after;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many accounts, up to 500 (default: 100).")
    private @Nullable Integer limit;

    @Override
    public Integer call() {
        return run.with("name", name, name != null)
                .with("after", after, after != null)
                .with("limit", limit, limit != null)
                .run(admin.main(), "accounts");
    }
}
