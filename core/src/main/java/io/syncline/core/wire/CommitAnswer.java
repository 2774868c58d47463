package io.syncline.core.wire;

import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.Epoch;
import java.util.List;

/**
 * What became of a commit, result i for change i. Refusals are values inside a 200 (R35).
 *
 * @param proof the project's head right after the commit
 */
public record CommitAnswer(Proof proof, List<ChangeResult> results) {
    public CommitAnswer {
        results = List.copyOf(results);
    }

    /** The lineage that the commit went into. */
    public Epoch epoch() {
        return proof.epoch();
    }

    /** The newest sequence right after the commit. */
    public long head() {
        return proof.sequence();
    }
}
