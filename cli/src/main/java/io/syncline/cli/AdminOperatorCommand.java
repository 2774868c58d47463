package io.syncline.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin operator}: who may operate the server in the browser. */
@Command(
        name = "operator",
        description = {
            "Makes an account an operator: logged in, it sees and steers the server in the browser,"
                    + " all accounts, quotas and settings. The first account is one from the"
                    + " beginning."
        })
final class AdminOperatorCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Parameters(paramLabel = "ACCOUNT", description = "The account's name.")
    private String account;

    @Option(names = "--remove", description = "Makes it none, in place of one.")
    private boolean remove;

    @Override
    public Integer call() {
        return run.with("account", account)
                .with("remove", true, remove)
                .run(admin.main(), "operator");
    }
}
