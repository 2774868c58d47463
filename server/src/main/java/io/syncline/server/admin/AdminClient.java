package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Has a running server do admin tasks, from another process on its machine. */
public final class AdminClient {
    private static final int CONNECT_MILLIS = 2_000;

    /** The server sends something four times a second. */
    private static final int READ_MILLIS = 60_000;

    private final AdminAddress address;

    private AdminClient(AdminAddress address) {
        this.address = address;
    }

    /** A client of the server that runs on this data folder; empty where none answers. */
    public static Optional<AdminClient> of(Path data) {
        return AdminAddress.load(data).map(AdminClient::new).filter(AdminClient::answers);
    }

    /** A server that was killed leaves its address behind, and another may have its port now. */
    private boolean answers() {
        try {
            HttpURLConnection connection = open("/");
            try {
                connection.setRequestMethod("GET");
                return connection.getResponseCode() == HttpURLConnection.HTTP_NOT_FOUND;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        String literal = host.contains(":") ? "[" + host + "]" : host;
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create("http://" + literal + ":" + address.port() + path)
                                .toURL()
                                .openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        connection.setRequestProperty("Authorization", "Bearer " + address.token());
        return connection;
    }

    /**
     * Runs a task to its end.
     *
     * @throws SynclineException what the task failed with; UNAVAILABLE where the server ends first
     */
    public AdminAnswer run(AdminRequest request, AdminProgress progress) {
        String query =
                request.options().entrySet().stream()
                        .map(option ->
                                option.getKey()
                                        + "="
                                        + URLEncoder.encode(
                                                option.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        try {
            HttpURLConnection connection = open("/" + request.task() + "?" + query);
            try {
                connection.setRequestMethod("POST");
                connection.setDoOutput(true);
                connection.getOutputStream().close();
                if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                    throw new SynclineException(
                            ErrorCode.UNAVAILABLE,
                            "the server answered " + connection.getResponseCode());
                }
                try (DataInputStream in =
                        new DataInputStream(new BufferedInputStream(connection.getInputStream()))) {
                    return answer(in, progress);
                }
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "the server doesn't answer any more: " + e, e);
        }
    }

    private static AdminAnswer answer(DataInputStream in, AdminProgress progress)
            throws IOException {
        List<String> lines = new ArrayList<>();
        String document = "{}";
        while (true) {
            AdminMessage message = AdminMessage.read(in);
            switch (message.kind()) {
                case PROGRESS -> progress(message.text(), progress);
                case LINE -> lines.add(message.text());
                case DOCUMENT -> document = message.text();
                case FAILURE -> {
                    String[] parts = message.text().split(" ", 2);
                    throw new SynclineException(code(parts[0]), parts.length > 1 ? parts[1] : "");
                }
                case END -> {
                    return new AdminAnswer(
                            message.text().isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(code(message.text())),
                            document,
                            lines);
                }
            }
        }
    }

    private static void progress(String text, AdminProgress progress) {
        String[] parts = text.split(" ", 4);
        if (parts.length == 4 && !parts[3].isEmpty()) {
            progress.at(
                    parts[3],
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Boolean.parseBoolean(parts[2]));
        }
    }

    private static ErrorCode code(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL;
    }
}
