package io.syncline.client.api;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whom TLS connections trust. Host names are always checked as well. */
final class Tls {
    private Tls() {}

    /** The system's authorities, or only the certificates of that PEM file. */
    static SSLContext context(Optional<Path> trusted) {
        try {
            return trusted.isEmpty() ? SSLContext.getDefault() : pinned(trusted.get());
        } catch (IOException | GeneralSecurityException e) {
            throw new SynclineException(
                    ErrorCode.INVALID,
                    "cannot use the trusted certificates "
                            + trusted.map(Path::toString).orElse("of this system")
                            + ": "
                            + (e instanceof NoSuchFileException
                                    ? "there is no such file"
                                    : "it must hold certificates in PEM (BEGIN CERTIFICATE)"),
                    e);
        }
    }

    private static SSLContext pinned(Path pem) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> certificates;
        try (InputStream in = Files.newInputStream(pem)) {
            certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no certificate in the file");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
