package io.syncline.server.verify;

import java.util.Arrays;

/**
 * The directories of a project with their parents, in 17 to 34 bytes each: all that must be in
 * memory at once to look for cycles and orphans. Ids are above 0.
 */
final class DirectoryMap {
    private static final byte UNKNOWN = 0;
    private static final byte WALKED = 1;
    private static final byte GOOD = 2;
    private static final byte BAD = 3;

    private long[] ids = new long[1024];
    private long[] parents = new long[1024];
    private int size;

    void put(long id, long parent) {
        if (2 * (size + 1) > ids.length) {
            grow();
        }
        int slot = slot(id);
        if (ids[slot] == 0) {
            ids[slot] = id;
            size++;
        }
        parents[slot] = parent;
    }

    private void grow() {
        long[] oldIds = ids;
        long[] oldParents = parents;
        ids = new long[2 * oldIds.length];
        parents = new long[ids.length];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int slot = slot(oldIds[i]);
                ids[slot] = oldIds[i];
                parents[slot] = oldParents[i];
            }
        }
    }

    /** Where the id is, or where it would be put. */
    private int slot(long id) {
        int mask = ids.length - 1;
        int slot = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (ids[slot] != 0 && ids[slot] != id) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    boolean has(long id) {
        return ids[slot(id)] == id;
    }

    /** All ids, in no order. */
    long[] ids() {
        return Arrays.stream(ids).filter(id -> id != 0).toArray();
    }

    /** The directories from which the root can't be reached because of a cycle. */
    long[] cyclic() {
        byte[] states = new byte[ids.length];
        for (int start = 0; start < ids.length; start++) {
            if (ids[start] != 0 && states[start] == UNKNOWN) {
                settle(start, states);
            }
        }
        long[] found = new long[size];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (states[i] == BAD) {
                found[count++] = ids[i];
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Walks up to where the answer is known or shows itself, then down the same way again. */
    private void settle(int start, byte[] states) {
        int at = start;
        byte answer = UNKNOWN;
        while (answer == UNKNOWN) {
            states[at] = WALKED;
            long parent = parents[at];
            int up = parent == 0 ? -1 : slot(parent);
            if (up < 0 || ids[up] == 0) {
                // The root; an orphan is another finding.
                answer = GOOD;
            } else if (states[up] == WALKED) {
                answer = BAD;
            } else if (states[up] != UNKNOWN) {
                answer = states[up];
            } else {
                at = up;
            }
        }
        at = start;
        while (at >= 0 && states[at] == WALKED) {
            states[at] = answer;
            at = parents[at] == 0 ? -1 : slot(parents[at]);
        }
    }
}
