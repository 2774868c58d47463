package io.syncline.storage.block.memory;

import io.syncline.core.error.SynclineException;
import io.syncline.core.snapshot.SnapshotSink;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.SnapshotFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Snapshots' files in memory. */
public final class MemorySnapshotFiles implements SnapshotFiles {
    private record Key(ProjectId project, String name) {}

    /** The bytes are a whole array of their own. */
    private record Stored(ByteBuffer bytes, Instant published) {}

    private final ConcurrentHashMap<Key, Stored> files = new ConcurrentHashMap<>();
    private final InstantSource clock;

    /** An empty store. */
    public MemorySnapshotFiles(InstantSource clock) {
        this.clock = clock;
    }

    /** A file's own bytes, to be damaged by a test. */
    public Optional<byte[]> bytes(ProjectId project, String name) {
        return Optional.ofNullable(files.get(new Key(project, name)))
                .map(file -> file.bytes().array());
    }

    @Override
    public Draft draft(ProjectId project, String name) {
        Key key = new Key(project, name);
        if (files.containsKey(key)) {
            throw new IllegalStateException("there is a snapshot " + name);
        }
        return new MemoryDraft(key);
    }

    @Override
    public Optional<Reading> open(ProjectId project, String name) {
        return bytes(project, name).map(bytes -> new MemoryReading(ByteBuffer.wrap(bytes)));
    }

    @Override
    public List<Entry> list(ProjectId project) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().project().equals(project))
                .map(file -> new Entry(file.getKey().name(), file.getValue().published()))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
    }

    @Override
    public boolean delete(ProjectId project, String name) {
        return files.remove(new Key(project, name)) != null;
    }

    @Override
    public void close() {
        files.clear();
    }

    private static SnapshotSink sink(ByteArrayOutputStream to) {
        return bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            to.writeBytes(copy);
        };
    }

    private record MemoryReading(ByteBuffer bytes) implements Reading {
        @Override
        public ByteBuffer read(long offset, int length) throws IOException {
            return SnapshotSource.of(bytes).read(offset, length);
        }

        @Override
        public long sizeBytes() {
            return bytes.limit();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    private final class MemoryDraft implements Draft {
        private final Key key;
        private final ByteArrayOutputStream tree = new ByteArrayOutputStream();
        private final ByteArrayOutputStream contents = new ByteArrayOutputStream();

        MemoryDraft(Key key) {
            this.key = key;
        }

        @Override
        public SnapshotSink tree() {
            return sink(tree);
        }

        @Override
        public SnapshotSink contents() {
            return sink(contents);
        }

        @Override
        public long publish(ByteBuffer head) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] begin = new byte[head.remaining()];
            head.duplicate().get(begin);
            all.writeBytes(begin);
            all.writeBytes(tree.toByteArray());
            all.writeBytes(contents.toByteArray());
            Stored stored = new Stored(ByteBuffer.wrap(all.toByteArray()), clock.instant());
            if (files.putIfAbsent(key, stored) != null) {
                throw SynclineException.invalid("there is a snapshot " + key.name());
            }
            return all.size();
        }

        @Override
        public void close() {
            tree.reset();
            contents.reset();
        }
    }
}
