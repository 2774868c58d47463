package io.syncline.cli;

import io.syncline.client.daemon.ControlClient.Wish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline resume}. */
@Command(name = "resume", description = "Goes on after a pause, or tries again after a stop.")
final class ResumeCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        main.globals().wish(Wish.RESUME, folder.path());
        main.globals().console().note("resumed");
    }
}
