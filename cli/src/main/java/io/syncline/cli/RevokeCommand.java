package io.syncline.cli;

import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.JsonWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline revoke}: takes a device's access away. */
@Command(
        name = "revoke",
        description = {
            "Takes a device's access away, at once and for good. What it has on disk stays there.",
            "It can come back only by a new join link, as a new device with another folder."
        })
final class RevokeCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(
            paramLabel = "DEVICE",
            description = "Its name or id, as 'syncline devices' shows them.")
    private String device;

    @Override
    public void run() {
        FolderLink link = main.globals().link(folder.path());
        DeviceView found = DevicesCommand.find(DevicesCommand.devices(link), device);
        try (ServerApi server = Globals.server(link)) {
            server.revoke(found.id());
        }
        main.globals()
                .console()
                .document(
                        new JsonWriter()
                                .beginObject()
                                .member("revoked", found.id().value())
                                .member("name", found.name())
                                .endObject());
        main.globals().console().note("revoked " + found.name() + " (" + found.id() + ")");
    }
}
