package io.syncline.client.daemon;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks and steers the daemon of a home from another process. Uses HttpURLConnection, which starts
 * several times faster than the newer client: these are the commands that people wait for.
 */
public final class ControlClient {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 30_000;
    private static final int ANSWER_BYTES_MAX = 4 << 20;

    /** How long the address of {@link #page} is good. */
    public static final int ADDRESS_MINUTES = 2;

    private final ControlAddress address;

    private ControlClient(ControlAddress address) {
        this.address = address;
    }

    /** A client of the home's daemon; empty where none runs. */
    public static Optional<ControlClient> of(DeviceHome home) {
        return PrivateFile.read(home.controlFile())
                .map(ControlAddress.CODEC::fromBytes)
                .map(ControlClient::new)
                .filter(ControlClient::answers);
    }

    /** A daemon that was killed leaves its file behind. */
    private boolean answers() {
        try {
            status();
            return true;
        } catch (SynclineException e) {
            return false;
        }
    }

    /** What the device is doing. */
    public DeviceStatus status() {
        return StatusJson.CODEC.fromBytes(request("GET", "/status", Optional.empty()));
    }

    /** A wish for one folder, or for all. */
    public void wish(Wish wish, Optional<Path> folder) {
        request("POST", "/" + wish.name().toLowerCase(java.util.Locale.ROOT), folder);
    }

    /** Limits the bandwidth of all folders from now on, also after a restart. */
    public void limit(BandwidthLimits limits) {
        request("PUT", "/limits", Optional.empty(), BandwidthLimitsJson.CODEC.toBytes(limits));
    }

    /** The conflict copies in one folder, or in all. */
    public List<String> conflicts(Optional<Path> folder) {
        try (JsonReader in = JsonReader.of(request("GET", "/conflicts", folder))) {
            List<String> conflicts = List.of();
            in.beginObject();
            while (in.nextMember()) {
                if (in.member().equals("conflicts")) {
                    conflicts = in.array(1_000_000, JsonReader::text);
                } else {
                    in.unknown();
                }
            }
            return conflicts;
        }
    }

    /**
     * What a folder can be told; see {@link SyncedFolder}. RELOAD and STOP go to the daemon itself.
     */
    public enum Wish {
        PAUSE,
        RESUME,
        CONFIRM,
        REJECT,
        SYNC,
        RELOAD,
        STOP
    }

    /**
     * The address of the device's page, for one browser within {@value #ADDRESS_MINUTES} minutes:
     * who opens it first may steer this device. The secret is behind {@code #}, which no browser
     * sends. NOT_FOUND where the daemon was built without a page.
     */
    public URI page() {
        try (JsonReader in = JsonReader.of(request("POST", "/ticket", Optional.empty()))) {
            @Nullable String ticket = null;
            in.beginObject();
            while (in.nextMember()) {
                if (in.member().equals("ticket")) {
                    ticket = in.text();
                } else {
                    in.unknown();
                }
            }
            return URI.create(origin() + "/#" + in.required("ticket", ticket));
        }
    }

    private String origin() {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.port();
    }

    private byte[] request(String method, String path, Optional<Path> folder) {
        return request(method, path, folder, new byte[0]);
    }

    private byte[] request(String method, String path, Optional<Path> folder, byte[] body) {
        String query =
                folder.map(f ->
                                "?folder="
                                        + URLEncoder.encode(f.toString(), StandardCharsets.UTF_8))
                        .orElse("");
        @Nullable HttpURLConnection connection = null;
        try {
            connection =
                    (HttpURLConnection)
                            URI.create(origin() + path + query).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setRequestMethod(method);
            connection.setRequestProperty("Authorization", "Bearer " + address.token());
            if (!method.equals("GET")) {
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            if (status != 200) {
                throw refused(connection);
            }
            try (InputStream in = connection.getInputStream()) {
                return in.readNBytes(ANSWER_BYTES_MAX);
            }
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "the daemon doesn't answer: " + e.getMessage(), e);
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }

    private static SynclineException refused(HttpURLConnection connection) throws IOException {
        InputStream error = connection.getErrorStream();
        if (error == null) {
            return new SynclineException(
                    ErrorCode.UNAVAILABLE, "the daemon answered " + connection.getResponseCode());
        }
        try (error;
                JsonReader in = JsonReader.of(error, ANSWER_BYTES_MAX)) {
            ErrorCode code = ErrorCode.INTERNAL;
            String detail = "the daemon refused";
            in.beginObject();
            while (in.nextMember()) {
                switch (in.member()) {
                    case "error" -> code = in.code(ErrorCode.class);
                    case "detail" -> detail = in.text();
                    default -> in.unknown();
                }
            }
            return new SynclineException(code, detail);
        }
    }
}
