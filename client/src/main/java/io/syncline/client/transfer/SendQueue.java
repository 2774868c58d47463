package io.syncline.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.Stat;
import io.syncline.core.block.TreeBlock;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the readers of files and the lanes to the server: which blocks are on their
 * way, and who waits for which. One lock, held for moments; nothing is told or sent under it.
 *
 * <p>A block is <em>settled</em> once the server is known to have it. A tree block goes on its way
 * when all that it lists is settled (L3), or together with the last of it in one chunk; a file is
 * done when its top is settled. Equal blocks of several files travel once.
 *
 * <p>Of a file that the server is likely to have in large part only the lowest tree blocks are
 * asked for at first, as <em>outlines</em>: what the server has of these, it has all of (L3). What
 * an outline lists goes on its way only when the server lacks it, and is read again then.
 */
final class SendQueue {
    /** Bytes of data blocks between being read and being framed. */
    static final int HELD_BYTES_MAX = 32 << 20;

    /** A question for missing blocks is asked about so many blocks or bytes of them. */
    static final int BATCH_BLOCKS = 1_024;

    static final int BATCH_BYTES = 8 << 20;

    /**
     * Blocks that may wait for an equal one that is on its way. A reader with more of them waits
     * until that one has arrived: they hold no bytes, so nothing else would keep it from reading a
     * terabyte of equal blocks before the first is settled.
     */
    static final int WAITING_MAX = 1 << 12;

    /**
     * Outlines on their way. A reader with more of them waits: each holds the names of up to {@link
     * TreeBlock#ENTRIES_MAX} blocks.
     */
    static final int OUTLINES_MAX = 16;

    /** Settled blocks remembered, so that the server isn't asked twice. */
    private static final int SETTLED_MAX = 1 << 16;

    /** A file under way. */
    static final class Job {
        final Outgoing file;
        final ProgressMeter.File progress;

        /** Open groups: at index n the blocks of level n whose parent isn't closed yet. */
        private final List<@Nullable Group> open = new ArrayList<>();

        private @Nullable Sent result;
        private boolean done;

        /** Whether its lowest tree blocks are asked for before the blocks that they list. */
        final boolean outlined;

        /** Where the next outline begins. */
        private long outlinedBytes;

        Job(Outgoing file) {
            this(file, false);
        }

        Job(Outgoing file, boolean outlined) {
            this.file = file;
            this.outlined = outlined;
            this.progress = new ProgressMeter.File(file.path(), file.sizeBytes());
        }
    }

    /** Blocks with one parent: a tree block, or the file itself. */
    private static final class Group {
        int unsettled;
        boolean closed;

        /** Whether the server lacked one of them: then it lacks the parent, too (L3). */
        boolean anySent;

        /** The parent; null for the file. */
        @Nullable Piece tree;

        /** A chunk being filled, and how many of the unsettled are in it. */
        long chunk;

        int inChunk;
    }

    /** A block on its way. */
    static final class Piece {
        final Job job;
        final Hash hash;
        final int level;
        private final Group group;

        /** How many equal blocks in a row it stands for. */
        private int count = 1;

        /** Bytes counted as held. */
        private int held;

        /** Missing for sure: needn't be asked for. */
        private boolean certain;

        /** Settled or on its way; for a tree block, which waits for its children first. */
        private boolean submitted;

        /** What an outline lists; null for every other piece. */
        private @Nullable TreeBlock outline;

        /** The server lacks this outline, and what it lists is on its way. */
        private boolean unfolded;

        private @Nullable ByteBuffer bytes;
        final int sizeBytes;

        /** Where an outline or a block to be read again begins in its file. */
        final long offsetBytes;

        private Piece(Job job, Hash hash, int level, Group group, ByteBuffer bytes) {
            this(job, hash, level, group, bytes.remaining(), 0);
            this.bytes = bytes;
        }

        /** A data block that is to be read again if the server lacks it. */
        private Piece(Job job, Hash hash, int level, Group group, int sizeBytes, long offsetBytes) {
            this.job = job;
            this.hash = hash;
            this.level = level;
            this.group = group;
            this.sizeBytes = sizeBytes;
            this.offsetBytes = offsetBytes;
        }

        private static Piece outline(Job job, TreeBlock tree, Group group, long offsetBytes) {
            int size = tree.bytes().remaining();
            var piece = new Piece(job, tree.hash(), tree.level(), group, size, offsetBytes);
            piece.bytes = tree.bytes();
            piece.outline = tree;
            return piece;
        }

        boolean certain() {
            return certain;
        }

        /** Whether the server is to be asked about what it lists before it is sent itself. */
        boolean isOutline() {
            return outline != null && !certain;
        }

        /** Whether its bytes must be read from its file first. */
        boolean isToBeRead() {
            return bytes == null;
        }

