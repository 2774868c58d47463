package io.syncline.client.daemon;

import io.syncline.client.daemon.FolderStatus.Answer;
import io.syncline.client.daemon.FolderStatus.State;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.IgnoreFile;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A folder that {@link #resume} opens anew after a stop that asks nothing. What was opened while
 * its disk was out is the empty place below, however often that is looked at; so root, watcher and
 * plans are given up together, and what comes back is found as after a restart: its marker is
 * looked at before anything is done (R27, R42).
 *
 * <p>One that can't be opened is a stopped folder with its reason, so that a device's others go on.
 */
public final class ReopeningFolder implements SyncedFolder {
    private final Supplier<SyncedFolder> open;
    private final Executor background;
    private final AtomicBoolean reopening = new AtomicBoolean();
    private volatile SyncedFolder folder;
    private boolean closed;

    /**
     * Opens the folder.
     *
     * @param open may throw SynclineException where the folder can't be opened; not called before
     *     what it gave last is closed
     * @param background where it is closed and opened anew, which waits for the disk
     */
    public ReopeningFolder(Supplier<SyncedFolder> open, Executor background) {
        this.open = open;
        this.background = background;
        this.folder = opened();
    }

    private SyncedFolder opened() {
        try {
            return open.get();
        } catch (SynclineException e) {
            return new Unopened(e);
        }
    }

    @Override
    public void resume() {
        if (!isOpenedAnew(folder.status())) {
            folder.resume();
        } else if (reopening.compareAndSet(false, true)) {
            background.execute(this::reopen);
        }
    }

    private static boolean isOpenedAnew(FolderStatus status) {
        return status.state() == State.STOPPED && !status.answers().contains(Answer.CONFIRM);
    }

    private synchronized void reopen() {
        try {
            if (!closed) {
                folder.close();
                folder = opened();
                folder.resume();
            }
        } catch (RuntimeException e) {
            folder = new Unopened(e);
        } finally {
            reopening.set(false);
        }
    }

    @Override
    public FolderStatus status() {
        return folder.status();
    }

    @Override
    public void pause() {
        folder.pause();
    }

    @Override
    public void confirm() {
        folder.confirm();
    }

    @Override
    public void reject() {
        folder.reject();
    }

    @Override
    public void syncNow() {
        folder.syncNow();
    }

    @Override
    public List<LocalPath> conflicts(int limit) {
        return folder.conflicts(limit);
    }

    @Override
    public IgnoreFile ignoreFile() {
        return folder.ignoreFile();
    }

    @Override
    public synchronized void close() {
        closed = true;
        folder.close();
    }

    /** A folder that couldn't be opened. */
    private record Unopened(RuntimeException failure) implements SyncedFolder {
        @Override
        public FolderStatus status() {
            return FolderStatus.stopped(
                    String.valueOf(failure.getMessage()),
                    Optional.of(
                            "'syncline doctor' says what is wrong, and what to do; then 'syncline"
                                    + " resume'"),
                    List.of(Answer.RESUME));
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void confirm() {}

        @Override
        public void reject() {}

        @Override
        public void syncNow() {}

        @Override
        public List<LocalPath> conflicts(int limit) {
            return List.of();
        }

        @Override
        public IgnoreFile ignoreFile() {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "the folder can't be opened", failure);
        }

        @Override
        public void close() {}
    }
}
