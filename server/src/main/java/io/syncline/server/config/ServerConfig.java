package io.syncline.server.config;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an operator said, judged as far as it can be without asking anybody. What wasn't said is
 * absent.
 *
 * @param tls certificate and key
 * @param connections open sockets at most
 * @param requests handled at once at most
 * @param requestTime how long one may be handled
 * @param accountRequests an account may make a second, over all nodes
 * @param accountBytes an account may move a second, over all nodes
 * @param backupHorizon the age of the oldest backup that can be restored (R5)
 * @param node what this node of several is called
 * @param drainGrace how long a stop lets balancers notice
 * @param metricsListen where metrics are shown to whoever can reach it
 */
public record ServerConfig(
        Optional<Path> data,
        Optional<Listen> listen,
        Optional<String> publicHost,
        Optional<String> project,
        Optional<Tls> tls,
        boolean allowPlainHttp,
        StoreUrls stores,
        Optional<Secret> adminPassword,
        Optional<Integer> connections,
        Optional<Integer> requests,
        Optional<Duration> requestTime,
        Optional<Long> accountRequests,
        Optional<Long> accountBytes,
        Optional<Duration> backupHorizon,
        Optional<String> node,
        Optional<Duration> drainGrace,
        Optional<Listen> metricsListen) {
    private static final int DRAIN_GRACE_SECONDS_MAX = 600;
    private static final int CONNECTIONS_MAX = 1_000_000;
    private static final int REQUESTS_MAX = 100_000;
    private static final int REQUEST_SECONDS_MAX = 600;
    private static final int RATE_MAX = 1_000_000;
    private static final int HORIZON_DAYS_MAX = 3_650;

    /** Two PEM files. */
    public record Tls(Path certificate, Path key) {}

    /**
     * Reads and judges; what is wrong is noted, and its value absent.
     *
     * @param flags what the command line says
     * @param environment all variables
     * @param file where more is said
     * @throws SynclineException where the file can't be read at all
     */
    public static ServerConfig read(
            Map<Key, String> flags,
            Map<String, String> environment,
            Optional<Path> file,
            Problems problems) {
        return new Reading(Layers.read(flags, environment, file, problems), problems).config();
    }

    /** Turns texts into values. */
    private record Reading(Map<Key, String> values, Problems problems) {
        ServerConfig config() {
            return new ServerConfig(
                    value(Key.DATA, Reading::path),
                    value(Key.LISTEN, Listen::parse),
                    value(Key.PUBLIC_HOST, Reading::some),
                    value(Key.PROJECT, Reading::some),
                    tls(),
                    value(Key.ALLOW_PLAIN_HTTP, Reading::bool).orElse(false),
                    stores(),
                    value(Key.ADMIN_PASSWORD, Secret::new),
                    value(Key.CONNECTIONS, text -> number(text, CONNECTIONS_MAX)),
                    value(Key.REQUESTS, text -> number(text, REQUESTS_MAX)),
                    value(Key.REQUEST_SECONDS, text -> number(text, REQUEST_SECONDS_MAX))
                            .map(Duration::ofSeconds),
                    value(Key.ACCOUNT_REQUESTS_PER_SECOND, text -> number(text, RATE_MAX))
                            .map(Integer::longValue),
                    value(Key.ACCOUNT_MEBIBYTES_PER_SECOND, text -> number(text, RATE_MAX))
                            .map(mebibytes -> (long) mebibytes << 20),
                    value(Key.BACKUP_HORIZON_DAYS, text -> number(text, HORIZON_DAYS_MAX))
                            .map(Duration::ofDays),
                    value(Key.NODE, Reading::node),
                    value(Key.DRAIN_GRACE_SECONDS, text -> number(text, DRAIN_GRACE_SECONDS_MAX))
                            .map(Duration::ofSeconds),
                    value(Key.METRICS_LISTEN, Listen::parse));
        }

        private static String node(String text) {
            if (!text.matches("[A-Za-z0-9._-]{1,64}")) {
                throw SynclineException.invalid(
                        "a node's name is 1..64 letters, digits, dots, underscores and dashes");
            }
            return text;
        }

        private StoreUrls stores() {
            StoreUrls urls =
                    new StoreUrls(
                            url(Key.METADATA, "sqlite:"),
                            value(Key.METADATA_PASSWORD, Secret::new),
                            url(Key.BLOCKS, "packs:"),
                            value(Key.BLOCKS_ACCESS_KEY, Secret::new),
                            value(Key.BLOCKS_SECRET_KEY, Secret::new),
                            url(Key.EVENTS, "process:"),
                            value(Key.EVENTS_PASSWORD, Secret::new));
            if (urls.blocksAccessKey().isPresent() != urls.blocksSecretKey().isPresent()) {
                problems.add(
                        urls.blocksAccessKey().isPresent()
                                ? Key.BLOCKS_ACCESS_KEY
                                : Key.BLOCKS_SECRET_KEY,
                        "an access key and a secret key go together");
            }
            return urls;
        }

        private Optional<Tls> tls() {
            Optional<Path> certificate = value(Key.TLS_CERTIFICATE, Reading::readable);
            Optional<Path> key = value(Key.TLS_KEY, Reading::readable);
            if (values.containsKey(Key.TLS_CERTIFICATE) != values.containsKey(Key.TLS_KEY)) {
                problems.add(
                        values.containsKey(Key.TLS_CERTIFICATE) ? Key.TLS_CERTIFICATE : Key.TLS_KEY,
                        "a certificate and its key go together");
            }
            return certificate.flatMap(file -> key.map(other -> new Tls(file, other)));
        }

        private <T> Optional<T> value(Key key, Function<String, T> read) {
            return Optional.ofNullable(values.get(key))
                    .flatMap(text -> problems.collect(key, () -> read.apply(text)));
        }

        /** A URL; absent where it says what is the default anyway. */
        private Optional<URI> url(Key key, String embedded) {
            return value(key, text -> text)
                    .filter(text -> !text.equals(embedded))
                    .flatMap(text -> problems.collect(key, () -> uri(text, embedded)));
        }

        private static URI uri(String text, String embedded) {
            try {
                URI uri = new URI(text);
                if (uri.getScheme() != null) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                // Neither the text nor the failure's message is shown: a password may be in it.
                throw new SynclineException(
                        ErrorCode.INVALID, "not a URL, at its character " + e.getIndex());
            }
            throw SynclineException.invalid(
                    "not a URL; what is kept in the data folder is '" + embedded + "'");
        }

        private static Path path(String text) {
            try {
                return Path.of(some(text));
            } catch (InvalidPathException e) {
                throw new SynclineException(ErrorCode.INVALID, "no path: " + e.getMessage(), e);
            }
        }

        private static Path readable(String text) {
            Path file = path(text);
            if (!Files.isReadable(file)) {
                throw SynclineException.invalid("cannot read the file " + file);
            }
            return file;
        }

        private static String some(String text) {
            if (text.isEmpty()) {
                throw SynclineException.invalid("nothing is said");
            }
            return text;
        }

        private static boolean bool(String text) {
            return switch (text) {
                case "true", "yes", "on" -> true;
                case "false", "no", "off" -> false;
                default -> throw SynclineException.invalid("true or false, not '" + text + "'");
            };
        }

        private static int number(String text, int max) {
            try {
                int number = Integer.parseInt(text);
                if (number >= 1 && number <= max) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // Told below.
            }
            throw SynclineException.invalid("a number of 1.." + max + ", not '" + text + "'");
        }
    }
}
