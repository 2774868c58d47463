package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.server.LocalAdmin;
import io.syncline.server.NodeSettings;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.edge.EdgeSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code up} and {@code serve} tell an embedded server. */
final class ServerOptions {
    private static final int DEFAULT_PORT = 8420;
    private static final int LINK_USES = 25;
    private static final Duration LINK_LIFE = Duration.ofHours(24);

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the server keeps everything (default: HOME/server).")
    private @Nullable Path data;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where it listens (default: 127.0.0.1:8420, or a free port if that is taken;"
                            + " then the same again).")
    private @Nullable String listen;

    @Option(
            names = "--public-host",
            paramLabel = "NAME",
            description =
                    "The name or address that other devices reach it by (default: what the"
                            + " certificate is for, or what it listens on).")
    private @Nullable String publicHost;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "The project's name; made if it isn't there.")
    private @Nullable String project;

    @Option(
            names = "--tls-certificate",
            paramLabel = "PEM",
            description = "The certificate with its chain; read again when it changes.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "PEM",
            description = "Its private key (PKCS#8, not encrypted).")
    private @Nullable Path key;

    @Option(
            names = "--allow-plain-http",
            description =
                    "Serve without TLS on addresses that others can reach: only behind something"
                            + " that does TLS.")
    private boolean allowPlainHttp;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description =
                    "What this node is called, where several serve the same stores: a name that"
                            + " no other has (default: the only node).")
    private @Nullable String node;

    @Option(
            names = "--drain-grace",
            paramLabel = "SECONDS",
            description =
                    "How long a stop goes on serving while /health/ready says 503, so that"
                            + " balancers notice (default: 0).")
    private int drainGraceSeconds;

    private NodeSettings node() {
        return new NodeSettings(
                node == null ? NodeSettings.ONLY.name() : node,
                Duration.ofSeconds(drainGraceSeconds),
                NodeSettings.ONLY.drainSpread());
    }

    /** How long a stop may take at most, before it counts as stuck. */
    Duration stopMax() {
        return node().drainGrace().plus(node().drainSpread()).plus(Foreground.STOP_MAX);
    }

    /** A running server with the project that people are invited to. */
    record Running(
            Server server,
            String publicHost,
            Optional<Path> certificate,
            Path data,
            AccountId account,
            ProjectId project,
            String projectName)
            implements AutoCloseable {
        /** Where other devices reach it. */
        URI publicAddress() {
            return at(publicHost);
        }

        /** Where a device in this process reaches it: by TLS under the name it is checked for. */
        URI ownAddress() {
            if (certificate.isPresent()) {
                return publicAddress();
            }
            String host = server.url().getHost();
            return PublicName.isEverywhere(host) ? at("127.0.0.1") : server.url();
        }

        private URI at(String host) {
            URI url = server.url();
            boolean bare = host.contains(":") && !host.startsWith("[");
            return URI.create(
                    url.getScheme()
                            + "://"
                            + (bare ? "[" + host + "]" : host)
                            + ":"
                            + url.getPort());
        }

        /** Prints how to reach it: the one line that scripts wait for, or a few for people. */
        void announce(Console console) {
            URI url = publicAddress();
            JoinLink link =
                    new JoinLink(
                            url.getHost(),
                            url.getPort(),
                            url.getScheme().equals("https"),
                            server.admin()
                                    .invite(project, Role.EDITOR, LINK_USES, LINK_LIFE)
                                    .secret());
            Optional<Secret> password = server.adminPassword();
            console.document(
                    new JsonWriter()
                            .beginObject()
                            .member("url", url.toString())
                            .member("joinLink", link.format())
                            .member("data", data.toString())
                            .member("project", project.value())
                            .member("account", "admin")
                            .optional("password", password.map(Secret::value), JsonWriter::text)
                            .endObject());
            console.line("Web page    " + url);
            console.line(
                    "Sign in     admin"
                            + password.map(secret ->
                                            ", password " + secret.value() + "   (shown this once)")
                                    .orElse(""));
            console.line("Join link   " + link.format());
            console.line(
                    "            for "
                            + LINK_USES
                            + " devices within 24 hours, on another device: syncline join '"
                            + "LINK' DIR");
            if (isLoopback(url.getHost())) {
                console.line(
                        "            on this machine only; for others to reach it: --listen with"
                                + " --tls-certificate and --tls-key");
            }
        }

        private static boolean isLoopback(String host) {
            try {
                return InetAddress.getByName(host).isLoopbackAddress();
            } catch (UnknownHostException e) {
                // A name that only others can look up.
                return false;
            }
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** Starts the server and makes what the first start needs. */
    Running start(Path defaultData, String defaultProject) {
        Path directory = (data == null ? defaultData : data).toAbsolutePath().normalize();
        Listen address = address(directory);
        EdgeSettings edge =
                new EdgeSettings(
                        address.host(),
                        address.port(),
                        allowPlainHttp,
                        tls(),
                        EdgeSettings.Bounds.defaults());
        Server server =
                Server.start(
                        new ServerSettings(directory, edge, Optional.empty(), Version.number())
                                .as(node()));
        try {
            remember(directory, address, server.url().getPort());
            LocalAdmin admin = server.admin();
            AccountId account = admin.account("admin");
            String name = project == null ? defaultProject : project;
            return new Running(
                    server,
                    name(address),
                    Optional.ofNullable(certificate).map(Path::toAbsolutePath),
                    directory,
                    account,
                    admin.ensureProject(account, name),
                    name);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private String name(Listen address) {
        return PublicName.of(
                Optional.ofNullable(publicHost), address.host(), Optional.ofNullable(certificate));
    }

    private Optional<EdgeSettings.TlsFiles> tls() {
        if ((certificate == null) != (key == null)) {
            throw SynclineException.invalid("--tls-certificate and --tls-key go together");
        }
        return certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new EdgeSettings.TlsFiles(certificate, key));
    }

    /**
     * The address asked for, else the one of last time, else the default one, else any free one.
     */
    private Listen address(Path directory) {
        if (listen != null) {
            return Listen.parse(listen);
        }
        Path remembered = directory.resolve("listen");
        try {
            if (Files.exists(remembered)) {
                return Listen.parse(Files.readString(remembered).strip());
            }
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot read " + remembered, e);
        }
        return new Listen("127.0.0.1", isFree(DEFAULT_PORT) ? DEFAULT_PORT : 0);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            // Somebody else listens there.
            return false;
        }
    }

    /** Devices know the server by its address, so that it has to stay the same. */
    private static void remember(Path directory, Listen address, int port) {
        try {
            String host =
                    address.host().contains(":") ? "[" + address.host() + "]" : address.host();
            Files.writeString(directory.resolve("listen"), host + ":" + port + "\n");
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot write to " + directory, e);
        }
    }
}
