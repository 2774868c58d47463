package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the name that other devices reach a server of this machine by. */
final class PublicName {
    /** Kinds of name in a certificate (RFC 5280 §4.2.1.6). */
    private static final int DNS_NAME = 2;

    private static final int IP_ADDRESS = 7;

    private PublicName() {}

    /**
     * What is told; else the address listened on, if it is one and the certificate is for it; else
     * the first name that the certificate is for; else an address of this machine.
     */
    static String of(Optional<String> told, String listened, Optional<Path> certificate) {
        if (told.isPresent()) {
            return told.get();
        }
        List<String> names = certificate.map(PublicName::names).orElse(List.of());
        boolean everywhere = isEverywhere(listened);
        if (!everywhere && (names.isEmpty() || names.contains(listened))) {
            return listened;
        }
        return names.isEmpty() ? ofThisMachine().orElse(listened) : names.getFirst();
    }

    /** Whether this address means all that the machine has. */
    static boolean isEverywhere(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            // The server says so when it is to listen there.
            return false;
        }
    }

    /** Names without wildcards, then addresses. */
    private static List<String> names(Path certificate) {
        try (InputStream in = Files.newInputStream(certificate)) {
            X509Certificate leaf =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            List<String> dns = new ArrayList<>();
            List<String> addresses = new ArrayList<>();
            for (List<?> name :
                    Optional.ofNullable(leaf.getSubjectAlternativeNames()).orElse(List.of())) {
                String text = String.valueOf(name.get(1));
                if (name.getFirst().equals(DNS_NAME) && !text.contains("*")) {
                    dns.add(text);
                } else if (name.getFirst().equals(IP_ADDRESS)) {
                    addresses.add(text);
                }
            }
            dns.addAll(addresses);
            return dns;
        } catch (IOException | CertificateException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "cannot use the certificate " + certificate, e);
        }
    }

    private static Optional<String> ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(Inet4Address.class::isInstance)
                    .filter(address ->
                            !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst();
        } catch (SocketException e) {
            return Optional.empty();
        }
    }
}
