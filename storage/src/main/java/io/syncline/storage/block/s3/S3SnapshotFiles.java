package io.syncline.storage.block.s3;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.snapshot.SnapshotSink;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.SnapshotFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots' files as objects {@code PREFIX/snapshots/PROJECT/NAME.snapshot} of a bucket, each
 * stored whole by one request. Any number of processes may use the bucket at once.
 *
 * <p>A draft is made in two files of a folder of this process; the same folder keeps copies of the
 * files read lately, since one that is read at all is usually read by many devices. Opening a file
 * that isn't there fetches all of it first.
 */
public final class S3SnapshotFiles implements SnapshotFiles {
    /** Longest file: the most that a bucket takes in one request. */
    public static final long BYTES_MAX = 5L << 30;

    private static final String FOLDER = "snapshots/";
    private static final String ENDING = ".snapshot";

    private final Bucket bucket;
    private final LocalCopies copies;

    private S3SnapshotFiles(Bucket bucket, LocalCopies copies) {
        this.bucket = bucket;
        this.copies = copies;
    }

    /**
     * Files in this bucket; nothing is asked of it yet.
     *
     * @param folder of this process alone; made if it isn't there, and emptied
     */
    public static S3SnapshotFiles open(S3Settings settings, Path folder) {
        return new S3SnapshotFiles(new Bucket(settings), LocalCopies.open(folder));
    }

    private static String name(ProjectId project, String name) {
        if (!name.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("a snapshot has no such name");
        }
        return FOLDER + project.value() + "/" + name + ENDING;
    }

    static SynclineException failure(String what, IOException e) {
        return new SynclineException(ErrorCode.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }

    @Override
    public Draft draft(ProjectId project, String name) {
        String object = name(project, name);
        if (bucket.stat(object).isPresent()) {
            throw new IllegalStateException("there is a snapshot " + name);
        }
        try {
            return new S3Draft(object);
        } catch (IOException e) {
            throw failure("a snapshot can't be begun", e);
        }
    }

    @Override
    public Optional<Reading> open(ProjectId project, String name) {
        String object = name(project, name);
        Optional<Reading> copied = copies.reading(object);
        if (copied.isPresent()) {
            return copied;
        }
        Optional<Bucket.Stat> found = bucket.stat(object);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return copies.fetch(
                object,
                found.get().sizeBytes(),
                to -> bucket.get(object, found.get().sizeBytes(), to));
    }

    @Override
    public List<Entry> list(ProjectId project) {
        return bucket.objects(FOLDER + project.value() + "/").stream()
                .filter(entry -> entry.name().matches("[0-9a-f]{32}\\.snapshot"))
                .map(entry -> new Entry(entry.name().substring(0, 32), entry.stored()))
                .toList();
    }

    @Override
    public boolean delete(ProjectId project, String name) {
        String object = name(project, name);
        copies.forget(object);
        boolean found = bucket.stat(object).isPresent();
        if (found) {
            bucket.delete(object);
        }
        return found;
    }

    @Override
    public void close() {
        bucket.close();
        copies.close();
    }

    /** The parts of a file in two local files. */
    private final class S3Draft implements Draft {
        private final String object;
        private final Path treePath;
        private final Path contentsPath;
        private final RandomAccessFile tree;
        private final RandomAccessFile contents;
        private boolean open = true;

        S3Draft(String object) throws IOException {
            this.object = object;
            this.treePath = copies.temporary();
            this.contentsPath = copies.temporary();
            this.tree = new RandomAccessFile(treePath.toFile(), "rw");
            try {
                this.contents = new RandomAccessFile(contentsPath.toFile(), "rw");
            } catch (IOException e) {
                tree.close();
                throw e;
            }
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
            byte[] begin = new byte[head.remaining()];
            head.duplicate().get(begin);
            try {
                Parts parts =
                        new Parts(
                                begin,
                                treePath,
                                contentsPath,
                                begin.length + tree.length() + contents.length());
                if (parts.sizeBytes() > BYTES_MAX) {
                    throw new SynclineException(
                            ErrorCode.TOO_LARGE,
                            "a snapshot has more than " + BYTES_MAX + " bytes");
                }
                bucket.putNew(object, parts);
                return parts.sizeBytes();
            } catch (IOException e) {
                throw failure("a snapshot can't be stored", e);
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
                Files.deleteIfExists(treePath);
                Files.deleteIfExists(contentsPath);
            } catch (IOException e) {
                throw failure("a snapshot's draft can't be dropped", e);
            }
        }
    }

    /** What an object is made of. */
    private static final class Parts implements Bucket.Body {
        private static final int COPY_BYTES = 256 << 10;

        private final byte[] head;
        private final Path tree;
        private final Path contents;
        private final long sizeBytes;

        Parts(byte[] head, Path tree, Path contents, long sizeBytes) {
            this.head = head;
            this.tree = tree;
            this.contents = contents;
            this.sizeBytes = sizeBytes;
        }

        @Override
        public InputStream open() {
            try {
                return new SequenceInputStream(
                        Collections.enumeration(
                                List.of(
                                        new ByteArrayInputStream(head),
                                        Files.newInputStream(tree),
                                        Files.newInputStream(contents))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public long sizeBytes() {
            return sizeBytes;
        }

        @Override
        public byte[] md5() {
            MessageDigest digest = NewPack.newMd5();
            byte[] bytes = new byte[COPY_BYTES];
            try (InputStream in = open()) {
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    digest.update(bytes, 0, count);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return digest.digest();
        }
    }
}