        /** Its bytes, read again. */
        void fill(ByteBuffer read) {
            bytes = read;
        }

        /** Its bytes; those of a data block only before it is framed. */
        ByteBuffer bytes() {
            if (bytes == null) {
                throw new IllegalStateException("the bytes of " + hash + " are given back");
            }
            return bytes;
        }
    }

    private final ProgressMeter progress;

    @GuardedBy("this")
    private int jobsLeft;

    @GuardedBy("this")
    private boolean readersDone;

    @GuardedBy("this")
    private int heldBytes;

    /** Blocks on their way, and all that wait for each; the first one carries the bytes. */
    @GuardedBy("this")
    private final Map<Hash, List<Piece>> inFlight = new HashMap<>();

    /** How many wait for an equal one. */
    @GuardedBy("this")
    private int waiting;

    @GuardedBy("this")
    private int outlines;

    /** Readers that can't go on before what is on its way is settled. */
    @GuardedBy("this")
    private int stuckReaders;

    @GuardedBy("this")
    private final Map<Hash, Boolean> settled =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Hash, Boolean> eldest) {
                    return size() > SETTLED_MAX;
                }
            };

    @GuardedBy("this")
    private List<Piece> batch = new ArrayList<>();

    @GuardedBy("this")
    private int batchBytes;

    @GuardedBy("this")
    private final Deque<List<Piece>> batches = new ArrayDeque<>();

    @GuardedBy("this")
    private long chunksBegun;

    /** Lanes that are asking or sending. */
    @GuardedBy("this")
    private int busy;

    @GuardedBy("this")
    private final Deque<Sent> results = new ArrayDeque<>();

    @GuardedBy("this")
    private @Nullable RuntimeException failure;

    SendQueue(int jobs, ProgressMeter progress) {
        this.jobsLeft = jobs;
        this.progress = progress;
    }

    // What readers do.

    /** Waits until so many bytes more may be held. */
    synchronized void reserve(int bytes) throws InterruptedException {
        while (failure == null && heldBytes > 0 && heldBytes + bytes > HELD_BYTES_MAX) {
            wait();
        }
        if (failure != null) {
            throw new InterruptedException("the transfer has failed");
        }
        heldBytes += bytes;
    }

    synchronized void unreserve(int bytes) {
        if (bytes > 0) {
            heldBytes -= bytes;
            notifyAll();
        }
    }

    /** The file's next data block. */
    synchronized void data(Job job, Hash hash, byte[] buffer, int from, int to)
            throws InterruptedException {
        awaitRoom();
        if (job.outlined) {
            unreserve(to - from);
            return;
        }
        Group group = open(job, 0);
        group.unsettled++;
        var bytes = ByteBuffer.wrap(buffer, from, to - from);
        var piece = new Piece(job, hash, 0, group, bytes);
        piece.held = to - from;
        submit(piece);
    }

    /** The file's next data blocks, all equal, whose bytes are held elsewhere. */
    synchronized void repeated(Job job, Hash hash, byte[] block, int count)
            throws InterruptedException {
        awaitRoom();
        if (job.outlined) {
            return;
        }
        Group group = open(job, 0);
        group.unsettled++;
        var piece = new Piece(job, hash, 0, group, ByteBuffer.wrap(block));
        piece.count = count;
        submit(piece);
    }

    @GuardedBy("this")
    private void awaitRoom() throws InterruptedException {
        stuckReaders++;
        try {
            while (failure == null && (waiting >= WAITING_MAX || outlines >= OUTLINES_MAX)) {
                notifyAll();
                wait();
            }
        } finally {
            stuckReaders--;
        }
        if (failure != null) {
            throw new InterruptedException("the transfer has failed");
        }
    }

    /** The file's next tree block. */
    synchronized void tree(Job job, TreeBlock tree) {
        if (job.outlined && tree.level() == 1) {
            outline(job, tree);
            return;
        }
        Group below = open(job, tree.level() - 1);
        job.open.set(tree.level() - 1, null);
        Group above = open(job, tree.level());
        above.unsettled++;
        below.tree = new Piece(job, tree.hash(), tree.level(), above, tree.bytes());
        below.closed = true;
        completeIfSettled(below, job);
    }

    /** Asks for it at once, so that the file's reading and its sending overlap. */
    @GuardedBy("this")
    private void outline(Job job, TreeBlock tree) {
        Group above = open(job, 1);
        above.unsettled++;
        Piece piece = Piece.outline(job, tree, above, job.outlinedBytes);
        job.outlinedBytes += tree.sizeBytes();
        outlines++;
        piece.submitted = true;
        if (carries(piece)) {
            batches.add(List.of(piece));
            notifyAll();
        }
    }

    /** So many bytes of the file were read and needn't be sent. */
    void described(Job job, long bytes) {
        progress.bytes(job.progress, bytes);
    }

    /** The file was read to its end; what is still open is its top. */
    synchronized void read(Job job, Content content, Stat before, Stat after) {
        job.result = new Sent.Done(job.file, content, before, after);
        if (content.isEmpty()) {
            finish(job);
            return;
        }
        if (job.outlined && content.level() == 0) {
            // It has become so small that no tree block lists its only block.
            Group group = open(job, 0);
            group.unsettled++;
            int size = (int) content.sizeBytes();
            submit(new Piece(job, content.hash(), 0, group, size, 0));
        }
        // Without any block of it in the queue it was only to be described, and is done.
        Group top = open(job, content.level());
        top.closed = true;
        completeIfSettled(top, job);
    }

    /** The file couldn't be read to its end; blocks of it may be on their way, to no harm. */
    synchronized void unread(Job job, Outcome.Refused why) {
        if (failure != null) {
            // The end of the transfer interrupted the reading: that says nothing of the file.
            return;
        }
        job.result = new Sent.Unread(job.file, why);
        finish(job);
    }

    /** No more blocks will come from readers. */
    synchronized void readersDone() {
        readersDone = true;
        notifyAll();
    }

    private static Group open(Job job, int level) {
        while (job.open.size() <= level) {
            job.open.add(null);
        }
        Group group = job.open.get(level);
        if (group == null) {
            group = new Group();
            job.open.set(level, group);
        }
        return group;
    }

    @GuardedBy("this")
    private void submit(Piece piece) {
        piece.submitted = true;
        if (carries(piece)) {
            enqueue(piece);
        }
    }

    /**
     * Puts the piece on its way, and says whether it is the one that travels: neither settled, nor
     * waiting for an equal one.
     */
    @GuardedBy("this")
    private boolean carries(Piece piece) {
        if (settled.containsKey(piece.hash)) {
            giveBack(piece);
            settle(piece, false);
            return false;
        }
        List<Piece> others = inFlight.get(piece.hash);
        if (others != null) {
            giveBack(piece);
            piece.bytes = null;
            others.add(piece);
            waiting++;
            return false;
        }
        List<Piece> carriers = new ArrayList<>(1);
        carriers.add(piece);
        inFlight.put(piece.hash, carriers);
        return true;
    }

    @GuardedBy("this")
    private void enqueue(Piece piece) {
        batch.add(piece);
        batchBytes += piece.sizeBytes;
        if (batch.size() >= BATCH_BLOCKS || batchBytes >= BATCH_BYTES) {
            batches.add(batch);
            batch = new ArrayList<>();
            batchBytes = 0;
        }
        notifyAll();
    }

    @GuardedBy("this")
    private void giveBack(Piece piece) {
        if (piece.level == 0) {
            piece.bytes = null;
        }
        if (piece.held > 0) {
            heldBytes -= piece.held;
            piece.held = 0;
            notifyAll();
        }
    }

    @GuardedBy("this")
    private void settle(Piece piece, boolean sent) {
        if (piece.level == 0) {
            progress.bytes(piece.job.progress, (long) piece.sizeBytes * piece.count);
        }
        if (piece.outline != null) {
            outlines--;
            if (!piece.certain) {
                progress.bytes(piece.job.progress, piece.outline.sizeBytes());
            }
        }
        piece.group.unsettled--;
        piece.group.anySent |= sent;
        completeIfSettled(piece.group, piece.job);
    }

    @GuardedBy("this")
    private void completeIfSettled(Group group, Job job) {
        if (!group.closed || group.unsettled > 0) {
            return;
        }
        Piece tree = group.tree;
        if (tree == null) {
            finish(job);
        } else if (tree.unfolded) {
            tree.unfolded = false;
            enqueue(tree);
        } else if (!tree.submitted) {
            tree.certain = group.anySent;
            submit(tree);
        }
    }

    @GuardedBy("this")
    private void finish(Job job) {
        if (job.done) {
            return;
        }
        job.done = true;
        progress.done(job.progress);
        if (job.result != null) {
            results.add(job.result);
        }
        jobsLeft--;
        notifyAll();
    }

    // What lanes do.

    /** What a lane does next. */
    sealed interface Work {
        /** Ask about these, then frame the missing ones. */
        record Ask(List<Piece> pieces) implements Work {}

        /** Send the chunk that the lane has been filling: nothing more will come to it soon. */
        record Flush() implements Work {}

        /** All is done, or nothing more can be. */
        record End() implements Work {}
    }

    /**
     * The next work of a lane, which was busy till now if {@code wasBusy}. Part-filled batches and
     * chunks go only when the readers are done, so that requests are few.
     */
    synchronized Work next(boolean wasBusy, boolean hasChunk) throws InterruptedException {
        if (wasBusy) {
            busy--;
            notifyAll();
        }
        while (true) {
            if (failure != null) {
                return new Work.End();
            }
            List<Piece> full = batches.poll();
            if (full != null) {
                busy++;
                return new Work.Ask(full);
            }
            boolean noMore = readersDone || stuckReaders > 0;
            if (noMore && !batch.isEmpty() && busy == 0) {
                List<Piece> rest = batch;
                batch = new ArrayList<>();
                batchBytes = 0;
                busy++;
                return new Work.Ask(rest);
            }
            if (noMore && hasChunk) {
                busy++;
                return new Work.Flush();
            }
            if (readersDone && inFlight.isEmpty()) {
                return new Work.End();
            }
            wait();
        }
    }

    /** A number for a chunk to be filled. */
    synchronized long nextChunk() {
        return ++chunksBegun;
    }

    /** The server has this block already. */
    synchronized void known(Piece piece) {
        giveBack(piece);
        settleAll(piece.hash, false);
    }

    /**
     * The server lacks this outline: what it lists goes on its way. Returns what of it the server
     * is to be asked about next; the outline itself follows by itself.
     */
    synchronized List<Piece> unfold(Piece outline) {
        if (outline.outline == null || outline.certain) {
            throw new IllegalStateException(outline.hash + " can't be unfolded");
        }
        outline.certain = true;
        outline.unfolded = true;
        var below = new Group();
        below.tree = outline;
        List<Piece> asked = new ArrayList<>();
        long offset = outline.offsetBytes;
        for (TreeBlock.Entry entry : outline.outline.entries()) {
            int size = (int) entry.sizeBytes();
            below.unsettled++;
            var piece = new Piece(outline.job, entry.hash(), 0, below, size, offset);
            piece.submitted = true;
            if (carries(piece)) {
                asked.add(piece);
            }
            offset += size;
        }
        below.closed = true;
        completeIfSettled(below, outline.job);
        return asked;
    }

    /**
     * The piece is in {@code chunk} now, and its bytes aren't needed any more. Returns tree blocks
     * all of whose unsettled children are in the same chunk: they may follow in it (L3).
     */
    synchronized List<Piece> framed(Piece piece, long chunk) {
        giveBack(piece);
        List<Piece> follow = new ArrayList<>();
        for (Piece each : inFlight.getOrDefault(piece.hash, List.of())) {
            Group group = each.group;
            if (group.chunk != chunk) {
                group.chunk = chunk;
                group.inChunk = 0;
            }
            group.inChunk++;
            Piece tree = group.tree;
            if (tree == null || !group.closed || group.inChunk < group.unsettled) {
                continue;
            }
            if (tree.unfolded) {
                tree.unfolded = false;
                follow.add(tree);
            } else if (!tree.submitted
                    && !inFlight.containsKey(tree.hash)
                    && !settled.containsKey(tree.hash)) {
                List<Piece> carriers = new ArrayList<>(1);
                carriers.add(tree);
                inFlight.put(tree.hash, carriers);
                tree.submitted = true;
                follow.add(tree);
            }
        }
        return follow;
    }

    /** The server has stored all blocks of a chunk. */
    synchronized void sent(List<Piece> pieces) {
        for (Piece piece : pieces) {
            settleAll(piece.hash, true);
        }
    }

    @GuardedBy("this")
    private void settleAll(Hash hash, boolean sent) {
        settled.put(hash, Boolean.TRUE);
        takeWaiting(hash).forEach(piece -> settle(piece, sent));
        notifyAll();
    }

    /** The file can't be sent any more; whoever else waits for this block of it can't either. */
    synchronized void spoilt(Piece piece, Outcome.Refused why) {
        for (Piece each : takeWaiting(piece.hash)) {
            each.job.result = new Sent.Unread(each.job.file, why);
            finish(each.job);
            if (each.outline != null) {
                outlines--;
            }
            Piece tree = each.group.tree;
            if (tree != null && tree.unfolded) {
                // It is on its way already and won't be sent now.
                tree.unfolded = false;
                spoilt(tree, why);
            }
        }
        notifyAll();
    }

    /** What was on its way under that name: the first and those that waited for it. */
    @GuardedBy("this")
    private List<Piece> takeWaiting(Hash hash) {
        List<Piece> pieces = inFlight.remove(hash);
        if (pieces == null) {
            return List.of();
        }
        waiting -= pieces.size() - 1;
        return pieces;
    }

    // What the caller does.

    /** The first failure ends everything. */
    synchronized void fail(RuntimeException cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /** Waits for the end of all jobs, or of the transfer. */
    synchronized void await() throws InterruptedException {
        while (failure == null && jobsLeft > 0) {
            wait();
        }
    }

    synchronized Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    /** The next result to tell; none after a failure of the caller's own making. */
    synchronized @Nullable Sent pollResult() {
        return results.poll();
    }
}
