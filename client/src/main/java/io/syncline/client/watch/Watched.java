package io.syncline.client.watch;

import io.syncline.client.disk.LocalPath;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One watched directory: its watch follows the inode, this follows its name. */
final class Watched {
    final int watch;
    private @Nullable Watched parent;
    private String name;
    private Map<String, Watched> children = Map.of();

    Watched(int watch) {
        this.watch = watch;
        this.name = "";
    }

    Iterable<Watched> children() {
        return children.values();
    }

    @Nullable Watched child(String childName) {
        return children.get(childName);
    }

    /** Hangs it under another parent and name; returns what had the name there. */
    @Nullable Watched moveTo(Watched newParent, String newName) {
        detach();
        if (newParent.children.isEmpty()) {
            newParent.children = new HashMap<>(4);
        }
        Watched before = newParent.children.put(newName, this);
        if (before != null) {
            before.parent = null;
        }
        parent = newParent;
        name = newName;
        return before;
    }

    void detach() {
        if (parent != null) {
            parent.children.remove(name, this);
            parent = null;
        }
    }

    /** Whether it is below that root (or is it), and so has a path. */
    boolean isBelow(Watched root) {
        Watched at = this;
        while (at.parent != null) {
            at = at.parent;
        }
        return at == root;
    }

    LocalPath path() {
        var names = new ArrayDeque<String>();
        Watched at = this;
        for (Watched up = at.parent; up != null; up = up.parent) {
            names.addFirst(at.name);
            at = up;
        }
        return LocalPath.of(names.toArray(String[]::new));
    }
}
