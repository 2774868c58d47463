package io.syncline.cli;

import io.syncline.client.api.ListingReader;
import io.syncline.client.api.ServerApi;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.WireJson;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code syncline ls}: lists a directory of the project as the server has it. */
@Command(
        name = "ls",
        description = {
            "Lists a directory of the project as the server has it.",
            "With --json, a document per entry."
        })
final class LsCommand implements Runnable {
    @ParentCommand private Main main;

    @Mixin private FolderOption folder;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = ProjectPath.FORMS + " (default: the project's root).",
            defaultValue = "")
    private String path;

    @Option(
            names = "--sort",
            paramLabel = "name|size|time",
            description = "What files are sorted by (default: name); directories come first.",
            defaultValue = "name")
    private ListingOrder.Sort sort;

    @Option(
            names = {"-r", "--reverse"},
            description = "Sort the other way round.")
    private boolean reverse;

    @Override
    public void run() {
        ProjectPath wanted = ProjectPath.of(main.globals(), folder, path);
        FolderLink link = wanted.link();
        Console console = main.globals().console();
        try (ServerApi server = Globals.server(link)) {
            NodeId directory = directory(server, wanted);
            new ListingReader(
                            server,
                            link.project(),
                            directory,
                            new ListingOrder(sort, reverse),
                            Limits.CHILDREN_PAGE_ENTRIES_MAX)
                    .read(page -> {
                        page.nodes().forEach(node -> print(console, node));
                        return true;
                    });
        }
    }

    private static NodeId directory(ServerApi server, ProjectPath wanted) {
        String path = wanted.path();
        if (wanted.isRoot()) {
            return NodeId.ROOT;
        }
        Node node =
                server.resolve(wanted.link().project(), path)
                        .orElseThrow(() ->
                                new SynclineException(
                                        ErrorCode.NOT_FOUND, "the project has no " + path))
                        .node()
                        .orElseThrow(
                                () -> new IllegalStateException("only the empty path is the root"));
        if (!node.item().isDirectory()) {
            throw SynclineException.invalid(path + " isn't a directory");
        }
        return node.id();
    }

    private static void print(Console console, Node node) {
        JsonWriter document = new JsonWriter();
        WireJson.NODE.write(document, node);
        console.document(document);
        boolean directory = node.item().isDirectory();
        console.line(
                "%10s  %-20s  %s%s"
                        .formatted(
                                directory ? "" : Console.bytes(node.item().sizeBytes()),
                                directory ? "" : time(node.item().mtimeNanos()),
                                node.place().name(),
                                directory ? "/" : node.item().executable() ? "*" : ""));
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L)).toString();
    }
}
