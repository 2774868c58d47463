package io.syncline.cli;

import io.syncline.server.Server;
import io.syncline.server.config.Key;
import io.syncline.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server keeps what it keeps, and where more settings are. */
final class StoreOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "More settings, a line KEY = VALUE each; every option here is a key"
                            + " (default: $SYNCLINE_CONFIG, else none). The environment goes before"
                            + " the file (SYNCLINE_LISTEN and so on), options before both.")
    private @Nullable Path configFile;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the server keeps everything (default: HOME/server).")
    private @Nullable Path data;

    @Option(
            names = "--metadata",
            paramLabel = "URL",
            description =
                    "Where metadata is kept: postgresql://USER@HOST:PORT/DATABASE (default:"
                            + " sqlite:, in the data folder).")
    private @Nullable String metadata;

    @Option(
            names = "--blocks",
            paramLabel = "URL",
            description =
                    "Where blocks are kept: s3://BUCKET/PREFIX?endpoint=URL (default: packs:, in"
                            + " the data folder).")
    private @Nullable String blocks;

    @Option(
            names = "--events",
            paramLabel = "URL",
            description =
                    "How nodes tell each other of changes: redis://HOST:PORT (default: process:,"
                            + " there is one node).")
    private @Nullable String events;

    /** What these options say. */
    Map<Key, String> flags() {
        Map<Key, String> flags = new EnumMap<>(Key.class);
        flag(flags, Key.DATA, data);
        flag(flags, Key.METADATA, metadata);
        flag(flags, Key.BLOCKS, blocks);
        flag(flags, Key.EVENTS, events);
        return flags;
    }

    static void flag(Map<Key, String> flags, Key key, @Nullable Object value) {
        if (value != null) {
            flags.put(key, value.toString());
        }
    }

    /** What options, environment and file say together. */
    ServerConfig config(Map<Key, String> flags) {
        Map<String, String> environment = System.getenv();
        Optional<Path> file =
                Optional.ofNullable(configFile)
                        .or(() ->
                                Optional.ofNullable(environment.get("SYNCLINE_CONFIG"))
                                        .filter(text -> !text.isEmpty())
                                        .map(Path::of));
        return Server.configure(flags, environment, file);
    }
}
