package io.syncline.server.admin;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.RandomId;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * R3: a restored project, or one whose server goes on where it had been moved away from, goes on in
 * a new epoch, above every sequence that the lost line can have given out.
 */
public final class NewEpoch {
    private static final long STEP = 1L << 32;
    private static final int PAGE = 100;

    private NewEpoch() {}

    /** Begins one for each project, and says for how many. */
    public static int ofAll(MetadataStore store, RandomGenerator random, Instant now) {
        int begun = 0;
        long after = 0;
        while (true) {
            long from = after;
            List<Project> page = store.read(read -> read.projects().page(from, PAGE));
            for (Project project : page) {
                Epoch next = new Epoch(RandomId.next(random));
                long head = (project.head() / STEP + 1) * STEP;
                boolean done =
                        store.write(write ->
                                write.projects()
                                        .startEpoch(
                                                project.key(), project.epoch(), next, head, now));
                begun += done ? 1 : 0;
            }
            if (page.size() < PAGE) {
                return begun;
            }
            after = page.getLast().key().value();
        }
    }
}
