package io.syncline.client.engine;

import io.syncline.client.api.TreeApi;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.snapshot.SnapshotHead;
import io.syncline.core.snapshot.SnapshotReader;
import io.syncline.core.snapshot.SnapshotSource;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.tree.TreeDigest;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot that a folder starts from, in a file of its own while it is read. It comes in
 * pieces, so that memory doesn't grow with it; after a broken connection it goes on where it was.
 * What it holds is added up: what isn't the tree that it says is CORRUPT. Thread-safe, one caller
 * at a time.
 */
final class SnapshotDownload implements AutoCloseable {
    /** What is asked for at once. */
    private static final int PIECE_BYTES = 4 << 20;

    /** A longer one is refused: {@link SnapshotHead#NODES_MAX} nodes with names of 80 bytes. */
    private static final long SIZE_BYTES_MAX = 8L << 30;

    private final TreeApi server;
    private final ProjectId project;
    private final Path path;

    private @Nullable RandomAccessFile file;
    private Optional<String> name = Optional.empty();
    private Optional<Proof> proof = Optional.empty();
    private long received;

    private @Nullable SnapshotReader reader;
    private int next;
    private TreeDigest digest = TreeDigest.EMPTY;

    /**
     * Nothing is asked yet.
     *
     * @param path where its file is made anew, and deleted from
     */
    SnapshotDownload(TreeApi server, ProjectId project, Path path) {
        this.server = server;
        this.project = project;
        this.path = path;
    }

    /**
     * A group of nodes, the first one after everything has been received; empty where the server
     * has no snapshot any more, or the groups aren't asked for in order.
     */
    synchronized Optional<Event.SnapshotPart> part(int group, ReplicaId replica) {
        try {
            if (group == 0) {
                endReading();
                if (!receive(replica)) {
                    return Optional.empty();
                }
                beginReading();
            }
            return reader == null || group != next
                    ? Optional.empty()
                    : Optional.of(read(reader, group));
        } catch (IOException e) {
            close();
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "a snapshot can't be kept: " + e.getMessage(), e);
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.UNAVAILABLE) {
                close();
            }
            throw e;
        }
    }

    /** Gets all that is still missing; false where there is none. */
    private boolean receive(ReplicaId replica) throws IOException {
        RandomAccessFile to = file;
        if (to == null) {
            to = new RandomAccessFile(path.toFile(), "rw");
            to.setLength(0);
            file = to;
        }
        long total = Long.MAX_VALUE;
        while (received < total) {
            switch (server.snapshot(project, replica, name, received, PIECE_BYTES)) {
                case TreeApi.SnapshotOutcome.None _ -> {
                    close();
                    return false;
                }
                case TreeApi.SnapshotOutcome.Piece(var of, var size, var signed, var bytes) -> {
                    if (size > SIZE_BYTES_MAX || !bytes.hasRemaining()) {
                        throw SynclineException.corrupt("a snapshot of " + size + " bytes");
                    }
                    name = Optional.of(of);
                    proof = Optional.of(signed);
                    total = size;
                    append(to, bytes);
                }
            }
        }
        return true;
    }

    private void append(RandomAccessFile to, ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        to.seek(received);
        to.write(copy);
        received += copy.length;
    }

    private void beginReading() throws IOException {
        RandomAccessFile from = file;
        if (from == null) {
            throw new EOFException("the snapshot's file is closed");
        }
        SnapshotSource source = (offset, length) -> read(from, offset, length);
        SnapshotReader fresh = SnapshotReader.open(source);
        reader = fresh;
        next = 0;
        digest = TreeDigest.EMPTY;
        SnapshotHead head = fresh.head();
        if (!head.project().equals(project)
                || head.sizeBytes() != received
                || proof.filter(signed -> signed.cursor().equals(head.cursor()))
                        .filter(signed -> signed.digest().equals(head.digest()))
                        .isEmpty()) {
            throw SynclineException.corrupt("the snapshot is another's");
        }
    }

    private static ByteBuffer read(RandomAccessFile from, long offset, int length)
            throws IOException {
        if (offset + length > from.length()) {
            throw new EOFException("the snapshot ends at " + from.length());
        }
        byte[] bytes = new byte[length];
        from.seek(offset);
        from.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private Event.SnapshotPart read(SnapshotReader from, int group) throws IOException {
        SnapshotHead head = from.head();
        Proof signed = proof.orElseThrow();
        List<Node> nodes = from.next();
        for (Node node : nodes) {
            digest = digest.plus(node);
        }
        next++;
        boolean last = next >= head.groups().size();
        if (last) {
            close();
            if (!digest.equals(head.digest())) {
                throw SynclineException.corrupt("a snapshot isn't the tree that it says");
            }
        }
        return new Event.SnapshotPart(signed, group, last, nodes);
    }

    private void endReading() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    /** Forgets everything and deletes the file; a later question begins anew. */
    @Override
    public synchronized void close() {
        endReading();
        name = Optional.empty();
        proof = Optional.empty();
        received = 0;
        try {
            if (file != null) {
                file.close();
                file = null;
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE, "a snapshot's file can't be deleted", e);
        }
    }
}
