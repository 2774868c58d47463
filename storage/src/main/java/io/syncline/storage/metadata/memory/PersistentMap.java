package io.syncline.storage.metadata.memory;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map: a change returns a new map that shares almost all of the old one. A
 * treap (Seidel and Aragon, 1996) whose priorities are mixed from the keys' hash codes, so equal
 * contents have an equal shape, of expected depth O(log n).
 */
final class PersistentMap<K, V> {
    private record Entry<K, V>(
            K key,
            V value,
            int priority,
            int size,
            @Nullable Entry<K, V> left,
            @Nullable Entry<K, V> right) {
        static <K, V> Entry<K, V> of(
                K key,
                V value,
                int priority,
                @Nullable Entry<K, V> left,
                @Nullable Entry<K, V> right) {
            return new Entry<>(key, value, priority, 1 + sizeOf(left) + sizeOf(right), left, right);
        }

        Entry<K, V> withLeft(@Nullable Entry<K, V> other) {
            return of(key, value, priority, other, right);
        }

        Entry<K, V> withRight(@Nullable Entry<K, V> other) {
            return of(key, value, priority, left, other);
        }
    }

    private final Comparator<? super K> order;
    private final @Nullable Entry<K, V> root;

    private PersistentMap(Comparator<? super K> order, @Nullable Entry<K, V> root) {
        this.order = order;
        this.root = root;
    }

    static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
        return empty(Comparator.<K>naturalOrder());
    }

    static <K, V> PersistentMap<K, V> empty(Comparator<? super K> order) {
        return new PersistentMap<>(order, null);
    }

    int size() {
        return sizeOf(root);
    }

    Optional<V> get(K key) {
        Entry<K, V> at = root;
        while (at != null) {
            int side = order.compare(key, at.key);
            if (side == 0) {
                return Optional.of(at.value);
            }
            at = side < 0 ? at.left : at.right;
        }
        return Optional.empty();
    }

    boolean has(K key) {
        return get(key).isPresent();
    }

    PersistentMap<K, V> put(K key, V value) {
        return new PersistentMap<>(order, put(root, key, value));
    }

    PersistentMap<K, V> remove(K key) {
        return has(key) ? new PersistentMap<>(order, remove(root, key)) : this;
    }

    /** Visits the entries above a key in ascending order, until the visitor says false. */
    void above(K exclusive, BiPredicate<K, V> visitor) {
        ascend(root, exclusive, visitor);
    }

    /** Visits all entries in ascending order, until the visitor says false. */
    void all(BiPredicate<K, V> visitor) {
        ascend(root, null, visitor);
    }

    /** Visits the entries below a key in descending order, until the visitor says false. */
    void below(K exclusive, BiPredicate<K, V> visitor) {
        descend(root, exclusive, visitor);
    }

    private boolean ascend(
            @Nullable Entry<K, V> at, @Nullable K exclusive, BiPredicate<K, V> visitor) {
        if (at == null) {
            return true;
        }
        if (exclusive != null && order.compare(at.key, exclusive) <= 0) {
            return ascend(at.right, exclusive, visitor);
        }
        return ascend(at.left, exclusive, visitor)
                && visitor.test(at.key, at.value)
                && ascend(at.right, null, visitor);
    }

    private boolean descend(
            @Nullable Entry<K, V> at, @Nullable K exclusive, BiPredicate<K, V> visitor) {
        if (at == null) {
            return true;
        }
        if (exclusive != null && order.compare(at.key, exclusive) >= 0) {
            return descend(at.left, exclusive, visitor);
        }
        return descend(at.right, exclusive, visitor)
                && visitor.test(at.key, at.value)
                && descend(at.left, null, visitor);
    }

    private Entry<K, V> put(@Nullable Entry<K, V> at, K key, V value) {
        if (at == null) {
            return Entry.of(key, value, priority(key), null, null);
        }
        int side = order.compare(key, at.key);
        if (side == 0) {
            return Entry.of(key, value, at.priority, at.left, at.right);
        }
        if (side < 0) {
            Entry<K, V> left = put(at.left, key, value);
            return left.priority > at.priority
                    ? left.withRight(at.withLeft(left.right))
                    : at.withLeft(left);
        }
        Entry<K, V> right = put(at.right, key, value);
        return right.priority > at.priority
                ? right.withLeft(at.withRight(right.left))
                : at.withRight(right);
    }

    private @Nullable Entry<K, V> remove(@Nullable Entry<K, V> at, K key) {
        if (at == null) {
            return null;
        }
        int side = order.compare(key, at.key);
        if (side == 0) {
            return merge(at.left, at.right);
        }
        return side < 0 ? at.withLeft(remove(at.left, key)) : at.withRight(remove(at.right, key));
    }

    /** Joins two trees, all keys of the first being below those of the second. */
    private static <K, V> @Nullable Entry<K, V> merge(
            @Nullable Entry<K, V> low, @Nullable Entry<K, V> high) {
        if (low == null) {
            return high;
        }
        if (high == null) {
            return low;
        }
        return low.priority > high.priority
                ? low.withRight(merge(low.right, high))
                : high.withLeft(merge(low, high.left));
    }

    private static int sizeOf(@Nullable Entry<?, ?> entry) {
        return entry == null ? 0 : entry.size;
    }

    /** The finaliser of MurmurHash3: consecutive hash codes become unrelated priorities. */
    private static int priority(Object key) {
        int h = key.hashCode();
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
