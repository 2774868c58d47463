package io.syncline.cli;

import io.syncline.client.daemon.ControlClient.Wish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline confirm}. */
@Command(
        name = "confirm",
        description =
                "Goes on with what a folder stopped for: the deletion of many files is meant.")
final class ConfirmCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        main.globals().checkStopped(folder.path());
        main.globals().wish(Wish.CONFIRM, folder.path());
        main.globals().console().note("confirmed");
    }
}
