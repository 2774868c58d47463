package io.syncline.storage.metadata;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import java.time.Instant;

/** What is said about a project when it is created; the rest starts empty. */
public record NewProject(
        ProjectId id,
        String name,
        int format,
        boolean portableNames,
        Epoch epoch,
        Instant created) {
    public NewProject {
        created = Millis.of(created);
    }
}
