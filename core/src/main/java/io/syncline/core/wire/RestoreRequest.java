package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Puts something back as it was: the body of {@code POST /v1/projects/{p}/restore}. What it does is
 * one commit of the caller.
 *
 * @param id that of the commit: a repeat with the same body gets the first answer (L8)
 * @param dryRun only says what would be done
 */
public record RestoreRequest(CommitId id, boolean dryRun, What what) {
    /** What is put back. */
    public sealed interface What {}

    /** Single versions, in order. */
    public record Versions(List<Wish> wishes) implements What {
        public Versions {
            wishes = List.copyOf(wishes);
            if (wishes.isEmpty() || wishes.size() > Limits.RESTORE_WISHES_MAX) {
                throw SynclineException.invalid(
                        "versions has 1.." + Limits.RESTORE_WISHES_MAX + " elements");
            }
        }
    }

    /**
     * A version to put back.
     *
     * @param node whose version it is
     * @param sequence that made it
     * @param copy where a copy of it is made; absent: the node itself gets it back
     */
    public record Wish(NodeId node, long sequence, Optional<Place> copy) {}

    /**
     * Everything that was changed since a time, page by page, newest first.
     *
     * @param since what was changed at or after it is looked at
     * @param scope whose changes, or where
     * @param until changes from this sequence on aren't looked at, so that what a page did isn't
     *     undone by the next; absent on the first page, then as that one's answer says
     * @param before where this page begins; absent on the first page, then as the answer before
     *     says
     */
    public record Rewind(Instant since, Scope scope, OptionalLong until, OptionalLong before)
            implements What {}

    /** What a rewind is about. */
    public sealed interface Scope {}

    /**
     * The changes of one device are undone, unless somebody else changed the node after it: then
     * the node is kept. What the device created is deleted.
     */
    public record Device(DeviceId device) implements Scope {}

    /**
     * What was in a directory then is put back as it was, whoever changed it; what is newer stays.
     */
    public record Directory(NodeId directory) implements Scope {}
}
