package io.syncline.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code syncline completion}: the completion script. */
@Command(
        name = "completion",
        description = {
            "Prints the completion script for bash and zsh.",
            "Use it now with: source <(syncline completion)"
        })
final class CompletionCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().print(AutoComplete.bash("syncline", spec.root().commandLine()));
        spec.commandLine().getOut().flush();
    }
}
