package io.syncline.client.transfer;

import io.syncline.client.api.BlockApi;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Outcome;
import io.syncline.client.transfer.SendQueue.Job;
import io.syncline.client.transfer.SendQueue.Piece;
import io.syncline.client.transfer.SendQueue.Work;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.delta.Delta;
import io.syncline.core.delta.DeltaEncoder;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.ChunkDecoder;
import io.syncline.core.frame.ChunkEncoder;
import io.syncline.core.frame.ChunkName;
import io.syncline.core.frame.DeltaChunkEncoder;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane to the server: asks which blocks of a batch are missing, fills a chunk with them, sends
 * it when it is full. Owned by one thread.
 */
final class SendLane {
    private static final Logger log = LoggerFactory.getLogger(SendLane.class);

    /** How often a chunk is mended before the transfer gives up. */
    private static final int MENDS_MAX = 3;

    private static final Outcome.Refused CHANGED =
            new Outcome.Unreadable("it changed while it was sent");

    private final SendQueue queue;
    private final BlockApi server;
    private final ProjectId project;
    private final ContentReader reader;
    private final Teller<Sent> teller;

    /** Made when first needed, for it takes megabytes. */
    private @Nullable ChunkEncoder encoder;

    /** What is in the chunk being filled, and its number. */
    private List<Piece> filling = new ArrayList<>();

    private long chunkNumber;

    /** Made when first needed. */
    private @Nullable DeltaChunkEncoder deltas;

    /** What is in the chunk of deltas being filled, with its bytes. */
    private List<Piece> asDeltas = new ArrayList<>();

    SendLane(
            SendQueue queue,
            BlockApi server,
            ProjectId project,
            ContentReader reader,
            Teller<Sent> teller) {
        this.queue = queue;
        this.server = server;
        this.project = project;
        this.reader = reader;
        this.teller = teller;
    }

    void run() throws InterruptedException {
        try {
            boolean wasBusy = false;
            while (true) {
                switch (queue.next(wasBusy, !filling.isEmpty())) {
                    case Work.Ask(var pieces) -> ask(pieces);
                    case Work.Flush() -> put();
                    case Work.End() -> {
                        return;
                    }
                }
                wasBusy = true;
                teller.tell();
            }
        } finally {
            if (encoder != null) {
                encoder.close();
            }
            if (deltas != null) {
                deltas.close();
            }
        }
    }

    private void ask(List<Piece> pieces) throws InterruptedException {
        List<Piece> uncertain = pieces.stream().filter(piece -> !piece.certain()).toList();
        BitSet missing = new BitSet();
        if (!uncertain.isEmpty()) {
            missing = server.missing(project, uncertain.stream().map(piece -> piece.hash).toList());
        }
        int asked = 0;
        List<Piece> toBeRead = new ArrayList<>();
        for (Piece piece : pieces) {
            if (!piece.certain() && !missing.get(asked++)) {
                queue.known(piece);
            } else if (piece.isOutline()) {
                ask(queue.unfold(piece));
            } else if (piece.isToBeRead()) {
                toBeRead.add(piece);
            } else {
                frame(piece);
            }
        }
        if (!toBeRead.isEmpty()) {
            readAndFrame(toBeRead);
        }
    }

    /**
     * Reads changed blocks of files that the server had before: those that look like what it had go
     * as deltas, in chunks of their own, the others as they are.
     */
    private void readAndFrame(List<Piece> pieces) throws InterruptedException {
        Map<Job, SecondLook> files = new HashMap<>();
        try {
            Map<Piece, DeltaEncoder> encoders = ChangedBlocks.encoders(server, project, pieces);
            for (Piece piece : pieces) {
                if (!readAgain(piece, files)) {
                    continue;
                }
                DeltaEncoder encoder = encoders.get(piece);
                Optional<Delta> delta =
                        encoder == null ? Optional.empty() : encoder.encode(piece.bytes());
                if (delta.isPresent()) {
                    addDelta(piece, delta.get());
                } else {
                    frame(piece);
                }
            }
            putDeltas();
        } finally {
            files.values().forEach(SecondLook::close);
        }
    }

