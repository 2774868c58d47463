package io.syncline.server.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What can be configured; {@code docs/syncline.conf.example} explains each. */
public enum Key {
    DATA,
    LISTEN,
    PUBLIC_HOST,
    PROJECT,
    TLS_CERTIFICATE,
    TLS_KEY,
    ALLOW_PLAIN_HTTP,
    METADATA,
    METADATA_PASSWORD,
    BLOCKS,
    BLOCKS_ACCESS_KEY,
    BLOCKS_SECRET_KEY,
    EVENTS,
    EVENTS_PASSWORD,
    ADMIN_PASSWORD,
    CONNECTIONS,
    REQUESTS,
    REQUEST_SECONDS,
    ACCOUNT_REQUESTS_PER_SECOND,
    ACCOUNT_MEBIBYTES_PER_SECOND,
    BACKUP_HORIZON_DAYS,
    NODE,
    DRAIN_GRACE_SECONDS,
    METRICS_LISTEN;

    /** What follows a secret's name where the value is the name of a file that holds it. */
    static final String FILE = "-file";

    /** What every name in the environment begins with. */
    private static final String ENVIRONMENT = "SYNCLINE_";

    /** How the file and the flags spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How the environment spells it. */
    public String environment() {
        return ENVIRONMENT + name();
    }

    /** Whether it must not be shown; such a value is never a flag, which everybody can see. */
    public boolean isSecret() {
        return switch (this) {
            case METADATA_PASSWORD,
                    BLOCKS_ACCESS_KEY,
                    BLOCKS_SECRET_KEY,
                    EVENTS_PASSWORD,
                    ADMIN_PASSWORD ->
                    true;
            default -> false;
        };
    }

    static Optional<Key> of(String text) {
        return Arrays.stream(values()).filter(key -> key.text().equals(text)).findFirst();
    }

    /** The key whose name is most like this, for a message. */
    static Key like(String text) {
        return Arrays.stream(values())
                .min(Comparator.comparingInt(key -> distance(key.text(), text)))
                .orElseThrow();
    }

    /** Levenshtein's distance of two short texts. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
