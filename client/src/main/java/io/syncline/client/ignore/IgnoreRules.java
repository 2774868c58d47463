package io.syncline.client.ignore;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.OurNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.eclipse.jgit.ignore.IgnoreNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules that count for the entries of one directory: those of its own file and of all above.
 * Immutable; directories without a file of their own share the parent's chain.
 */
public final class IgnoreRules {
    private static final Logger log = LoggerFactory.getLogger(IgnoreRules.class);

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

    /** The rules of one file. What makes no sense counts for nothing, as in git, and is logged. */
    static IgnoreNode parse(String text) {
        List<FastIgnoreRule> rules = new ArrayList<>();
        text.lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.equals("/"))
                .forEach(line -> rule(line).ifPresent(rules::add));
        return new IgnoreNode(rules);
    }

    private static Optional<FastIgnoreRule> rule(String line) {
        try {
            return Optional.of(new FastIgnoreRule(line));
        } catch (IndexOutOfBoundsException | PatternSyntaxException e) {
            // JGit tells of most of what makes no sense itself; some of it ends its parser.
            log.warn("Cannot parse the rule '{}' in {}", line, Ignores.FILE_NAME, e);
            return Optional.empty();
        }
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
