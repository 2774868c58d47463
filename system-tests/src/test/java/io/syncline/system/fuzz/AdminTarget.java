package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.Secret;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.edge.EdgeSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an operator's program may ask a running server: each request ends with an end that isn't an
 * internal error. Of the tasks only those that write nowhere but into the server's own data.
 */
final class AdminTarget implements Target {
    private static final List<String> REQUESTS =
            List.of(
                    "POST /stats?{}",
                    "POST /gc?dry-run=1&{}={}",
                    "POST /quota?{}={}&{}={}",
                    "POST /verify?quick=1&{}={}",
                    "GET /{}");

    private static final int FAILURE = 3;
    private static final int END = 4;

    private final Server server;
    private final int port;
    private final String token;

    AdminTarget(Path folder) throws IOException {
        server =
                Server.start(
                        new ServerSettings(
                                folder,
                                EdgeSettings.loopback(0),
                                Optional.of(new Secret("fuzzing")),
                                "test"));
        var account = server.admin().account("admin");
        var _ = server.admin().ensureProject(account, "fuzzed");
        int listens = 0;
        String secret = "";
        try (JsonReader in = JsonReader.of(Files.readAllBytes(folder.resolve("admin.json")))) {
            in.beginObject();
            while (in.nextMember()) {
                switch (in.member()) {
                    case "port" -> listens = in.integer(1, 65_535);
                    case "token" -> secret = in.text();
                    default -> in.unknown();
                }
            }
        }
        port = listens;
        token = secret;
    }

    @Override
    public String name() {
        return "admin";
    }

    @Override
    public List<byte[]> samples() {
        return List.of(
                Fields.of(0, List.of(""), ""),
                Fields.of(1, List.of("max-delete", "5"), ""),
                Fields.of(1, List.of("project", "fuzzed"), ""),
                Fields.of(2, List.of("project", "fuzzed", "bytes", "10G"), ""),
                Fields.of(2, List.of("account", "admin", "nodes", "100"), ""),
                Fields.of(3, List.of("project", "fuzzed"), ""),
                Fields.of(4, List.of("stats"), ""));
    }

    @Override
    public long allocationMax(int inputBytes) {
        return 8 << 20;
    }

    @Override
    public int briefly() {
        return 60;
    }

    @Override
    public int inputBytesMax() {
        return 512;
    }

    @Override
    public void decode(byte[] input) throws IOException {
        Fields fields = new Fields(input);
        String line = REQUESTS.get(fields.choice(REQUESTS.size()));
        while (line.contains("{}")) {
            int at = line.indexOf("{}");
            line = line.substring(0, at) + fields.part().replace("{}", "") + line.substring(at + 2);
        }
        try (Wire wire = new Wire(port)) {
            wire.send(
                    (line
                                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + token
                                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            Wire.Answer answer = wire.answer(false);
            require(answer.status() != 500, "%s was answered with %s", line, answer.head());
            if (answer.status() == 200) {
                checkMessages(line, answer.body());
            }
        }
    }

    private static void checkMessages(String line, byte[] messages) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(messages));
        int kind = -1;
        while (in.available() > 0) {
            kind = in.readUnsignedByte();
            String text = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            require(
                    kind < FAILURE || !text.startsWith("INTERNAL"),
                    "%s failed with %s",
                    line,
                    text);
        }
        require(kind == END, "%s has no end", line);
    }

    @Override
    public void close() {
        server.close();
    }
}
