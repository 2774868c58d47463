package io.syncline.storage.block.disk;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.snapshot.SnapshotSink;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.SnapshotFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots' files in a folder, one folder per project: {@code PROJECT/NAME.snapshot}. A draft is
 * {@code NAME.tree} and {@code NAME.contents}, put together as {@code NAME.draft}, which is forced
 * and renamed, and the rename is forced. One process at a time uses the folder.
 */
public final class DiskSnapshotFiles implements SnapshotFiles {
    private static final String FILE = ".snapshot";
    private static final String DRAFT = ".draft";
    private static final String TREE = ".tree";
    private static final String CONTENTS = ".contents";

    private final Path folder;

    private DiskSnapshotFiles(Path folder) {
        this.folder = folder;
    }

    /** Opens the folder, which is made if it isn't there, and drops drafts that a crash left. */
    public static DiskSnapshotFiles open(Path folder) {
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> projects =
                    Files.newDirectoryStream(folder, Files::isDirectory)) {
                for (Path project : projects) {
                    dropDrafts(project);
                }
            }
            return new DiskSnapshotFiles(folder);
        } catch (IOException e) {
            throw failure("the folder of snapshots can't be opened", e);
        }
    }

    private static void dropDrafts(Path project) throws IOException {
        String left = "*{" + String.join(",", DRAFT, TREE, CONTENTS) + "}";
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(project, left)) {
            for (Path draft : drafts) {
                Files.deleteIfExists(draft);
            }
        }
    }

    private static SynclineException failure(String what, IOException e) {
        return new SynclineException(ErrorCode.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }

    private Path path(ProjectId project, String name, String suffix) {
        if (!name.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("a snapshot has no such name");
        }
        return folder.resolve(project.value()).resolve(name + suffix);
    }

    @Override
    public Draft draft(ProjectId project, String name) {
        Path file = path(project, name, FILE);
        if (Files.exists(file)) {
            throw new IllegalStateException("there is a snapshot " + name);
        }
        try {
            Path own = folder.resolve(project.value());
            if (!Files.isDirectory(own)) {
                Files.createDirectories(own);
                force(folder);
            }
            return new DiskDraft(own, file);
        } catch (IOException e) {
            throw failure("a snapshot can't be begun", e);
        }
    }

    /** Makes the names in a folder durable. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Optional<Reading> open(ProjectId project, String name) {
        Path file = path(project, name, FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new DiskReading(new RandomAccessFile(file.toFile(), "r")));
        } catch (IOException e) {
            throw failure("a snapshot can't be opened", e);
        }
    }

    @Override
    public List<Entry> list(ProjectId project) {
        List<Entry> found = new ArrayList<>();
        Path own = folder.resolve(project.value());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(own, "*" + FILE)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                found.add(
                        new Entry(
                                name.substring(0, name.length() - FILE.length()),
                                Files.getLastModifiedTime(file).toInstant()));
            }
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw failure("snapshots can't be listed", e);
        }
        found.sort(Comparator.comparing(Entry::name));
        return found;
    }

    @Override
    public boolean delete(ProjectId project, String name) {
        try {
            return Files.deleteIfExists(path(project, name, FILE));
        } catch (IOException e) {
            throw failure("a snapshot can't be deleted", e);
        }
    }

    @Override
    public void close() {
        // Files are open only while they are read or made.
    }

    /** By RandomAccessFile, because interrupting a FileChannel's reader closes it. */
    private static final class DiskReading implements Reading {
        private final RandomAccessFile file;
        private final long size;

        DiskReading(RandomAccessFile file) throws IOException {
            this.file = file;
            this.size = file.length();
        }

        @Override
        public synchronized ByteBuffer read(long offset, int length) throws IOException {
            if (offset < 0 || length < 0 || offset + length > size) {
                throw new EOFException("a snapshot ends at " + size);
            }
            byte[] bytes = new byte[length];
            file.seek(offset);
            file.readFully(bytes);
            return ByteBuffer.wrap(bytes);
        }

        @Override
        public long sizeBytes() {
            return size;
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw failure("a snapshot can't be closed", e);
            }
        }
    }

    private static final class DiskDraft implements Draft {
        private static final int COPY_BYTES = 256 << 10;

        private final Path folder;
        private final Path file;
        private final RandomAccessFile tree;
        private final RandomAccessFile contents;
        private boolean open = true;

        DiskDraft(Path folder, Path file) throws IOException {
            this.folder = folder;
            this.file = file;
            this.tree = new RandomAccessFile(part(TREE).toFile(), "rw");
            try {
                this.contents = new RandomAccessFile(part(CONTENTS).toFile(), "rw");
            } catch (IOException e) {
                tree.close();
                throw e;
            }
        }

        private Path part(String suffix) {
            String name = file.getFileName().toString();
            return file.resolveSibling(name.substring(0, name.length() - FILE.length()) + suffix);
        }

        @Override
        public SnapshotSink tree() {
            return bytes -> write(tree, bytes);
        }

        @Override
        public SnapshotSink contents() {
            return bytes -> write(contents, bytes);
        }

        private static void write(RandomAccessFile to, ByteBuffer bytes) throws IOException {
            to.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }

        @Override
        public long publish(ByteBuffer head) {
            Path draft = part(DRAFT);
            try {
                try (RandomAccessFile whole = new RandomAccessFile(draft.toFile(), "rw")) {
                    write(whole, head);
                    copy(tree, whole);
                    copy(contents, whole);
                    whole.getFD().sync();
                    long size = whole.length();
                    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
                    force(folder);
                    return size;
                }
            } catch (IOException e) {
                throw failure("a snapshot can't be stored", e);
            }
        }

        private static void copy(RandomAccessFile from, RandomAccessFile to) throws IOException {
            byte[] bytes = new byte[COPY_BYTES];
            from.seek(0);
            for (int count = from.read(bytes); count > 0; count = from.read(bytes)) {
                to.write(bytes, 0, count);
            }
        }

        @Override
        public void close() {
            if (!open) {
                return;
            }
            open = false;
            try (tree;
                    contents) {
                for (String suffix : List.of(DRAFT, TREE, CONTENTS)) {
                    Files.deleteIfExists(part(suffix));
                }
            } catch (IOException e) {
                throw failure("a snapshot's draft can't be dropped", e);
            }
        }
    }
}
