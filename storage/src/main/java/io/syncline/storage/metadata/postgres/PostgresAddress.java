package io.syncline.storage.metadata.postgres;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which PostgreSQL to use, as whom, and with how many connections.
 *
 * @param hosts one or more names or addresses, each with or without {@code :port}, with commas
 *     between
 * @param database the database's name, as it is
 * @param options what the driver is told besides, by the names in {@link #OPTIONS}
 * @param readers most reads at once, 1..{@link #CONNECTIONS_MAX}; as many connections
 * @param writers transactions that write at once, 1..{@link #CONNECTIONS_MAX}; as many connections
 */
public record PostgresAddress(
        String hosts,
        String database,
        Optional<String> user,
        Optional<Secret> password,
        Map<String, String> options,
        int readers,
        int writers) {
    /** What readers and writers may be at most. */
    public static final int CONNECTIONS_MAX = 256;

    /** Reads at once unless said otherwise. */
    public static final int READERS = 16;

    /** Writing transactions at once unless said otherwise. */
    public static final int WRITERS = 8;

    /**
     * What may stand behind the question mark, besides {@code readers} and {@code writers}.
     * Whatever could change what the store promises isn't among them.
     */
    public static final Set<String> OPTIONS =
            Set.of(
                    "ApplicationName",
                    "channelBinding",
                    "connectTimeout",
                    "currentSchema",
                    "gssEncMode",
                    "sslcert",
                    "sslkey",
                    "sslmode",
                    "sslnegotiation",
                    "sslpassword",
                    "sslrootcert",
                    "targetServerType");

    /** Checks and copies. */
    public PostgresAddress {
        if (hosts.isEmpty() || database.isEmpty()) {
            throw SynclineException.invalid("the metadata's address needs a host and a database");
        }
        for (String option : options.keySet()) {
            if (!OPTIONS.contains(option)) {
                throw SynclineException.invalid("the metadata's address has no option " + option);
            }
        }
        checkCount("readers", readers);
        checkCount("writers", writers);
        options = Map.copyOf(options);
    }

    private static void checkCount(String what, int count) {
        if (count < 1 || count > CONNECTIONS_MAX) {
            throw SynclineException.invalid(
                    "the metadata's " + what + " are 1.." + CONNECTIONS_MAX + ", not " + count);
        }
    }

    /**
     * Reads {@code postgresql://user:password@host:port/database?option=value&…}; parts may be
     * percent-encoded, {@code postgres:} is the same. {@code INVALID} for everything else.
     */
    public static PostgresAddress of(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            // Without the text and the cause: there may be a password in both.
            throw SynclineException.invalid("the metadata's address is no URL");
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        boolean known = scheme.equals("postgresql") || scheme.equals("postgres");
        if (!known || !path.startsWith("/") || uri.getRawFragment() != null) {
            throw SynclineException.invalid(
                    "the metadata's address is postgresql://user@host:port/database");
        }
        int at = authority.lastIndexOf('@');
        String[] credentials = authority.substring(0, Math.max(at, 0)).split(":", 2);
        Map<String, String> options = options(uri);
        int readers = count(options, "readers", READERS);
        int writers = count(options, "writers", WRITERS);
        return new PostgresAddress(
                authority.substring(at + 1),
                decode(path.substring(1)),
                Optional.of(decode(credentials[0])).filter(name -> !name.isEmpty()),
                credentials.length < 2 || credentials[1].isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Secret(decode(credentials[1]))),
                options,
                readers,
                writers);
    }

    private static Map<String, String> options(URI uri) {
        Map<String, String> options = new LinkedHashMap<>();
        String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
        for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            String[] pair = part.split("=", 2);
            if (pair.length < 2 || options.put(decode(pair[0]), decode(pair[1])) != null) {
                throw SynclineException.invalid(
                        "an option of the metadata's address is name=value, once");
            }
        }
        return options;
    }

    private static int count(Map<String, String> options, String name, int standard) {
        String text = options.remove(name);
        try {
            return text == null ? standard : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "the metadata's " + name + " are a number", e);
        }
    }

    private static String decode(String text) {
        try {
            // A plus is a plus here; only a form would mean a space by it.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw SynclineException.invalid("the metadata's address is wrongly encoded");
        }
    }

    /** The same with another password, such as one from a file. */
    public PostgresAddress withPassword(Secret other) {
        return new PostgresAddress(
                hosts, database, user, Optional.of(other), options, readers, writers);
    }

    /** The address for the driver, without credentials. */
    String jdbcUrl() {
        return "jdbc:postgresql://" + hosts + "/" + encode(database);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** For people; without the password. */
    @Override
    public String toString() {
        String shown =
                options.keySet().stream().sorted().collect(Collectors.joining(", ", " (", ")"));
        return "postgresql://" + hosts + "/" + database + (options.isEmpty() ? "" : shown);
    }
}
