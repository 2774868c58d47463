package io.syncline.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin quota}: how much there may be. */
@Command(
        name = "quota",
        description = {
            "Shows and sets how much a project, or all that an account owns, may hold. Without"
                    + " --project and --account it is about every project without a quota of its"
                    + " own.",
            "Amounts are numbers with k, M, G, T (thousands) or Ki, Mi, Gi, Ti (1024), or 'none'."
                    + " What is over quota waits on the device that has it; deleting always works."
        })
final class AdminQuotaCommand implements Callable<Integer> {
    @ParentCommand private AdminCommand admin;

    @Mixin private AdminRun run;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "Of this project, by name or id.")
    private @Nullable String project;

    @Option(
            names = "--account",
            paramLabel = "NAME",
            description = "Of all projects that this account owns, together.")
    private @Nullable String account;

    @Option(
            names = "--bytes",
            paramLabel = "AMOUNT",
            description = "Content of files, as people see it.",
            converter = Amount.Converter.class)
    private @Nullable Amount bytes;

    @Option(
            names = "--nodes",
            paramLabel = "AMOUNT",
            description = "Files, directories and links.",
            converter = Amount.Converter.class)
    private @Nullable Amount nodes;

    @Option(
            names = "--stored",
            paramLabel = "AMOUNT",
            description =
                    "What is stored in all, history and unfinished uploads included (default: twice"
                            + " --bytes and 1 GiB). Uploads end there.",
            converter = Amount.Converter.class)
    private @Nullable Amount stored;

    @Override
    public Integer call() {
        run.with("project", project, project != null).with("account", account, account != null);
        set("bytes", bytes);
        set("nodes", nodes);
        set("stored", stored);
        return run.run(admin.main(), "quota");
    }

    private void set(String part, @Nullable Amount amount) {
        if (amount != null) {
            if (amount.value().isPresent()) {
                run.with(part, amount.value().getAsLong());
            } else {
                run.with("none-" + part, true);
            }
        }
    }
}
