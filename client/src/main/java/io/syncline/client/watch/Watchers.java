package io.syncline.client.watch;

import io.syncline.client.libc.Libc;
import java.nio.file.Path;

/** Opens watchers: inotify where there is one, else what the JDK has. */
public final class Watchers {
    private Watchers() {}

    /**
     * Watches a folder from now on; returns when all its directories are watched. What can't be
     * watched is told by the first {@link Watcher#next}.
     */
    public static Watcher open(Path root) {
        return Libc.isAvailable()
                ? InotifyWatcher.open(root, Integer.MAX_VALUE)
                : PortableWatcher.open(root);
    }
}
