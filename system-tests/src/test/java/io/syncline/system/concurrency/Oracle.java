package io.syncline.system.concurrency;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Refused;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.system.concurrency.Recorded.Committed;
import io.syncline.system.concurrency.Recorded.Listed;
import io.syncline.system.concurrency.Recorded.Looked;
import io.syncline.system.concurrency.Recorded.Paged;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what can't be about a recording of one project from its beginning on, in which every commit
 * is. The commits that were answered are carried out on a {@link Model} in the order of their
 * sequences, and every other answer is held against what the model was at the head that the answer
 * shows. What is checked is in {@code docs/testing.md}.
 */
final class Oracle {
    /** Enough to see a pattern. */
    private static final int FAULTS_MAX = 20;

    private final Recording recording;
    private final long nodesMax;
    private final long bytesMax;
    private final Timeline timeline;
    private final Model model = new Model();
    private final List<String> faults = new ArrayList<>();

    /** By node, the sequences of its versions. */
    private final Map<NodeId, NavigableMap<Long, Node>> versions = new HashMap<>();

    /** By directory, the sequences that touched its listing. */
    private final Map<NodeId, NavigableMap<Long, Long>> touched = new HashMap<>();

    /**
     * @param nodesMax the project's quota
     * @param bytesMax the project's quota
     */
    Oracle(Recording recording, long nodesMax, long bytesMax) {
        this.recording = recording;
        this.nodesMax = nodesMax;
        this.bytesMax = bytesMax;
        this.timeline = new Timeline(recording.of(Committed.class));
    }

    /** What can't be, at most {@value #FAULTS_MAX} of it. */
    List<String> faults() {
        return faults;
    }

    /** The project after all commits. */
    Model model() {
        return model;
    }

    /** The version of a node that a sequence made. */
    Optional<Node> version(NodeId id, long sequence) {
        return Optional.ofNullable(versions.getOrDefault(id, new TreeMap<>()).get(sequence));
    }

