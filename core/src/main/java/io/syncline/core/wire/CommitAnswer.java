package io.syncline.core.wire;

import io.syncline.core.tree.Epoch;
import java.util.List;

/**
 * What became of a commit, result i for change i. Refusals are values inside a 200 (R35).
 *
 * @param head the project's head right after the commit
 */
public record CommitAnswer(Epoch epoch, long head, List<ChangeResult> results) {
    public CommitAnswer {
        results = List.copyOf(results);
    }
}
