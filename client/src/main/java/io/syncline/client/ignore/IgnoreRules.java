package io.syncline.client.ignore;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.OurNames;
import java.util.Optional;
import org.eclipse.jgit.ignore.IgnoreNode;

/**
 * The rules that count for the entries of one directory: those of its own file and of all above.
 * Immutable; directories without a file of their own share the parent's chain.
 */
public final class IgnoreRules {
    /** For the root: no rules but what is always ignored. */
    public static final IgnoreRules NONE = new IgnoreRules(Optional.empty(), "", true);

    private static final IgnoreRules NONE_BELOW = new IgnoreRules(Optional.empty(), "", false);

    /**
     * One file's rules; {@code depth} is the length of its directory's path, {@code next} further
     * up.
     */
    private record Link(IgnoreNode node, int depth, Optional<Link> next) {}

    private final Optional<Link> rules;

    /** The directory's path from the root, ending with a slash unless empty. */
    private final String path;

    private final boolean isRoot;

    private IgnoreRules(Optional<Link> rules, String path, boolean isRoot) {
        this.rules = rules;
        this.path = path;
        this.isRoot = isRoot;
    }

    /**
     * Those for a subdirectory without rules of its own. Where there are none, paths don't matter.
     */
    IgnoreRules below(String name) {
        return rules.isEmpty() ? NONE_BELOW : new IgnoreRules(rules, path + name + "/", false);
    }

    /** Those with a file of this directory's own. */
    IgnoreRules with(IgnoreNode node) {
        return new IgnoreRules(Optional.of(new Link(node, path.length(), rules)), path, isRoot);
    }

    /** Whether an entry of the directory is ignored. */
    public boolean ignores(String name, boolean directory) {
        if (OurNames.isOurs(name) || (isRoot && name.equals(LocalPath.CONTROL_NAME))) {
            return true;
        }
        for (Optional<Link> at = rules; at.isPresent(); at = at.get().next) {
            String relative = path.substring(at.get().depth) + name;
            Boolean ignored = at.get().node.checkIgnored(relative, directory);
            if (ignored != null) {
                return ignored;
            }
        }
        return false;
    }
}
