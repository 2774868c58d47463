package io.syncline.server.commit;

import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.metadata.KeyPlace;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All of a project that the validation of one commit looks at, loaded in a few batches under the
 * project's lock.
 *
 * @param head the project's newest sequence
 * @param digest over all live nodes at head
 * @param nodes how many live nodes there are
 * @param portableNames whether siblings' names must differ by {@link NameKey}
 * @param known the nodes that the commit names, and the directories it names with all their
 *     ancestors up to the deepest allowed level; tombstones included
 * @param holders the live nodes at the places that the commit wants
 * @param keyHolders with portable names: the live nodes that have the keys of the wanted names
 * @param children for each directory that the commit deletes, its first live children: one more
 *     than the commit itself could take away
 * @param full the wanted directories that have all the children they may have
 * @param blocks the stored top blocks of the contents that the commit names
 */
record CommitState(
        long head,
        TreeDigest digest,
        long nodes,
        boolean portableNames,
        Map<NodeId, Node> known,
        Map<Place, Node> holders,
        Map<KeyPlace, List<Node>> keyHolders,
        Map<NodeId, List<Node>> children,
        Set<NodeId> full,
        Map<Hash, TopBlock> blocks) {

    /** Of a tree block that was stored, or revived, only after {@link TopTrees} had looked. */
    static final long UNSEEN = -1;

    /**
     * What is stored under a hash.
     *
     * @param contentBytes the size of the content that has this block as its top; 0 if none can,
     *     {@link #UNSEEN} where that isn't known
     */
    record TopBlock(int level, long contentBytes) {}
}
