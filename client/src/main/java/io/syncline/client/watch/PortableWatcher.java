package io.syncline.client.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.LocalPath;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent.Kind;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Watches by the JDK's {@link WatchService}, directory by directory. A renamed directory's key
 * keeps its old path there, so it is registered anew under the new one and the old key is dropped.
 */
final class PortableWatcher implements Watcher {
    private static final Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_DELETE,
        StandardWatchEventKinds.ENTRY_MODIFY
    };

    private final Heard heard = new Heard();
    private final Path root;
    private final WatchService service;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<WatchKey, Path> keys = new HashMap<>();

    @GuardedBy("lock")
    private final Map<Path, WatchKey> byPath = new HashMap<>();

    private PortableWatcher(Path root, WatchService service) {
        this.root = root;
        this.service = service;
        this.reader = Thread.ofPlatform().daemon().name("syncline-watch").unstarted(this::read);
    }

    static PortableWatcher open(Path rootPath) {
        try {
            Path root = rootPath.toRealPath();
            var watcher = new PortableWatcher(root, root.getFileSystem().newWatchService());
            watcher.register(root, new HashSet<>());
            watcher.reader.start();
            return watcher;
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.NOT_FOUND, "cannot watch '" + rootPath + "'", e);
        }
    }

    @Override
    public WatchEvent next(Duration timeout) throws InterruptedException {
        return heard.next(timeout);
    }

    @Override
    public void close() {
        heard.close();
        try {
            service.close();
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.INTERNAL, "cannot stop watching", e);
        }
    }

    private void read() {
        try {
            while (true) {
                var dirty = new HashSet<LocalPath>();
                WatchKey key = service.take();
                while (key != null) {
                    handle(key, dirty);
                    key = service.poll();
                }
                heard.add(dirty);
            }
        } catch (ClosedWatchServiceException _) {
            // Closed: the end.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(WatchKey key, Set<LocalPath> dirty) {
        Path directory = directory(key);
        var events = new ArrayList<>(key.pollEvents());
        if (!key.reset()) {
            forget(key);
        }
        if (directory == null) {
            return;
        }
        dirty.add(local(directory));
        for (var event : events) {
            if (event.kind().equals(StandardWatchEventKinds.OVERFLOW)) {
                register(root, dirty);
                heard.overflow("the system's queue of file events ran over");
            } else if (event.kind().equals(StandardWatchEventKinds.ENTRY_CREATE)
                    && event.context() instanceof Path name) {
                Path child = directory.resolve(name);
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    register(child, dirty);
                }
            }
        }
    }

    private @org.jspecify.annotations.Nullable Path directory(WatchKey key) {
        lock.lock();
        try {
            return keys.get(key);
        } finally {
            lock.unlock();
        }
    }

    private void forget(WatchKey key) {
        lock.lock();
        try {
            Path path = keys.remove(key);
            if (path != null) {
                byPath.remove(path, key);
            }
        } finally {
            lock.unlock();
        }
    }

    private void register(Path top, Set<LocalPath> dirty) {
        try {
            Files.walkFileTree(
                    top,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) throws IOException {
                            if (directory.equals(root.resolve(LocalPath.CONTROL_NAME))) {
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            dirty.add(local(directory));
                            return registerOne(directory)
                                    ? FileVisitResult.CONTINUE
                                    : FileVisitResult.TERMINATE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE; // Gone, or for the scan to report.
                        }
                    });
        } catch (IOException _) {
            heard.overflow("a directory changed while it was being watched");
        }
    }

    private boolean registerOne(Path directory) {
        lock.lock();
        try {
            WatchKey key = directory.register(service, KINDS);
            WatchKey before = byPath.put(directory, key);
            if (before != null && !before.equals(key)) {
                keys.remove(before);
                before.cancel();
            }
            Path oldPath = keys.put(key, directory);
            if (oldPath != null && !oldPath.equals(directory)) {
                byPath.remove(oldPath, key);
            }
            return true;
        } catch (IOException e) {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                heard.limited(keys.size(), "not every directory can be watched: " + e.getMessage());
            }
            return !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
        } finally {
            lock.unlock();
        }
    }

    private LocalPath local(Path directory) {
        Path relative = root.relativize(directory);
        var names = new ArrayList<String>();
        for (Path name : relative) {
            if (!name.toString().isEmpty()) {
                names.add(name.toString());
            }
        }
        return new LocalPath(names);
    }
}
