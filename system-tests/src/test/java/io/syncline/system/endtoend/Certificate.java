package io.syncline.system.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate that signed itself, with its key, as PEM files. */
record Certificate(Path certificate, Path key) {
    private static final String PASSWORD = "changeit";

    /** Makes one for these names, as keytool spells them: {@code dns:localhost,ip:127.0.0.1}. */
    static Certificate make(Path directory, String names) {
        try {
            Files.createDirectories(directory);
            Path store = directory.resolve("store.p12");
            Finished.run(
                            new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "keytool")
                                            .toString(),
                                    "-genkeypair",
                                    "-alias",
                                    "server",
                                    "-keyalg",
                                    "EC",
                                    "-dname",
                                    "CN=test",
                                    "-ext",
                                    "SAN=" + names,
                                    "-validity",
                                    "2",
                                    "-storetype",
                                    "PKCS12",
                                    "-storepass",
                                    PASSWORD,
                                    "-keystore",
                                    store.toString()))
                    .ok();
            KeyStore made = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                made.load(in, PASSWORD.toCharArray());
            }
            Certificate files =
                    new Certificate(directory.resolve("cert.pem"), directory.resolve("key.pem"));
            Files.writeString(
                    files.certificate,
                    pem("CERTIFICATE", made.getCertificate("server").getEncoded()));
            Files.writeString(
                    files.key,
                    pem("PRIVATE KEY", made.getKey("server", PASSWORD.toCharArray()).getEncoded()));
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] der) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }
}
