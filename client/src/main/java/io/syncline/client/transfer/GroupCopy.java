package io.syncline.client.transfer;

import io.syncline.client.transfer.SharedGroups.Group;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies what two versions of a file share out of the old one while it is scanned once. A group is
 * written on trust to where the new version has it, and counts only when the tree block made of
 * what was read has the name that both versions give it: then every byte of it was hashed. Called
 * by one thread.
 */
final class GroupCopy implements ContentReader.Sink {
    private final Download download;
    private final SharedGroups groups;

    /** Takes blocks that the groups which aren't shared want. */
    private final ContentReader.Sink singles;

    private final Map<Hash, ByteBuffer> trees = new HashMap<>();

    /** What was copied, in the new version: where it begins and ends. */
    private final TreeMap<Long, Long> copied = new TreeMap<>();

    private long at;
    private long groupStart;
    private @Nullable Group group;
    private boolean writing;
    private boolean mistrusted;

    GroupCopy(Download download, SharedGroups groups, ContentReader.Sink singles) {
        this.download = download;
        this.groups = groups;
        this.singles = singles;
    }

    @Override
    public void reserve(int bytes) {}

    @Override
    public void unreserve(int bytes) {}

    @Override
    public void data(Hash hash, byte[] buffer, int from, int to) throws InterruptedException {
        singles.data(hash, buffer, from, to);
        advance(to - from);
        if (group != null && at <= group.end()) {
            writing = true;
            for (long place : group.to()) {
                var bytes = ByteBuffer.wrap(buffer, from, to - from);
                download.place(bytes, place + at - group.from() - bytes.remaining());
            }
            writing = false;
        }
    }

    /** Holes stay holes: what was never written to the temporary reads as zeros. */
    @Override
    public void repeated(Hash hash, byte[] block, int count) throws InterruptedException {
        singles.repeated(hash, block, count);
        advance((long) block.length * count);
    }

    private void advance(long bytes) {
        if (at == groupStart) {
            group = groups.shared().get(groupStart);
        }
        at += bytes;
    }

    @Override
    public void tree(TreeBlock tree) {
        if (tree.level() > 1) {
            return;
        }
        if (group != null && at == group.end() && tree.hash().equals(group.tree())) {
            for (long place : group.to()) {
                copied.put(place, place + group.sizeBytes());
                download.had(group.sizeBytes());
            }
            trees.put(tree.hash(), tree.bytes());
        } else {
            mistrusted |= group != null;
        }
        groupStart = at;
        group = null;
    }

    /** Whether it was the temporary that failed, and not the file scanned. */
    boolean writeFailed() {
        return writing;
    }

    /** Whether something was written that the new version may not have there. */
    boolean isMistrusted() {
        return mistrusted || group != null;
    }

    /** The tree blocks of the groups that were copied. */
    Map<Hash, ByteBuffer> trees() {
        return trees;
    }

    /** Whether the byte at that offset of the new version was copied with its group. */
    boolean has(long offsetBytes) {
        Map.Entry<Long, Long> entry = copied.floorEntry(offsetBytes);
        return entry != null && offsetBytes < entry.getValue();
    }
}
