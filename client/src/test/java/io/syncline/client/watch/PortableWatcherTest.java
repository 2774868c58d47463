package io.syncline.client.watch;

import java.nio.file.Path;

final class PortableWatcherTest extends WatcherContract {
    @Override
    Watcher open(Path root) {
        return PortableWatcher.open(root);
    }
}
