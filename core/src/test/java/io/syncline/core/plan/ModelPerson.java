package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Somebody who works in synced folders: creates, edits, renames, swaps, deletes. Every saved
 * content is unique, so that each can be looked for in the end.
 */
final class ModelPerson {
    private static final int DEPTH_MAX = 4;
    private static final int SIZE_MAX = 14;
    private final Random random;
    private final List<String> names;
    private int lastContent;

    /** All that was ever saved. */
    final Set<Item> saved = new HashSet<>();

    /** What the person overwrote or deleted: nobody promised to keep it in the tree. */
    final Set<Item> removed = new HashSet<>();

    ModelPerson(Random random, List<String> names, int lastContent) {
        this.lastContent = lastContent;
        this.random = random;
        this.names = names;
    }

    /** Does one random thing to that disk. */
    void act(ModelReplica replica) {
        switch (random.nextInt(10)) {
            case 0, 1 -> create(replica, false);
            case 2 -> create(replica, true);
            case 3, 4 -> edit(replica);
            case 5, 6 -> move(replica);
            case 7 -> swap(replica);
            case 8 -> delete(replica);
            default -> replaceByOtherKind(replica);
        }
    }

    private void create(ModelReplica replica, boolean directory) {
        Place place = place(replica);
        if (replica.local.ids().size() < SIZE_MAX
                && replica.local.takes(replica.newLocal(), place)) {
            replica.local.put(
                    replica.newLocal(), new Entry(place, directory ? Item.DIRECTORY : save(), 0));
        }
    }

    private Item save() {
        Item item = Triples.file(++lastContent);
        saved.add(item);
        return item;
    }

    private void edit(ModelReplica replica) {
        pick(replica)
                .filter(id -> !replica.local.isDirectory(id))
                .ifPresent(id -> edit(replica, id));
    }

    private void edit(ModelReplica replica, NodeId id) {
        Entry before = entry(replica, id);
        Item item = before.item();
        if (random.nextInt(4) == 0) {
            item = new Item(Kind.FILE, !item.executable(), item.mtimeNanos(), item.content());
        } else {
            removed.add(plain(item));
            item = save();
        }
        replica.local.put(id, new Entry(before.place(), item, 0));
    }

    /** The item as it was saved: contents are looked for, not executable bits. */
    static Item plain(Item item) {
        return item.executable()
                ? new Item(item.kind(), false, item.mtimeNanos(), item.content())
                : item;
    }

    private void move(ModelReplica replica) {
        pick(replica)
                .ifPresent(id -> {
                    Place place = place(replica);
                    if (replica.local.takes(id, place)) {
                        replica.local.put(id, new Entry(place, entry(replica, id).item(), 0));
                    }
                });
    }

    private void swap(ModelReplica replica) {
        Optional<NodeId> one = pick(replica);
        Optional<NodeId> other = pick(replica);
        if (one.isEmpty()
                || other.isEmpty()
                || replica.local.isBelow(one.get(), other.get())
                || replica.local.isBelow(other.get(), one.get())) {
            return;
        }
        Entry first = entry(replica, one.get());
        Entry second = entry(replica, other.get());
        replica.local.remove(one.get());
        replica.local.put(other.get(), new Entry(first.place(), second.item(), 0));
        replica.local.put(one.get(), new Entry(second.place(), first.item(), 0));
    }

    private void delete(ModelReplica replica) {
        pick(replica).ifPresent(id -> delete(replica, id));
    }

    private void delete(ModelReplica replica, NodeId id) {
        for (NodeId child : List.copyOf(replica.local.children(id))) {
            delete(replica, child);
        }
        removed.add(plain(entry(replica, id).item()));
        replica.local.remove(id);
    }

    private void replaceByOtherKind(ModelReplica replica) {
        Optional<NodeId> id = pick(replica);
        if (id.isPresent()) {
            Entry before = entry(replica, id.get());
            delete(replica, id.get());
            boolean directory = !before.item().isDirectory();
            replica.local.put(
                    replica.newLocal(),
                    new Entry(before.place(), directory ? Item.DIRECTORY : save(), 0));
        }
    }

    private static Entry entry(ModelReplica replica, NodeId id) {
        return Objects.requireNonNull(replica.local.get(id));
    }

    private Optional<NodeId> pick(ModelReplica replica) {
        List<NodeId> ids = new ArrayList<>(replica.local.ids());
        ids.sort(null);
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
    }

    private Place place(ModelReplica replica) {
        List<NodeId> directories = new ArrayList<>(List.of(NodeId.ROOT));
        for (NodeId id : replica.local.ids()) {
            if (replica.local.isDirectory(id) && replica.local.depth(id) < DEPTH_MAX) {
                directories.add(id);
            }
        }
        directories.sort(null);
        return new Place(
                directories.get(random.nextInt(directories.size())),
                new Name(names.get(random.nextInt(names.size()))));
    }
}
