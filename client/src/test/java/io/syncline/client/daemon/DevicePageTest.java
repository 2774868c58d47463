package io.syncline.client.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser, and other pages in it, get from the daemon's port. */
final class DevicePageTest {
    private static final Map<String, String> FILES =
            Map.of(
                    "device.html", "<p>device",
                    "index.html", "<p>server",
                    "mark.svg", "<svg/>",
                    "assets/a-1.js", "run()");

    @TempDir private Path directory;
    private Daemon daemon;
    private ControlAddress address;
    private ControlClient client;

    @BeforeEach
    void start() {
        DeviceHome home = new DeviceHome(directory.resolve("home"));
        daemon =
                Daemon.start(
                                home,
                                link -> {
                                    throw new IllegalStateException("no folder: " + link);
                                },
                                name ->
                                        Optional.ofNullable(FILES.get(name))
                                                .map(text -> text.getBytes(StandardCharsets.UTF_8)),
                                new Bandwidth())
                        .orElseThrow();
        address =
                ControlAddress.CODEC.fromBytes(PrivateFile.read(home.controlFile()).orElseThrow());
        client = ControlClient.of(home).orElseThrow();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private String ask(String line, String host, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.port())) {
            String request =
                    line
                            + " HTTP/1.1\r\nHost: "
                            + host
                            + "\r\nConnection: close\r\nContent-Length: 0\r\n"
                            + String.join("", headers)
                            + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String host() {
        return "127.0.0.1:" + address.port();
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private String session() throws IOException {
        URI page = client.page();
        assertThat(page.getPort()).isEqualTo(address.port());
        assertThat(page.getPath()).isEqualTo("/");
        String answer = ask("POST /session", host(), bearer(page.getFragment()));
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(answer);
        assertThat(token.find()).as(answer).isTrue();
        return token.group(1);
    }

    @Test
    void thePageIsServedUnderAStrictPolicy() throws IOException {
        String page = ask("GET /", host());
        assertThat(page).startsWith("HTTP/1.1 200 ").endsWith("<p>device").doesNotContain("unsafe");
        assertThat(page.toLowerCase(java.util.Locale.ROOT))
                .contains("content-security-policy: default-src 'none'; script-src 'self'")
                .contains("frame-ancestors 'none'")
                .contains("x-content-type-options: nosniff")
                .contains("referrer-policy: no-referrer");
        assertThat(ask("GET /assets/a-1.js", host())).contains("immutable").endsWith("run()");
        assertThat(ask("GET /mark.svg", "localhost:" + address.port())).contains("image/svg+xml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/../index.html",
                "/assets/%2e%2e/index.html",
                "/assets/",
                "/assets/none.js",
                "/assets/a-1"
            })
    void nothingElseIsServed(String path) throws IOException {
        assertThat(ask("GET " + path, host())).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void theServersPageIsNotServed() throws IOException {
        assertThat(ask("GET /index.html", host())).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void aSessionSteersButNeitherStopsNorInvites() throws IOException {
        String session = session();
        assertThat(ask("GET /status", host(), bearer(session))).startsWith("HTTP/1.1 200 ");
        assertThat(ask("POST /pause", host(), bearer(session))).startsWith("HTTP/1.1 200 ");
        for (String request : new String[] {"POST /stop", "POST /ticket", "POST /reload"}) {
            assertThat(ask(request, host(), bearer(session))).startsWith("HTTP/1.1 404 ");
        }
        assertThat(daemon.isStopping()).isFalse();
    }

    @Test
    void aTicketIsNoTokenAndWorksOnce() throws IOException {
        String ticket = client.page().getFragment();
        assertThat(ask("GET /status", host(), bearer(ticket))).startsWith("HTTP/1.1 401 ");
        assertThat(ask("POST /session", host(), bearer(ticket))).startsWith("HTTP/1.1 200 ");
        assertThat(ask("POST /session", host(), bearer(ticket))).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void aNameThatWasPointedHereIsRefused() throws IOException {
        String session = session();
        for (String host :
                new String[] {
                    "evil.example:" + address.port(), "evil.example", "127.0.0.1:1", ""
                }) {
            assertThat(ask("GET /status", host, bearer(session)))
                    .as(host)
                    .startsWith("HTTP/1.1 403 ");
            assertThat(ask("GET /", host)).as(host).startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void whatAnotherPageSendsIsRefused() throws IOException {
        String session = session();
        for (String origin :
                new String[] {
                    "https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"
                }) {
            assertThat(ask("POST /pause", host(), bearer(session), "Origin: " + origin + "\r\n"))
                    .as(origin)
                    .startsWith("HTTP/1.1 403 ");
        }
        assertThat(ask("POST /pause", host(), bearer(session), "Origin: http://" + host() + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aDaemonWithoutAPageHasNoAddress() {
        DeviceHome other = new DeviceHome(directory.resolve("other"));
        try (Daemon _ =
                Daemon.start(
                                other,
                                link -> {
                                    throw new IllegalStateException("no folder: " + link);
                                })
                        .orElseThrow()) {
            ControlClient asked = ControlClient.of(other).orElseThrow();
            assertThatThrownBy(asked::page)
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }
}
