package io.syncline.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final Hello HELLO = new Hello("syncline", "1", 1, 1, List.of());

    @TempDir private static Path folder;
    private HttpsServer server;

    @BeforeAll
    static void certificates() throws Exception {
        certificate("server", "ip:127.0.0.1");
        certificate("other", "ip:127.0.0.1");
    }

    @BeforeEach
    void start() throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(folder.resolve("server.p12"))));
        server.createContext(
                "/v1/hello",
                exchange -> {
                    byte[] body = WireJson.HELLO.toBytes(HELLO);
                    exchange.getResponseHeaders().set("Syncline-Protocol", "1-1");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** A self-signed certificate: NAME.p12 with its key, and NAME.pem without. */
    private static void certificate(String name, String alternative) throws Exception {
        Path store = folder.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + alternative,
                "-keystore",
                store.toString(),
                "-storepass",
                "password",
                "-alias",
                "k");
        keytool(
                "-exportcert",
                "-rfc",
                "-keystore",
                store.toString(),
                "-storepass",
                "password",
                "-alias",
                "k",
                "-file",
                folder.resolve(name + ".pem").toString());
    }

    private static void keytool(String... arguments) throws Exception {
        var command = new java.util.ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "password".toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "password".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private HttpServerApi api(String host, Optional<String> pem) {
        ServerAddress address =
                ServerAddress.parse("https://" + host + ":" + server.getAddress().getPort());
        return new HttpServerApi(
                pem.map(name -> address.trusting(folder.resolve(name))).orElse(address),
                Optional.empty());
    }

    @Test
    void pinnedCertificateIsTrusted() {
        assertThat(api("127.0.0.1", Optional.of("server.pem")).hello()).isEqualTo(HELLO);
    }

    @Test
    void unknownOtherAndMisnamedCertificatesAreNot() {
        for (var refused :
                List.of(
                        api("127.0.0.1", Optional.empty()),
                        api("127.0.0.1", Optional.of("other.pem")),
                        api("localhost", Optional.of("server.pem")))) {
            assertThatThrownBy(refused::hello)
                    .isInstanceOfSatisfying(
                            SynclineException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }

    @Test
    void fileWithoutCertificatesIsRefused() throws IOException {
        Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> api("127.0.0.1", Optional.of("empty.pem")))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }
}
