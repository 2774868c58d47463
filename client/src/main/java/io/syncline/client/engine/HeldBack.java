package io.syncline.client.engine;

import io.syncline.core.plan.Step;
import io.syncline.core.tree.NodeId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the planner holds back until someone acts, and what people are told of it. */
final class HeldBack {
    private final Work work;
    private final Map<NodeId, String> subjects = new LinkedHashMap<>();

    /** Those that the present pass has come by. */
    private final Set<NodeId> inPass = new HashSet<>();

    HeldBack(Work work) {
        this.work = work;
    }

    int count() {
        return subjects.size();
    }

    void hold(Step.HoldBack step) {
        String subject = work.describe(step.id());
        // Beyond what is shown, nobody needs to be told that it is over.
        subjects.put(step.id(), subjects.size() < Work.PROBLEMS_MAX ? subject : "");
        inPass.add(step.id());
        work.problem(
                subject,
                step.reason(),
                step.reason().endsWith("read-only") ? Todo.READ_ONLY : Todo.NOTHING);
    }

    void letGo(NodeId id) {
        String subject = subjects.remove(id);
        if (subject != null) {
            work.solved(subject);
        }
    }

    void letAllGo() {
        subjects.values().forEach(work::solved);
        subjects.clear();
    }

    /** A pass has ended; what a whole one didn't come by is no difference any more. */
    void passed(boolean whole) {
        if (whole) {
            List.copyOf(subjects.keySet()).stream()
                    .filter(id -> !inPass.contains(id))
                    .forEach(this::letGo);
        }
        inPass.clear();
    }
}
