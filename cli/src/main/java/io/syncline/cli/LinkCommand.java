package io.syncline.cli;

import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkRequest;
import io.syncline.core.wire.Role;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline link}: makes a join link. */
@Command(
        name = "link",
        description = {
            "Makes a join link: whoever has it can add a device to the project, until it is used up"
                    + " or expires.",
            "Send it as you would send a password."
        })
final class LinkCommand implements Runnable {
    private static final long HOURS_MAX = LinkRequest.EXPIRES_SECONDS_MAX / 3600;

    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Option(
            names = "--role",
            description =
                    "viewer reads, editor also changes, owner also invites (default: editor).",
            defaultValue = "editor")
    private Role role;

    @Option(
            names = "--uses",
            description = "How many devices may join by it (default: 1).",
            defaultValue = "1")
    private int uses;

    @Option(
            names = "--expires",
            paramLabel = "HOURS",
            description = "After how many hours it ends (default: 24).",
            defaultValue = "24")
    private long hours;

    @Override
    public void run() {
        if (hours < 1 || hours > HOURS_MAX) {
            throw SynclineException.invalid("--expires takes 1.." + HOURS_MAX + " hours");
        }
        FolderLink link = main.globals().link(folder.path());
        LinkAnswer answer;
        try (ServerApi server = Globals.server(link)) {
            answer = server.newLink(link.project(), role, uses, Duration.ofHours(hours));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.FORBIDDEN) {
                throw new SynclineException(
                        ErrorCode.FORBIDDEN,
                        "only an owner of the project can invite, and this device joined as "
                                + link.role().word()
                                + ": make the link on the device that ran 'syncline up'",
                        e);
            }
            throw e;
        }
        Console console = main.globals().console();
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("link", answer.link().value())
                        .member("role", answer.role())
                        .member("uses", answer.uses())
                        .member("expires", answer.expires())
                        .endObject());
        console.line(answer.link().value());
        console.note(
                "for "
                        + Console.count(answer.uses(), "device")
                        + " as "
                        + answer.role().word()
                        + ", until "
                        + answer.expires());
    }
}
