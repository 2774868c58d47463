package io.syncline.client.daemon;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.ignore.IgnoreFile;
import java.util.List;

/**
 * One folder that is kept in sync, as the daemon steers it. Thread-safe; no method waits for the
 * network or for a scan: wishes are taken note of, what became of them shows in {@link #status}.
 */
public interface SyncedFolder extends AutoCloseable {
    /** What the folder is doing now; a value of one moment. */
    FolderStatus status();

    /** Stops looking and transferring until {@link #resume}; survives a restart. */
    void pause();

    /** Goes on after {@link #pause}, or tries again after a stop whose reason may have passed. */
    void resume();

    /** Goes on with what a brake stopped for (R28): the deletion is meant. */
    void confirm();

    /** Doesn't go on with it: brings back, on the side that deleted, what was deleted. */
    void reject();

    /** Looks at everything now, here and there, whatever was announced. */
    void syncNow();

    /**
     * The conflict copies that this device made and that are still there, at most {@code limit}.
     */
    List<LocalPath> conflicts(int limit);

    /**
     * The rules in the root of the folder of what isn't synced. Works on the disk itself and may
     * wait for it; UNAVAILABLE where the folder couldn't be opened.
     */
    IgnoreFile ignoreFile();

    /** Stops and waits until nothing of the folder is touched any more. */
    @Override
    void close();
}
