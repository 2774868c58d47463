package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a person hands to another to join a project: {@code syncline://HOST:PORT/join/SECRET}, with
 * {@code ?tls=0} where the server speaks plain HTTP.
 *
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port 1..65535
 * @param tls whether to connect by HTTPS
 * @param secret 32 random bytes in base64url without padding
 */
public record JoinLink(String host, int port, boolean tls, Secret secret) {
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})|\\[[0-9A-Fa-f:.]{2,45}]");

    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}");

    private static final String PATH = "/join/";

    private static final Pattern LINK =
            Pattern.compile(
                    "(?i:syncline)://([^/?#@\\[\\]:]+|\\[[^/?#@\\[\\]]+]):([0-9]{1,5})/join/"
                            + "([^/?#]+)(?:\\?tls=([01]))?");

    /** Longest link that is looked at. */
    private static final int CHARS_MAX = 512;

    public JoinLink {
        if (!HOST.matcher(host).matches()) {
            throw SynclineException.invalid("a join link names a host or an address");
        }
        if (port < 1 || port > 65_535) {
            throw SynclineException.invalid("a join link's port is 1..65535");
        }
        if (!SECRET.matcher(secret.value()).matches()) {
            throw SynclineException.invalid("a join link ends with a secret of 43 characters");
        }
    }

    /**
     * The link that this text spells; blanks around it are ignored, for it was pasted.
     *
     * @throws SynclineException INVALID, never quoting the secret
     */
    public static JoinLink parse(String text) {
        String link = text.strip();
        if (link.length() > CHARS_MAX) {
            throw SynclineException.invalid("a join link has at most " + CHARS_MAX + " characters");
        }
        Matcher matcher = LINK.matcher(link);
        if (!matcher.matches()) {
            throw SynclineException.invalid(
                    "a join link is syncline://HOST:PORT/join/SECRET, with ?tls=0 on plain HTTP");
        }
        return new JoinLink(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                !"0".equals(matcher.group(4)),
                new Secret(matcher.group(3)));
    }

    /** The link's text, secret and all. */
    public String format() {
        return "syncline://" + host + ":" + port + PATH + secret.value() + (tls ? "" : "?tls=0");
    }

    /** The address of the server, without a slash at the end: {@code https://HOST:PORT}. */
    public String origin() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
}
