package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and key from PEM files, read again when they change. A pair that can't
 * be used changes nothing and is reported: certificate renewal writes two files one after the
 * other, and a server that stops serving because of that helps nobody.
 */
final class Tls {
    private static final Logger log = LoggerFactory.getLogger(Tls.class);

    /** Largest PEM file that is read. */
    private static final int PEM_BYTES_MAX = 1 << 20;

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private final EdgeSettings.TlsFiles files;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private Pair current;

    /** What was found unusable last, so that it is reported once. */
    private String reported = "";

    /** Both files' bytes as they were read together. */
    private record Pair(String certificates, String key) {}

    /** Reads the files; fails where they can't be used. */
    Tls(EdgeSettings.TlsFiles files) {
        this.files = files;
        this.current = read();
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setKeyStore(keyStore(current));
        factory.setKeyStorePassword("");
        // One certificate serves whatever name it is asked by: people use addresses, too.
        factory.setSniRequired(false);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    /** Takes over changed files; keeps the pair in use where they can't be read or don't fit. */
    synchronized void reloadIfChanged() {
        try {
            Pair found = read();
            if (found.equals(current)) {
                return;
            }
            KeyStore store = keyStore(found);
            factory.reload(changed -> changed.setKeyStore(store));
            current = found;
            reported = "";
            log.atInfo().addKeyValue("file", files.certificates()).log("TLS certificate reloaded");
        } catch (Exception e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(reported)) {
                reported = reason;
                log.atError()
                        .addKeyValue("file", files.certificates())
                        .addKeyValue("reason", reason)
                        .log("TLS files can't be used; the earlier certificate stays");
            }
        }
    }

    private Pair read() {
        try {
            for (var file : List.of(files.certificates(), files.key())) {
                if (Files.size(file) > PEM_BYTES_MAX) {
                    throw SynclineException.invalid(file + " is too large for a PEM file");
                }
            }
            return new Pair(
                    Files.readString(files.certificates(), StandardCharsets.ISO_8859_1),
                    Files.readString(files.key(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.INVALID,
                    "cannot read the TLS files: "
                            + (e instanceof NoSuchFileException missing
                                    ? "there is no " + missing.getFile()
                                    : e.getMessage()),
                    e);
        }
    }

    private static KeyStore keyStore(Pair pair) {
        try {
            Collection<? extends Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            pair.certificates()
                                                    .getBytes(StandardCharsets.ISO_8859_1)));
            if (chain.isEmpty()) {
                throw SynclineException.invalid("the certificate file holds no certificate");
            }
            X509Certificate leaf = (X509Certificate) chain.iterator().next();
            PrivateKey key = privateKey(pair.key(), leaf.getPublicKey().getAlgorithm());
            checkBelongs(key, leaf);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, new char[0]);
            store.setKeyEntry("server", key, new char[0], chain.toArray(new Certificate[0]));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "the TLS files can't be used: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(String pem, String algorithm)
            throws GeneralSecurityException {
        Matcher found = PKCS8.matcher(pem);
        if (!found.find()) {
            throw SynclineException.invalid(
                    "the key file must hold an unencrypted PKCS#8 key (BEGIN PRIVATE KEY)");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(found.group(1));
        } catch (IllegalArgumentException e) {
            throw new SynclineException(ErrorCode.INVALID, "the key file isn't valid PEM", e);
        }
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    /** Signs and verifies a few bytes: the only test that holds for every algorithm. */
    private static void checkBelongs(PrivateKey key, X509Certificate leaf)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm().toUpperCase(Locale.ROOT)) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        byte[] probe = "syncline".getBytes(StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(leaf.getPublicKey());
        verifier.update(probe);
        if (!verifier.verify(signer.sign())) {
            throw SynclineException.invalid("the key doesn't belong to the certificate");
        }
    }
}
