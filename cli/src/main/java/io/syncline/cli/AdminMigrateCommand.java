package io.syncline.cli;

import io.syncline.core.wire.JsonWriter;
import io.syncline.server.Server;
import io.syncline.server.config.ServerConfig;
import io.syncline.server.migrate.Migration;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code syncline admin migrate}: an embedded server into a cluster, and back. */
@Command(
        name = "migrate",
        description = {
            "Moves a stopped server from its data folder into a database and a bucket, or back:"
                    + " accounts, projects, history, blocks, with all ids and numbers, so that"
                    + " devices go on where they are. The target must be empty.",
            "Interrupted, run it again: it goes on. At the end all is counted and compared. What is"
                    + " left stays as it is, but no server starts on it any more."
        })
final class AdminMigrateCommand implements Callable<Integer> {
    /** Where a server goes to. */
    enum Target {
        CLUSTER,
        FOLDER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @ParentCommand private AdminCommand admin;

    @Mixin private StoreOptions stores;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "WHERE",
            description =
                    "cluster: from --data into --metadata and --blocks; folder: from those into"
                            + " --data.")
    private Target to;

    @Option(
            names = "--accept-damage",
            description = "Move also if blocks are missing or damaged where the server is.")
    private boolean acceptDamage;

    @Option(
            names = "--reopen",
            description =
                    "Move nothing; let a server start again where it was moved away from with this"
                            + " --to. Its projects begin new epochs: devices merge what they have.")
    private boolean reopen;

    @Override
    public Integer call() {
        ServerConfig config = stores.config(stores.flags());
        Path data =
                config.data()
                        .orElseGet(() -> admin.main().globals().home().serverData())
                        .toAbsolutePath()
                        .normalize();
        Console console = admin.main().globals().console();
        boolean home = to == Target.FOLDER;
        if (reopen) {
            int projects = Server.reopen(config, data, home);
            console.line(projects + " projects go on here, each in a new epoch.");
            console.document(new JsonWriter().beginObject().member("epochs", projects).endObject());
            return 0;
        }
        AdminProgressLine progress = new AdminProgressLine(console);
        Migration.Result result;
        try {
            result = Server.migrate(config, data, home, acceptDamage, progress::at);
        } finally {
            progress.end();
        }
        console.line(
                String.format(
                        Locale.ROOT,
                        "Moved: %,d projects, %,d rows, %,d blocks; %s copied by this run.",
                        result.projects(),
                        result.rows(),
                        result.blocks(),
                        Console.bytes(result.bytes())));
        if (result.missing() > 0) {
            console.line(
                    String.format(
                            Locale.ROOT,
                            "! %,d blocks were missing or damaged and didn't come.",
                            result.missing()));
        }
        console.line("Start the server there. Where it was, it doesn't start any more.");
        console.document(
                new JsonWriter()
                        .beginObject()
                        .member("projects", result.projects())
                        .member("rows", result.rows())
                        .member("blocks", result.blocks())
                        .member("bytes", result.bytes())
                        .member("missing", result.missing())
                        .endObject());
        return 0;
    }
}
