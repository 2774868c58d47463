package io.syncline.client.disk;

import java.util.ArrayList;
import java.util.List;

/**
 * A path below the root of a synced folder, as a list of names as they are spelt on this disk
 * (which a node's name may be mapped to, R30). The empty path is the root itself. It can't leave
 * the root: no name is empty, {@code .} or {@code ..}, or holds a slash or NUL, and each is valid
 * Unicode.
 */
public record LocalPath(List<String> names) {
    /** The synced folder itself. */
    public static final LocalPath ROOT = new LocalPath(List.of());

    /** The directory in the root that is ours: never a node, never shown, never watched. */
    public static final String CONTROL_NAME = ".syncline";

    /** Where temporaries are; on the same file system as the root. */
    public static final LocalPath TEMPORARIES = LocalPath.of(CONTROL_NAME, "tmp");

    /** Where deleted and replaced files go, in one directory per day. */
    public static final LocalPath TRASH = LocalPath.of(CONTROL_NAME, "trash");

    /** The file that says which replica this folder is. */
    public static final LocalPath MARKER = LocalPath.of(CONTROL_NAME, "replica");

    public LocalPath {
        names = List.copyOf(names);
        for (String name : names) {
            if (!isName(name)) {
                throw new IllegalArgumentException("not a name in a path: '" + name + "'");
            }
        }
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                // Half a pair has no UTF-8: it would reach the system as a question mark.
                if (!Character.isHighSurrogate(c)
                        || ++i == name.length()
                        || !Character.isLowSurrogate(name.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The path of these names, from the root down. */
    public static LocalPath of(String... names) {
        return new LocalPath(List.of(names));
    }

    /** The path that {@link #toString} printed: names separated by slashes. */
    public static LocalPath parse(String path) {
        return path.isEmpty() ? ROOT : of(path.split("/", -1));
    }

    /** The entry of that name in this directory. */
    public LocalPath child(String name) {
        var longer = new ArrayList<String>(names.size() + 1);
        longer.addAll(names);
        longer.add(name);
        return new LocalPath(longer);
    }

    /** The directory that holds this entry; the root has none. */
    public LocalPath parent() {
        requireNotRoot();
        return new LocalPath(names.subList(0, names.size() - 1));
    }

    /** The last name; the root has none. */
    public String name() {
        requireNotRoot();
        return names.getLast();
    }

    /** Whether this is the synced folder itself. */
    public boolean isRoot() {
        return names.isEmpty();
    }

    /** Whether this is {@code .syncline} or below it, where no node may ever be. */
    public boolean isControl() {
        return !names.isEmpty() && names.getFirst().equals(CONTROL_NAME);
    }

    /** Whether this is {@code other} or below it. */
    public boolean startsWith(LocalPath other) {
        return names.size() >= other.names.size()
                && names.subList(0, other.names.size()).equals(other.names);
    }

    /** What this path is once {@code from}, at or above it, has become {@code to}. */
    public LocalPath moved(LocalPath from, LocalPath to) {
        if (!startsWith(from)) {
            throw new IllegalArgumentException("'" + this + "' isn't below '" + from + "'");
        }
        var moved = new ArrayList<>(to.names);
        moved.addAll(names.subList(from.names.size(), names.size()));
        return new LocalPath(moved);
    }

    private void requireNotRoot() {
        if (isRoot()) {
            throw new IllegalStateException("the root has no parent and no name");
        }
    }

    @Override
    public String toString() {
        return String.join("/", names);
    }
}
