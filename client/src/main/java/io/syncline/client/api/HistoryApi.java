package io.syncline.client.api;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.DeletedPage;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.RestoreAnswer;
import io.syncline.core.wire.RestoreRequest;
import io.syncline.core.wire.Retention;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a project was, and putting it back. For guarantees and failures see {@link ServerApi};
 * everything here may be repeated (L8).
 */
public interface HistoryApi {
    /**
     * Which changes are wanted.
     *
     * @param since at or after this time
     * @param until before this time
     */
    record Filter(Optional<DeviceId> device, Optional<Instant> since, Optional<Instant> until) {
        /** All of them. */
        public static final Filter ALL =
                new Filter(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * A page of a project's changes, newest first. It may hold fewer than asked for, even none, and
     * go on.
     *
     * @param before only entries below this sequence; empty: from the newest on
     */
    LogPage log(ProjectId project, Filter filter, OptionalLong before, int limit);

    /** A page of a node's changes, newest first, on through what it re-creates (R34). */
    LogPage history(ProjectId project, NodeId id, OptionalLong before, int limit);

    /** Where to look for what was deleted. */
    sealed interface Where {}

    /** In the whole project, newest first. */
    record Everywhere() implements Where {}

    /** In a directory, live or deleted itself, in order of names. */
    record In(NodeId directory) implements Where {}

    /** At exactly this path, newest first. */
    record At(String path) implements Where {}

    /** A page of what was deleted and not re-created since. */
    DeletedPage deleted(ProjectId project, Where where, Optional<String> after, int limit);

    /** Puts something back, or says what that would do. */
    RestoreAnswer restore(ProjectId project, RestoreRequest request);

    /** How long the project keeps versions after their end. */
    Retention retention(ProjectId project);

    /** Says how long it is to keep them. */
    void retain(ProjectId project, Retention retention);
}