    @FormatMethod
    private void fault(@FormatString String format, Object... arguments) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(format.formatted(arguments));
        }
    }

    /** Carries everything out and checks it. */
    Oracle check() {
        List<Committed> commits =
                recording.of(Committed.class).stream()
                        .sorted(
                                Comparator.comparingLong((Committed one) -> one.answer().head())
                                        .thenComparing(one -> one.versions().isEmpty()))
                        .toList();
        NavigableMap<Long, List<Paged>> pages = byHead(recording.of(Paged.class));
        Map<NodeId, NavigableMap<Long, List<Listed>>> listings = byVersion();
        checkPages(pages.headMap(0L, true));
        long latestBegin = Long.MIN_VALUE;
        for (Committed commit : commits) {
            long headBefore = model.feedEnd();
            List<Node> made = commit.versions();
            if (!made.isEmpty()) {
                if (commit.end() < latestBegin) {
                    fault(
                            "commit %s got %s although it was answered before a lower sequence was"
                                    + " asked for",
                            commit.commit().id(), made.getFirst().sequence());
                }
                latestBegin = Math.max(latestBegin, commit.begin());
                apply(commit, headBefore);
            }
            checkAnswer(commit);
            long head = model.feedEnd();
            if (head > headBefore) {
                checkPages(pages.subMap(headBefore, false, head, true));
                checkListings(commit, listings);
            }
        }
        checkPages(pages.tailMap(model.feedEnd(), false));
        recording.of(Looked.class).forEach(this::checkLook);
        recording.of(Listed.class).forEach(this::checkMoment);
        return this;
    }

    private static NavigableMap<Long, List<Paged>> byHead(List<Paged> all) {
        NavigableMap<Long, List<Paged>> pages = new TreeMap<>();
        for (Paged page : all) {
            pages.computeIfAbsent(page.page().head(), _ -> new ArrayList<>()).add(page);
        }
        return pages;
    }

    private Map<NodeId, NavigableMap<Long, List<Listed>>> byVersion() {
        Map<NodeId, NavigableMap<Long, List<Listed>>> listings = new HashMap<>();
        for (Listed listed : recording.of(Listed.class)) {
            listings.computeIfAbsent(listed.directory(), _ -> new TreeMap<>())
                    .computeIfAbsent(listed.page().version(), _ -> new ArrayList<>())
                    .add(listed);
        }
        return listings;
    }

    /** L1, L5, R1, R20: its changes were possible, one after another, or all at once. */
    private void apply(Committed commit, long headBefore) {
        long expected = headBefore;
        for (int i = 0; i < commit.commit().changes().size(); i++) {
            Change change = commit.commit().changes().get(i);
            if (!(commit.answer().results().get(i) instanceof ChangeResult.Applied(Node node))) {
                continue;
            }
            if (change instanceof Change.Check(NodeId id, long version)) {
                checkCurrent(commit, id, version, "a check");
                continue;
            }
            expected++;
            if (node.sequence() != expected) {
                fault("sequence %s where %s comes next (L1)", node.sequence(), expected);
                expected = node.sequence();
            }
            applyOne(commit, change, node);
            if (!commit.commit().atomic()) {
                checkPlace(commit, node);
            }
        }
        if (commit.commit().atomic()) {
            commit.versions().forEach(node -> checkPlace(commit, node));
        }
        checkQuota(commit);
    }

    private void applyOne(Committed commit, Change change, Node node) {
        Optional<Node> before = model.node(node.id());
        switch (change) {
            case Change.Create _ -> {
                if (before.isPresent() || node.id().value() != node.sequence()) {
                    fault("create made %s, which was there", node);
                }
            }
            case Change.Update(NodeId id, long version, _, _) -> {
                checkCurrent(commit, id, version, "an update");
                before.filter(was -> !was.item().kind().equals(node.item().kind()))
                        .ifPresent(was -> fault("%s became %s", was, node));
            }
            case Change.Delete(NodeId id, long version) ->
                    checkCurrent(commit, id, version, "a delete");
            case Change.Check _ -> {
                // Makes no version.
            }
        }
        before.ifPresent(was -> touch(was.place().parent(), node.sequence()));
        touch(node.place().parent(), node.sequence());
        versions.computeIfAbsent(node.id(), _ -> new TreeMap<>()).put(node.sequence(), node);
        model.put(node);
    }

    private void touch(NodeId directory, long sequence) {
        touched.computeIfAbsent(directory, _ -> new TreeMap<>()).put(sequence, sequence);
    }

    /** Compare-and-swap: what is replaced is what the sender had seen. */
    private void checkCurrent(Committed commit, NodeId id, long version, String what) {
        boolean right =
                model.node(id)
                        .filter(node -> !node.deleted() && node.sequence() == version)
                        .isPresent();
        if (!right) {
            fault(
                    "%s of commit %s expected version %s of %s, which was %s",
                    what, commit.commit().id(), version, id, model.node(id));
        }
    }

    private void checkPlace(Committed commit, Node node) {
        model.broken(node.id())
                .ifPresent(
                        what -> fault("after commit %s: %s: %s", commit.commit().id(), node, what));
    }

    private void checkQuota(Committed commit) {
        if (model.liveNodes() > nodesMax || model.liveBytes() > bytesMax) {
            fault(
                    "after commit %s there are %s nodes and %s bytes, above the quota",
                    commit.commit().id(), model.liveNodes(), model.liveBytes());
        }
    }

    /** The answer's head and digest are those at that moment, and every refusal had its reason. */
    private void checkAnswer(Committed commit) {
        long head = commit.answer().head();
        checkDigest(head, commit.answer().proof().digest(), "commit " + commit.commit().id());
        if (commit.versions().isEmpty()) {
            checkHead(head, commit.begin(), commit.end(), "commit " + commit.commit().id());
        }
        boolean alone = commit.commit().changes().size() == 1;
        for (int i = 0; i < commit.commit().changes().size(); i++) {
            if (commit.answer().results().get(i) instanceof Refused refused) {
                checkRefusal(commit, commit.commit().changes().get(i), refused, alone);
            }
        }
    }

    private void checkDigest(long head, TreeDigest digest, String what) {
        if (model.feedEnd() != head) {
            fault("%s shows head %s, where no commit ended", what, head);
        } else if (!model.digest().equals(digest)) {
            fault("%s shows another digest at %s", what, head);
        }
    }

    private void checkHead(long head, long begin, long end, String what) {
        if (head < timeline.headMin(begin) || head > timeline.headMax(end)) {
            fault(
                    "%s shows head %s, where it can be %s..%s",
                    what, head, timeline.headMin(begin), timeline.headMax(end));
        }
    }

    /**
     * @param alone whether the commit has no other change: else what was in the way may have been
     *     made or taken away by the commit itself
     */
    private void checkRefusal(Committed commit, Change change, Refused refused, boolean alone) {
        boolean existing = !change.id().isLocalOnly();
        if (existing && !refused.current().equals(model.node(change.id()))) {
            fault(
                    "commit %s was refused with the state %s where it was %s",
                    commit.commit().id(), refused.current(), model.node(change.id()));
        }
        boolean right =
                switch (refused.reason()) {
                    case STALE -> existing && !isCurrent(change);
                    case NAME_TAKEN -> !alone || isTaken(change, refused);
                    case PARENT_GONE ->
                            !alone
                                    || place(change)
                                            .filter(to -> !model.isLiveDirectory(to.parent()))
                                            .isPresent();
                    case CYCLE ->
                            !alone
                                    || place(change)
                                            .filter(to -> model.isWithin(to.parent(), change.id()))
                                            .isPresent();
                    case NOT_EMPTY -> !alone || !model.listing(change.id()).isEmpty();
                    case QUOTA -> !alone || isAboveQuota(change);
                    case MISSING_BLOCKS -> !refused.missing().isEmpty();
                    case ABORTED -> commit.commit().atomic() && !alone;
                    case TOO_LARGE, INVALID -> false;
                };
        if (!right) {
            fault(
                    "commit %s: %s was refused with %s although %s",
                    commit.commit().id(), change, refused, model.node(change.id()));
        }
    }

    private boolean isCurrent(Change change) {
        long version =
                switch (change) {
                    case Change.Create _ -> 0;
                    case Change.Update update -> update.expected();
                    case Change.Delete delete -> delete.expected();
                    case Change.Check check -> check.expected();
                };
        return model.node(change.id())
                .filter(node -> !node.deleted() && node.sequence() == version)
                .isPresent();
    }

    private static Optional<Place> place(Change change) {
        return switch (change) {
            case Change.Create create -> Optional.of(create.place());
            case Change.Update update -> update.place();
            case Change.Delete _, Change.Check _ -> Optional.empty();
        };
    }

    private boolean isTaken(Change change, Refused refused) {
        Optional<Node> holder = place(change).flatMap(to -> model.child(to.parent(), to.name()));
        return holder.isPresent()
                && holder.equals(refused.rival())
                && !holder.get().id().equals(change.id());
    }

    private boolean isAboveQuota(Change change) {
        long nodes = model.liveNodes();
        long bytes = model.liveBytes();
        switch (change) {
            case Change.Create create -> {
                nodes++;
                bytes += create.item().sizeBytes();
            }
            case Change.Update update -> {
                long before = model.node(update.id()).orElseThrow().item().sizeBytes();
                bytes += update.item().map(item -> item.sizeBytes()).orElse(before) - before;
            }
            case Change.Delete _, Change.Check _ -> {
                // Makes nothing more.
            }
        }
        return nodes > nodesMax || bytes > bytesMax;
    }

    private void checkPages(NavigableMap<Long, List<Paged>> pages) {
        pages.values().stream().flatMap(List::stream).forEach(this::checkPage);
    }

    /** L1, R14: exactly the latest versions between its cursors, in order, each once. */
    private void checkPage(Paged paged) {
        ChangesPage page = paged.page();
        String what = "page (%s, %s] of head %s".formatted(page.from(), page.to(), page.head());
        checkDigest(page.head(), page.proof().digest(), what);
        if (page.head() > timeline.headMax(paged.end())
                || page.head() < timeline.headMin(paged.begin())) {
            checkHead(page.head(), paged.begin(), paged.end(), what);
        }
        if (page.to() > page.head() || page.more() != (page.to() < page.head())) {
            fault("%s says more: %s", what, page.more());
        }
        Collection<Node> expected = model.between(page.from(), Math.max(page.from(), page.to()));
        List<Node> wanted =
                expected.stream()
                        .filter(node ->
                                !node.deleted()
                                        || node.sequence() > page.floor()
                                        || page.changes().contains(node))
                        .toList();
        if (!page.changes().equals(wanted)) {
            fault("%s holds %s instead of %s", what, page.changes(), wanted);
        }
    }

    /** A listing of one version is the directory at that version, all of it. */
    private void checkListings(
            Committed commit, Map<NodeId, NavigableMap<Long, List<Listed>>> listings) {
        for (Node node : commit.versions()) {
            for (NavigableMap<Long, List<Listed>> some : listings.values()) {
                some.getOrDefault(node.sequence(), List.of()).forEach(this::checkListing);
            }
        }
    }

    private void checkListing(Listed listed) {
        ChildrenPage page = listed.page();
        List<Node> wanted = model.listing(listed.directory());
        if (!page.nodes().equals(wanted) || page.total() != wanted.size()) {
            fault(
                    "listing of %s at version %s holds %s instead of %s",
                    listed.directory(), page.version(), page.nodes(), wanted);
        }
    }

    /** A listing was that of some moment while it was asked for. */
    private void checkMoment(Listed listed) {
        long version = listed.page().version();
        NavigableMap<Long, Long> touches =
                touched.getOrDefault(listed.directory(), new TreeMap<>());
        if (version == 0) {
            if (!listed.page().nodes().isEmpty()) {
                fault("listing of %s has rows and no version", listed.directory());
            }
            return;
        }
        if (!touches.containsKey(version)) {
            fault("listing of %s has version %s, which nothing made", listed.directory(), version);
            return;
        }
        Long next = touches.higherKey(version);
        checkWindow(version, next, listed, "listing of " + listed.directory());
    }

    private void checkWindow(long version, @Nullable Long next, Recorded at, String what) {
        boolean tooOld = next != null && next <= timeline.headMin(at.begin());
        if (version > timeline.headMax(at.end()) || tooOld) {
            fault(
                    "%s shows version %s (then %s), where the head was %s..%s",
                    what,
                    version,
                    String.valueOf(next),
                    timeline.headMin(at.begin()),
                    timeline.headMax(at.end()));
        }
    }

    /** A register: what is read was written, and not yet overwritten when the reader asked. */
    private void checkLook(Looked look) {
        NavigableMap<Long, Node> all = versions.getOrDefault(look.id(), new TreeMap<>());
        if (look.node().isEmpty()) {
            if (!all.isEmpty() && all.firstKey() <= timeline.headMin(look.begin())) {
                fault("node %s was not found", look.id());
            }
            return;
        }
        Node node = look.node().get();
        if (!node.equals(all.get(node.sequence()))) {
            fault("node %s was read, which nothing made", node);
            return;
        }
        checkWindow(node.sequence(), all.higherKey(node.sequence()), look, "node " + look.id());
    }
}
