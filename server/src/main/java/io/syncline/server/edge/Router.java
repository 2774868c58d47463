package io.syncline.server.edge;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which handler answers which method and address. Filled by the wiring before the edge starts, read
 * only afterwards.
 */
public final class Router {
    private final Branch root = new Branch();
    private final SortedSet<String> addresses = new TreeSet<>();

    /** One more segment of an address: a word, or a variable in braces. */
    private static final class Branch {
        private final Map<String, Branch> words = new HashMap<>();
        private @Nullable Branch variable;
        private String variableName = "";
        private final Map<String, Handler> byMethod = new TreeMap<>();
        private final Map<String, RequestKind> kinds = new HashMap<>();
        private String template = "";
    }

    /** A handler and what the variables of its address hold. */
    record Match(Handler handler, String template, Map<String, String> variables) {}

    /**
     * Adds an address.
     *
     * @param template segments after slashes; {@code {name}} matches any one segment
     */
    public Router add(String method, String template, Handler handler) {
        return add(method, template, RequestKind.LOOK, handler);
    }

    /** Adds an address whose requests need places of this kind. */
    public Router add(String method, String template, RequestKind kind, Handler handler) {
        Branch at = root;
        for (String segment : segments(template)) {
            if (segment.startsWith("{")) {
                String name = segment.substring(1, segment.length() - 1);
                Branch next = at.variable;
                if (next == null) {
                    next = new Branch();
                    at.variable = next;
                    at.variableName = name;
                } else if (!at.variableName.equals(name)) {
                    throw new IllegalStateException(
                            "two names for one segment: " + at.variableName + ", " + name);
                }
                at = next;
            } else {
                at = at.words.computeIfAbsent(segment, _ -> new Branch());
            }
        }
        if (at.byMethod.put(method, handler) != null) {
            throw new IllegalStateException("two handlers for " + method + " " + template);
        }
        at.template = template;
        at.kinds.put(method, kind);
        addresses.add(method + " " + template);
        return this;
    }

    /** All that was added, as {@code METHOD TEMPLATE}. */
    public SortedSet<String> addresses() {
        return Collections.unmodifiableSortedSet(addresses);
    }

    /** What kind of places this request needs, whether or not anybody answers it. */
    RequestKind kind(String method, String path) {
        Branch at = path.isEmpty() ? null : walk(path, new HashMap<>());
        return at == null ? RequestKind.LOOK : at.kinds.getOrDefault(method, RequestKind.LOOK);
    }

    /** Where a path leads to; null where nowhere. */
    private @Nullable Branch walk(String path, Map<String, String> variables) {
        Branch at = root;
        for (String segment : segments(path)) {
            Branch word = at.words.get(segment);
            if (word != null) {
                at = word;
            } else if (at.variable != null && !segment.isEmpty()) {
                variables.put(at.variableName, segment);
                at = at.variable;
            } else {
                return null;
            }
        }
        return at;
    }

    /** The handler for this request; absent when no template matches the path. */
    Optional<Match> find(String method, String path) {
        Map<String, String> variables = new HashMap<>();
        Branch at = walk(path, variables);
        if (at == null || at.byMethod.isEmpty()) {
            return Optional.empty();
        }
        Handler handler = at.byMethod.get(method);
        if (handler == null) {
            throw new SynclineException(
                    ErrorCode.NOT_FOUND,
                    "this address answers " + String.join(", ", at.byMethod.keySet()) + " only");
        }
        return Optional.of(new Match(handler, at.template, variables));
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}
