package io.syncline.client.state.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Rows by key with indexes, each of whose writes pushes its inverse on an undo log.
 *
 * @param <K> the key, ordered
 * @param <R> the row
 */
final class Table<K extends Comparable<K>, R> {
    private final Deque<Runnable> undo;
    private final NavigableMap<K, R> rows = new TreeMap<>();
    private final List<Index<?>> indexes = new ArrayList<>();

    Table(Deque<Runnable> undo) {
        this.undo = undo;
    }

    /** Keys of the rows for which the function gives a value, by that value. */
    final class Index<V> {
        private final Function<R, Optional<V>> value;
        private final Map<V, NavigableMap<K, R>> entries = new HashMap<>();

        private Index(Function<R, Optional<V>> value) {
            this.value = value;
        }

        private void add(K key, R row) {
            value.apply(row)
                    .ifPresent(v -> entries.computeIfAbsent(v, _ -> new TreeMap<>()).put(key, row));
        }

        private void drop(K key, R row) {
            value.apply(row)
                    .ifPresent(v ->
                            entries.computeIfPresent(
                                    v,
                                    (_, keys) -> {
                                        keys.remove(key);
                                        return keys.isEmpty() ? null : keys;
                                    }));
        }

        /** The keys after {@code after} whose row has this value, in order. */
        List<K> keys(V of, K after, int limit) {
            return entries.getOrDefault(of, new TreeMap<>()).tailMap(after, false).keySet().stream()
                    .limit(limit)
                    .toList();
        }

        int count(V of) {
            return entries.getOrDefault(of, new TreeMap<>()).size();
        }
    }

    /** Adds an index; the table must still be empty. */
    <V> Index<V> index(Function<R, Optional<V>> value) {
        var index = new Index<V>(value);
        indexes.add(index);
        return index;
    }

    Optional<R> get(K key) {
        return Optional.ofNullable(rows.get(key));
    }

    void put(K key, R row) {
        R before = rows.get(key);
        set(key, Optional.of(row));
        undo.push(() -> set(key, Optional.ofNullable(before)));
    }

    void remove(K key) {
        R before = rows.get(key);
        if (before != null) {
            set(key, Optional.empty());
            undo.push(() -> set(key, Optional.of(before)));
        }
    }

    private void set(K key, Optional<R> row) {
        R before = row.isPresent() ? rows.put(key, row.get()) : rows.remove(key);
        for (Index<?> index : indexes) {
            if (before != null) {
                index.drop(key, before);
            }
            row.ifPresent(r -> index.add(key, r));
        }
    }

    void clear() {
        List.copyOf(rows.keySet()).forEach(this::remove);
    }

    List<R> after(K after, int limit) {
        return after(after, limit, _ -> true);
    }

    List<R> after(K after, int limit, Predicate<R> which) {
        return rows.tailMap(after, false).values().stream().filter(which).limit(limit).toList();
    }

    Collection<R> all() {
        return rows.values();
    }

    int size() {
        return rows.size();
    }

    /** Takes all rows of another one; this one is still empty. */
    void putAll(Table<K, R> other) {
        other.rows.forEach(this::put);
    }

    static Deque<Runnable> newUndo() {
        return new ArrayDeque<>();
    }
}
