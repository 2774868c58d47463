package io.syncline.cli;

import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.LogEntry;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.WireJson;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline log}: what was changed, newest first. */
@Command(
        name = "log",
        description = {
            "Lists what was changed in the project, newest first.",
            "With --json, a document per change."
        })
final class LogCommand implements Runnable {
    private static final int PAGE = 500;

    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many changes (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit;

    @Override
    public void run() {
        if (limit < 1) {
            throw SynclineException.invalid("--limit takes a number from 1");
        }
        FolderLink link = main.globals().link(folder.path());
        Console console = main.globals().console();
        try (ServerApi server = Globals.server(link)) {
            OptionalLong before = OptionalLong.empty();
            int left = limit;
            while (left > 0) {
                LogPage page = server.log(link.project(), before, Math.min(left, PAGE));
                page.entries().forEach(entry -> print(console, entry));
                left -= page.entries().size();
                if (page.before().isEmpty()) {
                    return;
                }
                before = OptionalLong.of(page.before().get());
            }
        }
    }

    private static void print(Console console, LogEntry entry) {
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("sequence", entry.sequence())
                        .member("time", entry.time())
                        .member("device", entry.device().value())
                        .member("deviceName", entry.deviceName())
                        .member("action", entry.action())
                        .member("node", entry.node(), WireJson.NODE::write)
                        .endObject());
        console.line(
                "%8d  %s  %-6s  %s%s  by %s"
                        .formatted(
                                entry.sequence(),
                                entry.time().truncatedTo(ChronoUnit.SECONDS),
                                entry.action().name().toLowerCase(Locale.ROOT),
                                entry.node().place().name(),
                                entry.node().item().isDirectory() ? "/" : "",
                                entry.deviceName()));
    }
}
