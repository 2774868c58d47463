package io.syncline.core.wire;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of the members met so far in each object that is open, to find one that is named twice.
 * Few are compared one by one, which is cheaper than a set; from there on a set keeps the cost of
 * an object with very many members in proportion to their number.
 */
final class MemberNames {
    /** Most names that are compared one by one. */
    static final int FEW = 16;

    private final @Nullable Level[] levels;
    private int open;

    /** For documents of at most so many levels. */
    MemberNames(int depthMax) {
        levels = new Level[depthMax];
    }

    /** An object begins. */
    void begin() {
        Level level = levels[open];
        if (level == null) {
            level = new Level();
            levels[open] = level;
        }
        level.clear();
        open++;
    }

    /** Whether the innermost object has no such member yet; it has now. */
    boolean add(String name) {
        return Objects.requireNonNull(levels[open - 1]).add(name);
    }

    /** The innermost object ends. */
    void end() {
        open--;
    }

    private static final class Level {
        /** Spreads hashes over the upper bits, after Fibonacci (Knuth, TAOCP 3, 6.4). */
        private static final int SPREAD = 0x9E37_79B9;

        private final String[] few = new String[FEW];
        private int count;

        /** A bit for each name met: of an unset one no comparison is needed. */
        private long met;

        private @Nullable Set<String> many;

        void clear() {
            count = 0;
            met = 0;
            many = null;
        }

        boolean add(String name) {
            if (many != null) {
                return many.add(name);
            }
            // The parser makes equal names one object, whose hash is known.
            int hash = name.hashCode();
            long bit = 1L << ((hash * SPREAD) >>> 26);
            if ((met & bit) != 0) {
                for (int i = 0; i < count; i++) {
                    if (few[i].hashCode() == hash && few[i].equals(name)) {
                        return false;
                    }
                }
            }
            met |= bit;
            if (count < FEW) {
                few[count++] = name;
                return true;
            }
            many = new HashSet<>(Arrays.asList(few));
            return many.add(name);
        }
    }
}
