package io.syncline.cli;

import io.syncline.client.daemon.ControlClient.Wish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline pause}. */
@Command(
        name = "pause",
        description = "Stops syncing until 'syncline resume', also after a restart.")
final class PauseCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        main.globals().wish(Wish.PAUSE, folder.path());
        main.globals().console().note("paused; go on with 'syncline resume'");
    }
}
