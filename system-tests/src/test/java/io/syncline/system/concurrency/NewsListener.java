package io.syncline.system.concurrency;

import io.syncline.client.api.EventChannel;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import java.util.Optional;

/** Records the changes that hints carry (R50): each must be a page of the feed. */
record NewsListener(Recording recording) implements EventChannel.Listener {
    @Override
    public void connected() {
        // Heads follow.
    }

    @Override
    public void disconnected(String reason) {
        // Comes back by itself.
    }

    @Override
    public void head(ProjectId project, Cursor head, Optional<ChangesPage> news) {
        news.ifPresent(
                page -> recording.add(new Recorded.Paged(Long.MIN_VALUE, System.nanoTime(), page)));
    }

    @Override
    public void unsubscribed(ProjectId project) {
        throw new IllegalStateException("unsubscribed from " + project);
    }

    @Override
    public void stopped(ErrorCode code, String reason) {
        throw new IllegalStateException(code + ": " + reason);
    }
}
