package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Place;
import java.util.Optional;

/** What the synced tree holds of a node after a look at the other two: see {@link Step.Agree}. */
public final class Agreement {
    private Agreement() {}

    /**
     * The synced row that follows from the three. Each of parent, name, content and executable bit
     * on which local and remote are the same becomes the synced one; the others stay. Without a
     * synced row all three must be the same. The version rises once nothing of the remote node is
     * left to agree on.
     */
    public static Optional<Entry> of(
            Optional<Entry> remote, Optional<Entry> synced, Optional<Entry> local) {
        if (remote.isEmpty()) {
            return local.isEmpty() ? Optional.empty() : synced;
        }
        Entry there = remote.get();
        if (synced.isEmpty()) {
            return local.isPresent() && same(there, local.get()) ? remote : synced;
        }
        Entry before = synced.get();
        Entry here = local.orElse(before);
        Place was = before.place();
        Place is = there.place();
        Place place =
                new Place(
                        is.parent().equals(here.place().parent()) ? is.parent() : was.parent(),
                        is.name().equals(here.place().name()) ? is.name() : was.name());
        Item item = item(there.item(), before.item(), here.item());
        boolean complete = place.equals(is) && item.sameAs(there.item());
        return Optional.of(complete ? there : new Entry(place, item, before.version()));
    }

    private static Item item(Item there, Item before, Item here) {
        boolean sameBit = there.executable() == here.executable();
        Item content = there.content().equals(here.content()) ? there : before;
        boolean executable = sameBit ? there.executable() : before.executable();
        return content.executable() == executable
                ? content
                : new Item(content.kind(), executable, content.mtimeNanos(), content.content());
    }

    /** Whether two entries are the same to a user; version and modification time aren't asked. */
    static boolean same(Entry one, Entry other) {
        return one.place().equals(other.place()) && one.item().sameAs(other.item());
    }
}
