package io.syncline.client.transfer;

import io.syncline.core.block.TreeBlock;
import io.syncline.core.block.TreeBlock.Entry;
import io.syncline.core.tree.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What two versions of a file have in common, told by the lowest tree blocks alone: each stands for
 * a group of blocks, at one place in the old version and at another in the new one.
 *
 * @param shared groups of the old version that are in the new one, by where they begin in the old
 * @param others groups of the new version that the old one hasn't
 */
record SharedGroups(Map<Long, Group> shared, List<Other> others) {
    /**
     * A group that both have.
     *
     * @param from where it begins in the old version
     * @param to where it begins in the new one, once or more
     */
    record Group(Hash tree, long sizeBytes, long from, List<Long> to) {
        long end() {
            return from + sizeBytes;
        }
    }

    /**
     * A group that only the new version has.
     *
     * @param to where it begins there, once or more
     */
    record Other(Hash tree, long sizeBytes, List<Long> to) {}

    /** Compares two versions by the tree blocks that list their groups. */
    static SharedGroups of(TreeBlock before, TreeBlock after) {
        Map<Hash, Other> places = new LinkedHashMap<>();
        long offset = 0;
        for (Entry entry : after.entries()) {
            places.computeIfAbsent(
                            entry.hash(),
                            hash -> new Other(hash, entry.sizeBytes(), new ArrayList<>(1)))
                    .to()
                    .add(offset);
            offset += entry.sizeBytes();
        }
        Map<Long, Group> shared = new HashMap<>();
        Set<Hash> found = new HashSet<>();
        offset = 0;
        for (Entry entry : before.entries()) {
            Other there = places.get(entry.hash());
            if (there != null && found.add(entry.hash())) {
                shared.put(offset, new Group(entry.hash(), there.sizeBytes(), offset, there.to()));
            }
            offset += entry.sizeBytes();
        }
        places.keySet().removeAll(found);
        return new SharedGroups(shared, List.copyOf(places.values()));
    }
}
