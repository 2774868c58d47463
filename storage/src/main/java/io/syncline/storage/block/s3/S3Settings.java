package io.syncline.storage.block.s3;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which bucket is used, and how.
 *
 * @param prefix what the names of objects begin with: nothing, or ends with a slash
 * @param endpoint absent for Amazon's own
 * @param pathStyle whether the bucket is in the path of the address, not in its host name
 * @param conditional whether the service knows {@code If-None-Match: *}; without it, that two
 *     writers choose one name is left to 128 random bits
 * @param keys absent where the library shall look for credentials in the usual places
 */
public record S3Settings(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        String region,
        boolean pathStyle,
        boolean conditional,
        Optional<Keys> keys,
        Timing timing) {
    private static final String REGION = "us-east-1";
    private static final int PREFIX_CHARS_MAX = 256;

    /** Credentials. */
    public record Keys(Secret access, Secret secret) {}

    /**
     * How long is waited for what.
     *
     * @param connection until there is one
     * @param answer between two signs of life of a request
     * @param attempt for one attempt of a request that moves little, at the most
     * @param whole for a request with all its attempts
     * @param retryMin before the second attempt, about; doubles, with jitter
     * @param retryMax before a later one, at the most
     */
    public record Timing(
            Duration connection,
            Duration answer,
            Duration attempt,
            Duration whole,
            Duration retryMin,
            Duration retryMax) {
        /** What a node has. */
        public static final Timing DEFAULT =
                new Timing(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(5));
    }

    public S3Settings {
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw SynclineException.invalid(
                    "a bucket's name is 3..63 lower-case letters, digits, dots and dashes");
        }
        if (prefix.length() > PREFIX_CHARS_MAX || !prefix.matches("([A-Za-z0-9._-]+/)*")) {
            throw SynclineException.invalid(
                    "a prefix in a bucket is at most "
                            + PREFIX_CHARS_MAX
                            + " letters, digits, '.', '_', '-' and '/'");
        }
        if (region.isEmpty()) {
            throw SynclineException.invalid("a region has a name");
        }
    }

    /**
     * What a URL says: {@code
     * s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&path-style=true&conditional=false]}.
     *
     * @throws SynclineException INVALID
     */
    public static S3Settings of(URI url, Optional<Keys> keys) {
        if (!"s3".equals(url.getScheme()) || url.getRawAuthority() == null) {
            throw SynclineException.invalid("a URL of a bucket is s3://BUCKET/PREFIX");
        }
        if (url.getRawUserInfo() != null || url.getPort() >= 0) {
            throw SynclineException.invalid(
                    "a URL of a bucket holds no keys and no port: keys are settings of their own,"
                            + " an address is ?endpoint=https://HOST:PORT");
        }
        Map<String, String> options = options(url);
        Optional<URI> endpoint =
                Optional.ofNullable(options.remove("endpoint")).map(S3Settings::address);
        String region = Optional.ofNullable(options.remove("region")).orElse(REGION);
        boolean pathStyle = flag(options.remove("path-style"), "path-style", endpoint.isPresent());
        boolean conditional = flag(options.remove("conditional"), "conditional", true);
        if (!options.isEmpty()) {
            throw SynclineException.invalid(
                    "a URL of a bucket has the options endpoint, region, path-style and"
                            + " conditional, not "
                            + options.keySet());
        }
        return new S3Settings(
                url.getRawAuthority(),
                prefix(url.getPath()),
                endpoint,
                region,
                pathStyle,
                conditional,
                keys,
                Timing.DEFAULT);
    }

    private static Map<String, String> options(URI url) {
        Map<String, String> options = new HashMap<>();
        if (url.getRawQuery() != null && !url.getRawQuery().isEmpty()) {
            for (String option : url.getRawQuery().split("&", -1)) {
                String[] parts = option.split("=", 2);
                String value = parts.length == 2 ? decoded(parts[1]) : "";
                if (options.put(parts[0], value) != null) {
                    throw SynclineException.invalid("the option " + parts[0] + " is said twice");
                }
            }
        }
        return options;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static URI address(String text) {
        try {
            URI address = URI.create(text);
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, "the endpoint isn't an address: " + e.getMessage(), e);
        }
        throw SynclineException.invalid("an endpoint is http://HOST:PORT or https://HOST:PORT");
    }

    private static boolean flag(@Nullable String text, String name, boolean otherwise) {
        if (text == null) {
            return otherwise;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw SynclineException.invalid(name + " is true or false");
        };
    }

    private static String prefix(String path) {
        String inner = path.replaceAll("^/+|/+$", "");
        return inner.isEmpty() ? "" : inner + "/";
    }

    /** The same with other waits. */
    S3Settings with(Timing other) {
        return new S3Settings(
                bucket, prefix, endpoint, region, pathStyle, conditional, keys, other);
    }

    /** Where it is, without secrets. */
    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix + endpoint.map(at -> " at " + at).orElse("");
    }
}
