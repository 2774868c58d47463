package io.syncline.cli;

import io.syncline.client.daemon.ControlClient;
import io.syncline.core.wire.JsonWriter;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code syncline open}: the address of this device's own page. */
@Command(
        name = "open",
        description = {
            "Prints the address of this device's own page: its folders, what is under way, problems"
                    + " and conflicts, pausing, and what is ignored.",
            "The address works once, in a browser of this machine, within two minutes; whoever"
                    + " opens it may steer this device. Reloading the page is fine; for another"
                    + " browser, run it again."
        })
final class OpenCommand implements Runnable {
    @ParentCommand private Main main;

    @Override
    public void run() {
        URI page = main.globals().runningDaemon().page();
        Console console = main.globals().console();
        console.document(
                new JsonWriter().beginObject().member("page", page.toString()).endObject());
        console.line(page.toString());
        console.note(
                "good for one browser on this machine, within "
                        + ControlClient.ADDRESS_MINUTES
                        + " minutes");
    }
}
