package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node that is live on both sides is to hold. Content and executable bit are merged
 * independently; the modification time follows the content and is never a reason (R23).
 */
final class Items {
    private Items() {}

    /** The merged item, empty when both sides gave it different new bytes. */
    static Optional<Item> merged(Subject node) {
        Item there = node.there().item();
        Item here = node.here().item();
        Entry synced = node.synced;
        if (there.isDirectory()) {
            return Optional.of(there);
        }
        boolean changedThere = synced == null || there.executable() != synced.item().executable();
        boolean executable = changedThere ? there.executable() : here.executable();
        if (there.content().equals(here.content())) {
            return Optional.of(here.executable() == executable ? here : there);
        }
        Item source = changedAlone(there, synced, here);
        return source == null ? Optional.empty() : Optional.of(with(source, executable));
    }

    /** The side whose content differs from the synced one, when only one does. */
    private static @Nullable Item changedAlone(Item there, @Nullable Entry synced, Item here) {
        if (synced == null) {
            return null;
        }
        Optional<Content> before = synced.item().content();
        if (there.content().equals(before)) {
            return here;
        }
        return here.content().equals(before) ? there : null;
    }

    private static Item with(Item item, boolean executable) {
        return item.executable() == executable || !item.kind().equals(Kind.FILE)
                ? item
                : new Item(item.kind(), executable, item.mtimeNanos(), item.content());
    }
}
