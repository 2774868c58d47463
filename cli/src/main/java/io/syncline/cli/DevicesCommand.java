package io.syncline.cli;

import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Role;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code syncline devices}: which devices there are. */
@Command(
        name = "devices",
        description = {
            "Lists the devices of your account or, for an owner of the project, all that joined"
                    + " it.",
            "'syncline revoke' takes a device's access away."
        })
final class DevicesCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Override
    public void run() {
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        List<DeviceView> devices = devices(link);
        console.document(
                new JsonWriter()
                        .beginObject()
                        .array("devices", devices, DevicesCommand::write)
                        .endObject());
        for (DeviceView device : devices) {
            console.line(
                    "%s  %-24s  seen %s%s%s"
                            .formatted(
                                    device.id(),
                                    device.name(),
                                    device.seen()
                                            .map(seen ->
                                                    seen.truncatedTo(ChronoUnit.SECONDS).toString())
                                            .orElse("never"),
                                    device.revoked() ? "  revoked" : "",
                                    device.current() ? "  (this one)" : ""));
        }
    }

    static List<DeviceView> devices(FolderLink link) {
        try (ServerApi server = Globals.server(link)) {
            boolean owner = server.project(link.project()).role() == Role.OWNER;
            return server.devices(owner ? Optional.of(link.project()) : Optional.empty());
        }
    }

    /** The one device of that id or name. */
    static DeviceView find(List<DeviceView> devices, String wanted) {
        List<DeviceView> found =
                devices.stream()
                        .filter(device ->
                                device.id().value().equals(wanted) || device.name().equals(wanted))
                        .filter(device -> !device.revoked() || device.id().value().equals(wanted))
                        .toList();
        return switch (found.size()) {
            case 1 -> found.getFirst();
            case 0 ->
                    throw new SynclineException(
                            ErrorCode.NOT_FOUND,
                            "no device is called " + wanted + "; see 'syncline devices'");
            default ->
                    throw SynclineException.invalid(
                            "several devices are called "
                                    + wanted
                                    + "; give the id that 'syncline devices' shows");
        };
    }

    private static void write(JsonWriter out, DeviceView device) {
        out.beginObject()
                .member("id", device.id().value())
                .member("name", device.name())
                .member("account", device.account().value())
                .member("created", device.created())
                .optional("seen", device.seen().map(Instant::toString), JsonWriter::text)
                .member("revoked", device.revoked())
                .member("current", device.current())
                .endObject();
    }
}
