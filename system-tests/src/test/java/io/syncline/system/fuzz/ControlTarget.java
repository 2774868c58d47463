package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.client.daemon.Daemon;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.core.wire.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What another program of this user may ask the daemon: each request has an answer. */
final class ControlTarget implements Target {
    private static final List<String> REQUESTS =
            List.of(
                    "GET /status?{}",
                    "GET /conflicts?folder={}",
                    "POST /pause?folder={}",
                    "POST /resume?folder={}",
                    "POST /confirm?folder={}",
                    "POST /reject?folder={}",
                    "POST /sync?folder={}",
                    "POST /reload?{}",
                    "GET /{}",
                    "PUT /limits?{}",
                    "GET /ignore?folder={}",
                    "POST /ignore/preview?folder={}",
                    "POST /session?{}");

    private final Daemon daemon;
    private final int port;
    private final String token;

    ControlTarget(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("folders"));
        daemon =
                Daemon.start(
                                new DeviceHome(folder),
                                link -> {
                                    throw new IllegalStateException("no folder is linked: " + link);
                                })
                        .orElseThrow();
        int listens = 0;
        String secret = "";
        try (JsonReader in = JsonReader.of(Files.readAllBytes(folder.resolve("control.json")))) {
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
        return "control";
    }

    @Override
    public List<byte[]> samples() {
        return List.of(
                Fields.of(0, List.of(""), ""),
                Fields.of(1, List.of("/home/ada/folder"), ""),
                Fields.of(6, List.of("/ä b"), ""),
                Fields.of(8, List.of("other"), ""));
    }

    @Override
    public long allocationMax(int inputBytes) {
        return 8 << 20;
    }

    @Override
    public int briefly() {
        return 100;
    }

    @Override
    public int inputBytesMax() {
        return 512;
    }

    @Override
    public void decode(byte[] input) throws IOException {
        Fields fields = new Fields(input);
        String request = REQUESTS.get(fields.choice(REQUESTS.size()));
        String line = request.replace("{}", fields.part());
        if (line.contains("/stop")) {
            return;
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
        }
    }

    @Override
    public void close() {
        daemon.close();
    }
}
