package io.syncline.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    /** Key pairs by name and algorithm: making one takes seconds on a busy machine. */
    private static final Map<String, KeyStore> MADE = new HashMap<>();

    @TempDir private Path folder;

    /** A self-signed certificate for localhost, made by the JDK's own tool. */
    private KeyStore make(String name, String algorithm) throws Exception {
        KeyStore before = MADE.get(name + algorithm);
        if (before != null) {
            return before;
        }
        Path store = folder.resolve(name + ".p12");
        Process tool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "k",
                                "-keyalg",
                                algorithm,
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "SAN=dns:localhost,ip:127.0.0.1",
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue()).as(output).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, "changeit".toCharArray());
        }
        MADE.put(name + algorithm, made);
        return made;
    }

    private EdgeSettings.TlsFiles files() {
        return new EdgeSettings.TlsFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    }

    private void writeCertificate(KeyStore store) throws Exception {
        Files.writeString(
                files().certificates(), pem("CERTIFICATE", store.getCertificate("k").getEncoded()));
    }

    private void writeKey(KeyStore store) throws Exception {
        Key key = store.getKey("k", "changeit".toCharArray());
        Files.writeString(files().key(), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String what, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }

    private Edge start() {
        EdgeSettings.Bounds d = EdgeSettings.Bounds.defaults();
        EdgeSettings.Bounds bounds =
                new EdgeSettings.Bounds(
                        d.connections(),
                        d.requests(),
                        d.headerBytes(),
                        d.idleTimeout(),
                        d.bodyMemoryBytes(),
                        d.bodyMemoryWait(),
                        d.bodyGrace(),
                        d.bodyBytesPerSecond(),
                        d.requestTime(),
                        d.stopTimeout(),
                        Duration.ofMillis(50));
        return Edge.start(
                new EdgeSettings("127.0.0.1", 0, false, Optional.of(files()), bounds),
                new Router().add("GET", "/v1/x", _ -> Answer.noContent()),
                "/v1/events",
                _ -> {
                    throw SynclineException.invalid("no sockets here");
                });
    }

    private static SSLContext trusting(KeyStore... stores) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        for (KeyStore store : stores) {
            var certificate = store.getCertificate("k");
            trust.setCertificateEntry("c" + certificate.hashCode(), certificate);
        }
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static String served(Edge edge, SSLContext context) throws IOException {
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), edge.port())) {
            socket.startHandshake();
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return leaf.getSubjectX500Principal().getName();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void http2IsNegotiatedOverTls(String algorithm) throws Exception {
        KeyStore store = make("one", algorithm);
        writeCertificate(store);
        writeKey(store);
        try (Edge edge = start();
                HttpClient http = HttpClient.newBuilder().sslContext(trusting(store)).build()) {
            HttpResponse<Void> response =
                    http.send(
                            HttpRequest.newBuilder(URI.create(edge.url() + "/v1/x")).build(),
                            HttpResponse.BodyHandlers.discarding());
            assertThat(response.statusCode()).isEqualTo(204);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.headers().firstValue("Strict-Transport-Security")).isPresent();
        }
    }

    @Test
    void changedFilesAreServedWithoutARestart() throws Exception {
        KeyStore one = make("one", "EC");
        KeyStore two = make("two", "EC");
        SSLContext both = trusting(one, two);
        writeCertificate(one);
        writeKey(one);
        try (Edge edge = start()) {
            assertThat(served(edge, both)).isEqualTo("CN=one");
            writeCertificate(two);
            writeKey(two);
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!served(edge, both).equals("CN=two")) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }
    }

    @Test
    void badFilesLeaveTheEarlierPair() throws Exception {
        KeyStore one = make("one", "EC");
        KeyStore two = make("two", "EC");
        writeCertificate(one);
        writeKey(one);
        Tls tls = new Tls(files());
        tls.factory().start();
        // Half of a renewal: the pair doesn't fit.
        writeCertificate(two);
        tls.reloadIfChanged();
        assertThat(leaf(tls)).isEqualTo(one.getCertificate("k"));
        writeKey(two);
        tls.reloadIfChanged();
        assertThat(leaf(tls)).isEqualTo(two.getCertificate("k"));
        Files.writeString(files().key(), "nonsense");
        tls.reloadIfChanged();
        Files.delete(files().certificates());
        tls.reloadIfChanged();
        assertThat(leaf(tls)).isEqualTo(two.getCertificate("k"));
        tls.factory().stop();
    }

    private static Certificate leaf(Tls tls) throws Exception {
        return tls.factory().getKeyStore().getCertificate("server");
    }

    @Test
    void unusableFilesStopTheStart() throws Exception {
        assertThatThrownBy(this::start).isInstanceOf(SynclineException.class);
        writeCertificate(make("one", "EC"));
        writeKey(make("two", "EC"));
        assertThatThrownBy(this::start)
                .isInstanceOf(SynclineException.class)
                .hasMessageContaining("doesn't belong");
    }
}
