package io.syncline.cli;

import io.syncline.client.daemon.ControlClient.Wish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline reject}. */
@Command(
        name = "reject",
        description =
                "Doesn't go on with a deletion of many files that a folder stopped for: brings them"
                        + " back.")
final class RejectCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        main.globals().checkStopped(folder.path());
        main.globals().wish(Wish.REJECT, folder.path());
        main.globals().console().note("rejected; the files come back");
    }
}
