package io.syncline.server.setting;

import io.syncline.core.error.SynclineException;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ReadTransaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values that hold now. They are kept in the metadata; each node looks again when it needs one
 * and looked last more than {@link #FRESH} ago. Must not be asked within a transaction.
 * Thread-safe.
 */
public final class RuntimeSettings {
    /** How long a node relies on what it saw. */
    public static final Duration FRESH = Duration.ofSeconds(5);

    private static final String PREFIX = "runtime.";
    private static final Logger log = LoggerFactory.getLogger(RuntimeSettings.class);

    private final MetadataStore store;
    private final InstantSource clock;
    private final Map<Setting, Long> defaults;
    private volatile Seen seen = new Seen(Map.of(), Instant.MIN);

    private record Seen(Map<Setting, Long> values, Instant at) {}

    /**
     * Settings in this store.
     *
     * @param defaults what holds where nothing is set: one value for each setting
     */
    public RuntimeSettings(MetadataStore store, InstantSource clock, Map<Setting, Long> defaults) {
        this.store = store;
        this.clock = clock;
        this.defaults = new EnumMap<>(defaults);
    }

    /** The value that holds. */
    public long value(Setting setting) {
        return own(setting).orElse(standard(setting));
    }

    /** The same as a time. */
    public Duration duration(Setting setting) {
        return Duration.ofSeconds(value(setting));
    }

    /** What holds where nothing is set. */
    public long standard(Setting setting) {
        Long value = defaults.get(setting);
        if (value == null) {
            throw new IllegalStateException("there is no default for " + setting);
        }
        return value;
    }

    /** What was set, if anything was. */
    public OptionalLong own(Setting setting) {
        Long value = fresh().get(setting);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private Map<Setting, Long> fresh() {
        Seen last = seen;
        Instant now = clock.instant();
        if (!last.at().equals(Instant.MIN) && now.isBefore(last.at().plus(FRESH))) {
            return last.values();
        }
        try {
            Map<Setting, Long> values = store.read(RuntimeSettings::values);
            seen = new Seen(values, now);
            return values;
        } catch (SynclineException e) {
            log.atWarn().setCause(e).log("settings can't be read; the last ones hold");
            seen = new Seen(last.values(), now);
            return last.values();
        }
    }

    private static Map<Setting, Long> values(ReadTransaction read) {
        Map<Setting, Long> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            read.settings()
                    .find(PREFIX + setting.text())
                    .flatMap(bytes -> parse(setting, bytes))
                    .ifPresent(value -> values.put(setting, value));
        }
        return values;
    }

    /** What another version wrote and this one can't hold is as if it weren't set. */
    private static Optional<Long> parse(Setting setting, ByteBuffer bytes) {
        try {
            long value = Long.parseLong(StandardCharsets.US_ASCII.decode(bytes).toString());
            return value < setting.min() || value > setting.max()
                    ? Optional.empty()
                    : Optional.of(value);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /**
     * Sets all of these or none; a setting without a value gets its default again.
     *
     * @throws SynclineException INVALID for a value out of bounds
     */
    public void set(Map<Setting, OptionalLong> changes, Audit.Actor actor) {
        changes.forEach((setting, value) -> {
            if (value.isPresent()
                    && (value.getAsLong() < setting.min() || value.getAsLong() > setting.max())) {
                throw SynclineException.invalid(
                        setting.text() + " must be " + setting.min() + ".." + setting.max());
            }
        });
        Instant now = clock.instant();
        Map<Setting, Long> values =
                store.write(write -> {
                    changes.forEach((setting, value) -> {
                        String name = PREFIX + setting.text();
                        if (value.isPresent()) {
                            String text = Long.toString(value.getAsLong());
                            write.settings().put(name, StandardCharsets.US_ASCII.encode(text));
                        } else {
                            var _ = write.settings().delete(name);
                        }
                        Audit.add(
                                write,
                                actor,
                                Audit.Deed.of(
                                        Act.SETTING_PUT,
                                        setting.text(),
                                        value.isPresent()
                                                ? Long.toString(value.getAsLong())
                                                : "default"),
                                now);
                    });
                    return values(write);
                });
        seen = new Seen(values, now);
    }
}
