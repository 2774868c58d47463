package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.transfer.Fetched;
import io.syncline.client.transfer.Incoming;
import io.syncline.core.plan.Step;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fetches the contents that steps need, in batches, and keeps what has arrived until it can be
 * placed. A node is held meanwhile.
 */
final class Downloads {
    /** Files in one fetch, and fetches at once. */
    static final int FETCH_FILES_MAX = 2_000;

    static final int FETCHES_MAX = 3;

    /** A step whose content is being fetched, with the server's version that it was planned for. */
    private record Download(Step.Local step, long version, long batch) {}

    /** What came for a step. */
    record Arrived(Step.Local step, long version, Fetched fetched) {
        NodeId id() {
            return fetched.file().node();
        }
    }

    private final Work work;
    private final Map<NodeId, Download> downloads = new LinkedHashMap<>();
    private final Deque<Arrived> arrived = new ArrayDeque<>();

    /** Nodes whose content the server couldn't give, and that wait for it. */
    private final Set<NodeId> lacking = new LinkedHashSet<>();

    private final List<Incoming> wanted = new ArrayList<>();
    private int fetches;
    private long lastBatch;

    Downloads(Work work) {
        this.work = work;
    }

    boolean isIdle() {
        return downloads.isEmpty() && arrived.isEmpty();
    }

    /** Whether there is room for a whole fetch's worth. */
    boolean hasRoom() {
        return downloads.size() <= (FETCHES_MAX - 1) * FETCH_FILES_MAX;
    }

    /**
     * Wants the content of the item for that step, unless as many are wanted as may be.
     *
     * @param sources files on this disk that may hold some of it
     * @param before what it replaces
     */
    void want(
            NodeId id,
            Step.Local step,
            Item item,
            List<LocalPath> sources,
            Optional<Content> before) {
        if (downloads.containsKey(id) || downloads.size() >= FETCHES_MAX * FETCH_FILES_MAX) {
            work.planWanted = true;
            return;
        }
        downloads.put(id, new Download(step, work.remoteVersion(id), 0));
        work.hold(id);
        LocalPath target = LocalPath.parse(work.describe(id));
        wanted.add(new Incoming(id, item, target, sources, before));
    }

    /** Asks for what is wanted. */
    void send() {
        while (!wanted.isEmpty() && fetches < FETCHES_MAX) {
            int count = Math.min(wanted.size(), FETCH_FILES_MAX);
            List<Incoming> files = List.copyOf(wanted.subList(0, count));
            wanted.subList(0, count).clear();
            fetches++;
            long batch = ++lastBatch;
            for (Incoming file : files) {
                downloads.computeIfPresent(
                        file.node(), (_, d) -> new Download(d.step(), d.version(), batch));
            }
            work.out.add(new Effect.FetchFiles(batch, files));
        }
    }

    boolean hasArrived() {
        return !arrived.isEmpty();
    }

    /** Whether something that arrived is to replace a file, which takes an intent (R6). */
    boolean hasReplacement() {
        return arrived.stream().anyMatch(next -> next.step() instanceof Step.Replace);
    }

    /** Takes what arrived first; its node is the caller's to release. */
    Arrived next() {
        return arrived.removeFirst();
    }

    // Answers.

    void received(Fetched fetched) {
        NodeId id = fetched.file().node();
        Download download = downloads.remove(id);
        if (download == null) {
            if (fetched instanceof Fetched.Ready ready) {
                work.out.add(new Effect.Discard(List.of(ready.temporary())));
            }
            return;
        }
        String subject = work.describe(id);
        switch (fetched) {
            case Fetched.Ready _, Fetched.Link _ ->
                    arrived.add(new Arrived(download.step(), download.version(), fetched));
            case Fetched.Unavailable _ -> {
                lacking(id);
                String why = "the server lacks some of its content";
                failed(id, subject, why, Todo.ELSEWHERE, 5_000);
            }
            case Fetched.Damaged(_, var why) -> {
                lacking(id);
                failed(id, subject, why, Todo.ELSEWHERE, 30_000);
            }
            case Fetched.Refused(_, var why) ->
                    failed(id, subject, why.why(), Todo.about(why), 5_000);
        }
    }

    private void lacking(NodeId id) {
        if (lacking.size() < Delays.SUBJECTS_MAX) {
            lacking.add(id);
        }
    }

    /** What the server lacked it may have by now. */
    void tryLackingAgain() {
        for (NodeId id : lacking) {
            work.delays.succeeded(id);
        }
        work.planWanted |= !lacking.isEmpty();
        lacking.clear();
    }

    /** Nothing is under way: what was lacking, and isn't waited for, has come or isn't wanted. */
    void quiet() {
        lacking.removeIf(id -> !work.delays.waits(id, work.now));
    }

    private void failed(NodeId id, String subject, String why, String todo, long least) {
        work.delays.failed(id, work.now, least);
        work.trying(subject, why, todo);
        work.release(id);
    }

    void ended(long batch) {
        fetches--;
        List<NodeId> left =
                downloads.entrySet().stream()
                        .filter(entry -> entry.getValue().batch() == batch)
                        .map(Map.Entry::getKey)
                        .toList();
        for (NodeId id : left) {
            downloads.remove(id);
            work.delays.failed(id, work.now, 500);
            work.release(id);
        }
    }
}
