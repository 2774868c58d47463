package io.syncline.server.config;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** All that is wrong with a configuration, each with its key and where its value came from. */
public final class Problems {
    /** Most that are told. */
    private static final int TOLD_MAX = 50;

    private final List<String> all = new ArrayList<>();
    private final Map<Key, String> sources = new EnumMap<>(Key.class);

    /** Nothing is wrong yet. */
    public Problems() {}

    /** A key's value came from there. */
    void source(Key key, String where) {
        sources.put(key, where);
    }

    /** Something is wrong that belongs to no key. */
    void add(String what) {
        all.add(what);
    }

    /** A key's value is wrong, or it is missing. */
    public void add(Key key, String what) {
        String where = sources.get(key);
        all.add(key.text() + (where == null ? "" : " (" + where + ")") + ": " + what);
    }

    /** What the supplier makes of a key's value; absent, and noted, where it says INVALID. */
    public <T> Optional<T> collect(Key key, Supplier<T> made) {
        try {
            return Optional.of(made.get());
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.INVALID) {
                throw e;
            }
            add(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** What was noted, in the order found. */
    public List<String> all() {
        return List.copyOf(all);
    }

    /** Throws INVALID with everything that was noted, if anything was. */
    public void throwIfAny() {
        if (all.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder("the configuration is wrong:");
        all.stream().limit(TOLD_MAX).forEach(one -> text.append("\n  ").append(one));
        if (all.size() > TOLD_MAX) {
            text.append("\n  and ").append(all.size() - TOLD_MAX).append(" more");
        }
        throw SynclineException.invalid(text.toString());
    }
}
