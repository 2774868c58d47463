package io.syncline.core.plan;

import io.syncline.core.plan.Trees.Entry;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Kind;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.wire.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Small worlds in words, for tests that are read as a table. A node is {@code "ID PARENT/NAME
 * CONTENT"}: {@code "7 0/a.txt A"} is a file in the root, {@code "8 0/d D"} a directory (content
 * {@code D}), {@code "7 0/run A+x"} an executable file, {@code "7 0/link ->A"} a symlink, {@code "7
 * 0/new ?"} a node of an unknown kind. A remote node that isn't word for word the synced one has
 * another version.
 */
final class ModelWorld {
    private static final int ROUNDS_MAX = 20;
    final ModelServer server = new ModelServer();
    final ModelReplica replica = new ModelReplica(server);
    private Planner planner = new Planner("laptop", Planner.Mode.READ_WRITE);

    ModelWorld synced(String... nodes) {
        for (String node : nodes) {
            replica.synced.put(id(node), entry(node, id(node).value()));
        }
        return this;
    }

    ModelWorld remote(String... nodes) {
        for (String node : nodes) {
            Entry synced = replica.synced.get(id(node));
            Entry same = entry(node, id(node).value());
            Entry there = same.equals(synced) ? same : entry(node, 50);
            server.tree.put(id(node), there);
            replica.remote.put(id(node), there);
        }
        return this;
    }

    ModelWorld local(String... nodes) {
        for (String node : nodes) {
            replica.local.put(id(node), entry(node, 0));
        }
        return this;
    }

    /** All three trees are this; use {@link #there} and {@link #here} to change one of them. */
    ModelWorld agreed(String... nodes) {
        return synced(nodes).remote(nodes).local(nodes);
    }

    /** Changes there: a node in words, or {@code "-7"} for a deleted one. */
    ModelWorld there(String... nodes) {
        for (String node : nodes) {
            if (node.startsWith("-")) {
                server.tree.remove(new NodeId(Long.parseLong(node.substring(1))));
                replica.remote.remove(new NodeId(Long.parseLong(node.substring(1))));
            } else {
                remote(node);
            }
        }
        return this;
    }

    /** Changes here: a node in words (with a negative id for a new one), or {@code "gone 7"}. */
    ModelWorld here(String... nodes) {
        for (String node : nodes) {
            if (node.startsWith("gone ")) {
                replica.local.remove(new NodeId(Long.parseLong(node.substring(5))));
            } else {
                local(node);
            }
        }
        return this;
    }

    ModelWorld held(long id) {
        replica.held.add(new NodeId(id));
        return this;
    }

    ModelWorld readOnly() {
        planner = new Planner("laptop", Planner.Mode.READ_ONLY);
        return this;
    }

    /** The next plan in words, nothing done. */
    List<String> plan() {
        List<String> words = new ArrayList<>();
        for (Step step : planner.plan(replica, replica.differing()).steps()) {
            words.add(words(step));
        }
        return words;
    }

    /** Plans and carries out until the plan is empty; every step must succeed. */
    ModelWorld run() {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            Plan plan = planner.plan(replica, replica.differing());
            if (plan.isEmpty()) {
                return this;
            }
            for (Step step : plan.steps()) {
                if (!replica.apply(step)) {
                    throw new AssertionError("can't be carried out: " + words(step));
                }
            }
        }
        throw new AssertionError("no end: " + plan());
    }

    /** What people see on the server: {@code path content}, sorted. */
    List<String> seenThere() {
        return seen(server.tree);
    }

    /** What people see on disk. */
    List<String> seenHere() {
        return seen(replica.local);
    }

    List<String> trashed() {
        return replica.trash.stream().map(ModelWorld::words).toList();
    }

    private static List<String> seen(ModelTree tree) {
        Map<String, String> seen = new TreeMap<>();
        for (NodeId id : tree.ids()) {
            Item item = Objects.requireNonNull(tree.get(id)).item();
            seen.put(tree.path(id).substring(1), words(item));
        }
        return seen.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
    }

    // Words.

    private static NodeId id(String node) {
        return new NodeId(Long.parseLong(node.substring(0, node.indexOf(' '))));
    }

    private static Entry entry(String node, long version) {
        String rest = node.substring(node.indexOf(' ') + 1);
        int slash = rest.indexOf('/');
        int space = rest.lastIndexOf(' ');
        Place place =
                new Place(
                        new NodeId(Long.parseLong(rest.substring(0, slash))),
                        new Name(rest.substring(slash + 1, space)));
        return new Entry(place, item(rest.substring(space + 1)), version);
    }

    private static Item item(String words) {
        if (words.equals("D")) {
            return Item.DIRECTORY;
        }
        if (words.equals("?")) {
            return new Item(new Kind(9), false, 0, Optional.empty());
        }
        if (words.startsWith("->")) {
            return Item.symlink(content(words.charAt(2)), 0);
        }
        long mtime =
                words.contains("@") ? Long.parseLong(words.substring(words.indexOf('@') + 1)) : 0;
        return Item.file(content(words.charAt(0)), words.contains("+x"), mtime);
    }

    private static Content content(char letter) {
        return new Content(0, new Hash(letter, 7, 7, 7), letter);
    }

    static String words(Item item) {
        if (item.isDirectory()) {
            return "D";
        }
        if (item.content().isEmpty()) {
            return "?";
        }
        String letter = String.valueOf((char) item.sizeBytes());
        return (item.kind().equals(Kind.SYMLINK) ? "->" : "")
                + letter
                + (item.executable() ? "+x" : "")
                + (item.mtimeNanos() != 0 ? "@" + item.mtimeNanos() : "");
    }

    private static String words(Place place) {
        return place.parent() + "/" + place.name();
    }

    static String words(Step step) {
        return switch (step) {
            case Step.Send send ->
                    (send.atomic() ? "send at once" : "send") + words(send.changes());
            case Step.Materialise make ->
                    "make " + make.id() + " " + words(make.place()) + " " + words(make.item());
            case Step.Replace replace ->
                    "replace "
                            + replace.id()
                            + " "
                            + words(replace.before())
                            + " by "
                            + words(replace.after());
            case Step.Move move -> "move " + words(move);
            case Step.Exchange both ->
                    "exchange " + words(both.first()) + " and " + words(both.second());
            case Step.Trash trash -> "trash " + trash.id();
            case Step.SetAside aside -> "set aside " + aside.id() + " as " + aside.name();
            case Step.Agree agree -> "agree " + agree.id();
            case Step.Forget forget -> "forget " + forget.id();
            case Step.Adopt adopt -> "adopt " + adopt.localOnly() + " as " + adopt.remote();
            case Step.Detach detach -> "detach " + detach.id();
            case Step.HoldBack report -> "hold back " + report.id() + ": " + report.reason();
        };
    }

    private static String words(Step.Move move) {
        return move.id() + " from " + words(move.from()) + " to " + words(move.to());
    }

    private static String words(List<Change> changes) {
        StringBuilder words = new StringBuilder();
        for (Change change : changes) {
            words.append(words.isEmpty() ? " " : ", ").append(words(change));
        }
        return words.toString();
    }

    private static String words(Change change) {
        return switch (change) {
            case Change.Create create ->
                    "create "
                            + create.id()
                            + " "
                            + words(create.place())
                            + " "
                            + words(create.item())
                            + create.origin().map(origin -> " after " + origin).orElse("");
            case Change.Update update ->
                    "update "
                            + update.id()
                            + update.place().map(place -> " " + words(place)).orElse("")
                            + update.item().map(item -> " " + words(item)).orElse("");
            case Change.Delete delete -> "delete " + delete.id();
            case Change.Check check -> "check " + check.id();
        };
    }
}
