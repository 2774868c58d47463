package io.syncline.client.api;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Transfer;
import java.util.Collection;
import java.util.Optional;

/**
 * Hears of new heads. Hints only: a lost one is made good by asking rarely without being told.
 *
 * <p>The channel connects on its own, again after every loss (jittered, with a growing and capped
 * pause), and treats a connection that was silent for longer than {@code SILENCE_MAX} as lost. It
 * stops for good only when the server refuses the token or when closed. No method blocks.
 */
public interface EventChannel extends AutoCloseable {

    /** Watches exactly these projects from now on, at most {@code Limits.EVENT_PROJECTS_MAX}. */
    void watch(Collection<ProjectId> projects);

    /**
     * Says how far a transfer of this device is, as soon as it may: of one transfer the newest
     * waits. Said again now and then until it ended. At most {@code Limits.TRANSFERS_MAX} are told
     * of at a time; further ones aren't.
     */
    void report(Transfer transfer);

    /** Stops; no call to the listener begins afterwards. May be repeated. */
    @Override
    void close();

    /**
     * Told on a thread of the channel, one call at a time; returns at once (it should only put an
     * event into a queue).
     */
    interface Listener {
        /** The connection stands and heads will be told; those of all watched projects follow. */
        void connected();

        /** The connection is gone and will be made anew. Told once per loss. */
        void disconnected(String reason);

        /**
         * The project's head is at least here. May be told repeatedly and out of order.
         *
         * @param news the changes that led there, if the server told them
         */
        void head(ProjectId project, Cursor head, Optional<ChangesPage> news);

        /** The project wants damaged blocks again, or has got some: ask which. */
        default void wanted(ProjectId project) {}

        /** The server doesn't let this device watch the project; ask by {@link ServerApi} why. */
        void unsubscribed(ProjectId project);

        /**
         * The channel has stopped for good: UNAUTHENTICATED (the token is revoked) or
         * UPGRADE_REQUIRED.
         */
        void stopped(ErrorCode code, String reason);
    }
}
