package io.syncline.client.transfer;

import io.syncline.client.disk.LocalPath;
import java.util.List;

/**
 * How far a transfer is: a value for people, never history.
 *
 * @param filesDone files answered by a result
 * @param bytesDone bytes of files that needn't be looked at any more: sent, fetched, or found to be
 *     there already
 * @param bytesTotal as far as known; files that grow may raise it
 * @param bytesPerSecond over the last few seconds
 * @param large the large files under way, at most {@link #LARGE_MAX}
 */
public record Progress(
        long filesDone,
        long filesTotal,
        long bytesDone,
        long bytesTotal,
        long bytesPerSecond,
        List<LargeFile> large) {
    /** Most files told one by one. */
    public static final int LARGE_MAX = 16;

    public Progress {
        large = List.copyOf(large);
    }

    /** How far one large file is. */
    public record LargeFile(LocalPath path, long bytesDone, long bytesTotal) {}

    /** Told at most four times a second, and once at the end. */
    @FunctionalInterface
    public interface Listener {
        /** Nobody is interested. */
        Listener NONE = _ -> {};

        /** Called by one thread at a time; returns at once. */
        void progress(Progress progress);
    }
}