    private void addDelta(Piece piece, Delta delta) throws InterruptedException {
        if (!deltas().add(delta)) {
            putDeltas();
            if (!deltas().add(delta)) {
                frame(piece);
                return;
            }
        }
        asDeltas.add(piece);
    }

    /** Sends the deltas; the blocks themselves where the server can't make them of what it has. */
    private void putDeltas() throws InterruptedException {
        if (asDeltas.isEmpty()) {
            return;
        }
        List<Piece> sending = asDeltas;
        asDeltas = new ArrayList<>();
        try {
            var _ = server.putChunk(project, name(sending), deltas().finish());
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.NOT_FOUND && e.code() != ErrorCode.INVALID) {
                throw e;
            }
            log.debug("blocks are sent instead of deltas: {}", e.getMessage());
            for (Piece piece : sending) {
                frame(piece);
            }
            return;
        }
        queue.sent(sending);
    }

    /** Reads the block from its file again; false if the file doesn't hold it any more. */
    private boolean readAgain(Piece piece, Map<Job, SecondLook> files) {
        SecondLook file =
                files.computeIfAbsent(piece.job, job -> reader.lookAgain(job.file.path()));
        Optional<ByteBuffer> bytes = file.block(piece.hash, piece.offsetBytes, piece.sizeBytes);
        if (bytes.isEmpty()) {
            queue.spoilt(piece, CHANGED);
            return false;
        }
        piece.fill(bytes.get());
        return true;
    }

    private DeltaChunkEncoder deltas() {
        if (deltas == null) {
            deltas = new DeltaChunkEncoder();
        }
        return deltas;
    }

    private ChunkEncoder encoder() {
        if (encoder == null) {
            encoder = new ChunkEncoder();
        }
        return encoder;
    }

    /** Puts a block into the chunk, and after it the tree blocks that it completes. */
    private void frame(Piece first) throws InterruptedException {
        Deque<Piece> next = new ArrayDeque<>(List.of(first));
        for (Piece piece = next.poll(); piece != null; piece = next.poll()) {
            if (!encoder().add(piece.hash, piece.level, piece.bytes())) {
                // Waits until what is in the chunk is stored, so that a tree block may come in the
                // next one. An empty chunk has room for any block.
                put();
                encoder().add(piece.hash, piece.level, piece.bytes());
            }
            if (filling.isEmpty()) {
                chunkNumber = queue.nextChunk();
            }
            filling.add(piece);
            next.addAll(queue.framed(piece, chunkNumber));
        }
    }

    private void put() throws InterruptedException {
        List<Piece> sending = filling;
        filling = new ArrayList<>();
        ByteBuffer chunk = encoder().finish();
        for (int mends = 0; ; mends++) {
            switch (server.putChunk(project, name(sending), chunk)) {
                case BlockApi.ChunkOutcome.Stored _ -> {
                    queue.sent(sending);
                    return;
                }
                case BlockApi.ChunkOutcome.MissingChildren(var children) -> {
                    if (mends == MENDS_MAX) {
                        throw new SynclineException(
                                ErrorCode.UNAVAILABLE,
                                "the server goes on missing blocks that it said it has, first "
                                        + children.getFirst());
                    }
                    Set<Piece> spoilt = mend(sending, new HashSet<>(children));
                    if (!spoilt.isEmpty()) {
                        sending = sending.stream().filter(p -> !spoilt.contains(p)).toList();
                        if (sending.isEmpty()) {
                            return;
                        }
                        chunk = without(chunk, spoilt);
                    }
                }
            }
        }
    }

    private static Hash name(List<Piece> pieces) {
        return ChunkName.of(pieces.stream().map(piece -> piece.hash).toList());
    }

    /**
     * The server lacks blocks again that it had when it was asked (R10): reads the files that hold
     * them once more and sends those blocks. Returns the tree blocks whose file doesn't hold them
     * any more.
     */
    private Set<Piece> mend(List<Piece> sending, Set<Hash> lacking) throws InterruptedException {
        Set<Piece> spoilt = new HashSet<>();
        Set<Hash> sentAgain = new HashSet<>();
        for (Piece piece : sending) {
            if (piece.level == 0) {
                continue;
            }
            Set<Hash> children = new HashSet<>();
            TreeBlock.parse(piece.bytes()).entries().forEach(entry -> children.add(entry.hash()));
            children.retainAll(lacking);
            children.removeAll(sentAgain);
            if (children.isEmpty()) {
                continue;
            }
            Set<Hash> found = sendAgain(piece.job.file.path(), children);
            sentAgain.addAll(found);
            if (!found.containsAll(children)) {
                queue.spoilt(piece, CHANGED);
                spoilt.add(piece);
            }
        }
        return spoilt;
    }

    /**
     * Sends those of the wanted blocks that the file holds, and what the server lacks below them;
     * returns which.
     */
    private Set<Hash> sendAgain(LocalPath path, Set<Hash> wanted) throws InterruptedException {
        Set<Hash> all = new HashSet<>(wanted);
        try (var again = new ChunkEncoder()) {
            for (int mends = 0; ; mends++) {
                var sink = new SendAgain(again, all);
                reader.read(path, sink);
                sink.flush();
                if (sink.lacking.isEmpty()) {
                    return sink.found;
                }
                if (mends == MENDS_MAX || !all.addAll(sink.lacking)) {
                    throw new SynclineException(
                            ErrorCode.UNAVAILABLE,
                            "the server misses blocks again while they are sent, first "
                                    + sink.lacking.iterator().next());
                }
            }
        }
    }

    /** Picks the wanted blocks out of a file, children before parents. */
    private final class SendAgain implements ContentReader.Sink {
        private final ChunkEncoder again;
        private final Set<Hash> wanted;
        private final Set<Hash> found = new HashSet<>();
        private final List<Hash> filling = new ArrayList<>();

        /** What tree blocks among the wanted list, and the server lacks. */
        private final Set<Hash> lacking = new HashSet<>();

        SendAgain(ChunkEncoder again, Set<Hash> wanted) {
            this.again = again;
            this.wanted = wanted;
        }

        @Override
        public void reserve(int bytes) {}

        @Override
        public void unreserve(int bytes) {}

        @Override
        public void data(Hash hash, byte[] buffer, int from, int to) {
            take(hash, 0, ByteBuffer.wrap(buffer, from, to - from));
        }

        @Override
        public void repeated(Hash hash, byte[] block, int count) {
            take(hash, 0, ByteBuffer.wrap(block));
        }

        @Override
        public void tree(TreeBlock tree) {
            take(tree.hash(), tree.level(), tree.bytes());
        }

        private void take(Hash hash, int level, ByteBuffer bytes) {
            if (!wanted.contains(hash) || !found.add(hash)) {
                return;
            }
            if (!again.add(hash, level, bytes)) {
                flush();
                again.add(hash, level, bytes);
            }
            filling.add(hash);
        }

        void flush() {
            if (filling.isEmpty()) {
                return;
            }
            Hash name = ChunkName.of(filling);
            filling.clear();
            if (server.putChunk(project, name, again.finish())
                    instanceof BlockApi.ChunkOutcome.MissingChildren(var children)) {
                lacking.addAll(children);
            }
        }
    }

    private static ByteBuffer without(ByteBuffer chunk, Set<Piece> spoilt) {
        Set<Hash> names = new HashSet<>();
        spoilt.forEach(piece -> names.add(piece.hash));
        try (var decoder = new ChunkDecoder(Limits.CHUNK_BYTES_MAX);
                var rest = new ChunkEncoder()) {
            for (ChunkDecoder.Received received : decoder.decode(chunk)) {
                if (!names.contains(received.block().hash())) {
                    rest.add(received.block());
                }
            }
            return rest.finish();
        }
    }
}
