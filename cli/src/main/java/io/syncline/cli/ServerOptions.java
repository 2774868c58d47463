package io.syncline.cli;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.server.LocalAdmin;
import io.syncline.server.NodeSettings;
import io.syncline.server.Server;
import io.syncline.server.ServerSettings;
import io.syncline.server.collect.CollectSettings;
import io.syncline.server.config.Key;
import io.syncline.server.config.Listen;
import io.syncline.server.config.ServerConfig;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.server.rate.RateSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code up} and {@code serve} tell an embedded server. */
final class ServerOptions {
    private static final int DEFAULT_PORT = 8420;
    private static final int LINK_USES = 25;
    private static final Duration LINK_LIFE = Duration.ofHours(24);

    @Mixin private StoreOptions stores;

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
            names = "--drain-grace-seconds",
            paramLabel = "SECONDS",
            description =
                    "How long a stop goes on serving while /health/ready says 503, so that"
                            + " balancers notice (default: 0).")
    private @Nullable Integer drainGraceSeconds;

    @Option(
            names = "--metrics-listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where metrics are shown at /metrics to whoever can reach it, for Prometheus"
                            + " (default: nowhere).")
    private @Nullable String metricsListen;

    /** Nodes over shared stores that weren't given names differ by chance. */
    private static NodeSettings node(ServerConfig config) {
        String unnamed =
                config.stores().isEmbedded()
                        ? NodeSettings.ONLY.name()
                        : RandomId.next(new SecureRandom());
        return new NodeSettings(
                config.node().orElse(unnamed),
                config.drainGrace().orElse(NodeSettings.ONLY.drainGrace()),
                NodeSettings.ONLY.drainSpread(),
                config.metricsListen());
    }

    /** How long a stop may take at most, before it counts as stuck. */
    Duration stopMax() {
        return Foreground.STOP_MAX
                .plus(NodeSettings.ONLY.drainSpread())
                .plus(config().drainGrace().orElse(NodeSettings.ONLY.drainGrace()));
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

    private ServerConfig config() {
        Map<Key, String> flags = stores.flags();
        StoreOptions.flag(flags, Key.LISTEN, listen);
        StoreOptions.flag(flags, Key.PUBLIC_HOST, publicHost);
        StoreOptions.flag(flags, Key.PROJECT, project);
        StoreOptions.flag(flags, Key.TLS_CERTIFICATE, certificate);
        StoreOptions.flag(flags, Key.TLS_KEY, key);
        StoreOptions.flag(flags, Key.NODE, node);
        StoreOptions.flag(flags, Key.METRICS_LISTEN, metricsListen);
        StoreOptions.flag(flags, Key.DRAIN_GRACE_SECONDS, drainGraceSeconds);
        StoreOptions.flag(flags, Key.ALLOW_PLAIN_HTTP, allowPlainHttp ? "true" : null);
        return stores.config(flags);
    }

    /** Starts the server and makes what the first start needs. */
    Running start(Path defaultData, String defaultProject) {
        ServerConfig config = config();
        Path directory = config.data().orElse(defaultData).toAbsolutePath().normalize();
        Listen address = config.listen().orElseGet(() -> address(directory));
        Server server = Server.start(settings(config, directory, address));
        try {
            remember(directory, address, server.url().getPort());
            LocalAdmin admin = server.admin();
            AccountId account = admin.account("admin");
            String name = config.project().orElse(defaultProject);
            Optional<Path> trusted = config.tls().map(ServerConfig.Tls::certificate);
            return new Running(
                    server,
                    PublicName.of(config.publicHost(), address.host(), trusted),
                    trusted.map(Path::toAbsolutePath),
                    directory,
                    account,
                    admin.ensureProject(account, name),
                    name);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static ServerSettings settings(ServerConfig config, Path directory, Listen address) {
        EdgeSettings.Bounds bounds = EdgeSettings.Bounds.defaults();
        EdgeSettings edge =
                new EdgeSettings(
                        address.host(),
                        address.port(),
                        config.allowPlainHttp(),
                        config.tls()
                                .map(tls ->
                                        new EdgeSettings.TlsFiles(tls.certificate(), tls.key())),
                        bounds.with(
                                config.connections().orElse(bounds.connections()),
                                config.requests().orElse(bounds.requests()),
                                config.requestTime().orElse(bounds.requestTime())));
        RateSettings rates = RateSettings.DEFAULT;
        return new ServerSettings(
                directory,
                edge,
                config.adminPassword(),
                Version.number(),
                config.backupHorizon()
                        .map(CollectSettings.DEFAULT::withHorizon)
                        .orElse(CollectSettings.DEFAULT),
                config.stores(),
                node(config),
                new RateSettings(
                        config.accountRequests().orElse(rates.requestsPerSecond()),
                        config.accountBytes().orElse(rates.bytesPerSecond()),
                        rates.burst()));
    }

    /** The address of last time, else the default one, else any free one. */
    private static Listen address(Path directory) {
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
