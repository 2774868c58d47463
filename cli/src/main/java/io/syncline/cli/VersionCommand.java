package io.syncline.cli;

import io.syncline.core.wire.JsonWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code syncline version}: says which Syncline this is. */
@Command(name = "version", description = "Says which version this is.")
final class VersionCommand implements Runnable {
    @ParentCommand private Main main;

    @Override
    public void run() {
        Console console = main.globals().console();
        console.line(Version.text());
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("version", Version.number())
                        .member("commit", Version.commit())
                        .member("java", Runtime.version().toString())
                        .endObject());
    }
}
