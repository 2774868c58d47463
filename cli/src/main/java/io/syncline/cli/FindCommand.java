package io.syncline.cli;

import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Node;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.WireJson;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline find}: finds files and directories of the project by their names. */
@Command(
        name = "find",
        description = {
            "Finds files and directories of the project by name, newest first.",
            "TEXT is a part of the name, in upper or lower case; of one or two characters it is the"
                    + " name's beginning. With a PATH, only what is below that directory is told.",
            "With --json, a document per entry."
        })
final class FindCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(index = "0", paramLabel = "TEXT", description = "A part of the name.")
    private String text;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATH",
            description = ProjectPath.FORMS + " (default: the project's root).",
            defaultValue = "")
    private String path;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many (default: all).",
            defaultValue = "9223372036854775807",
            showDefaultValue = Visibility.NEVER)
    private long limit;

    @Override
    public void run() {
        if (limit < 1) {
            throw SynclineException.invalid("--limit takes a number from 1");
        }
        ProjectPath in = ProjectPath.of(main.globals(), folder, path);
        FolderLink link = in.link();
        Console console = main.globals().console();
        try (ServerApi server = Globals.server(link)) {
            Optional<String> after = Optional.empty();
            long left = limit;
            SearchPage page;
            do {
                int wanted =
                        in.isRoot()
                                ? (int) Math.min(left, SearchPage.NODES_MAX)
                                : SearchPage.NODES_MAX;
                page = server.search(link.project(), text, after, wanted);
                left -= print(console, page, in, left);
                after = page.after();
            } while (after.isPresent() && left > 0);
            if (page.complete() < page.head()) {
                console.note(
                        String.format(
                                Locale.ROOT,
                                "The server is still indexing: the newest %,d changes were not"
                                        + " searched.",
                                page.head() - page.complete()));
            }
        }
    }

    /** Prints at most so many of those below the directory; how many there were. */
    private static long print(Console console, SearchPage page, ProjectPath in, long left) {
        List<String> paths = page.paths();
        long printed = 0;
        for (int i = 0; i < paths.size() && printed < left; i++) {
            Node node = page.nodes().get(i);
            String path = paths.get(i);
            if (!in.isRoot() && !path.startsWith(in.path() + "/")) {
                continue;
            }
            printed++;
            console.document(
                    new JsonWriter()
                            .beginObject()
                            .member("path", path)
                            .member("node", node, WireJson.NODE::write)
                            .endObject());
            console.line(path + (node.item().isDirectory() ? "/" : ""));
        }
        return printed;
    }
}
