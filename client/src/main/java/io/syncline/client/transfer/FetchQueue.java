package io.syncline.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands between those who want blocks and the lanes that fetch them. One lock, held for
 * moments. Blocks are asked for in the order wanted, tree blocks first, each once per request.
 */
final class FetchQueue {
    /** Plain bytes of one request: the answers of all lanes are in memory at one time. */
    static final int BATCH_BYTES = 4 << 20;

    /** Blocks that may be wanted before those who want more must wait. */
    static final int WANTED_MAX = 1 << 14;

    /** A tree block's size isn't known before it is there; none is larger. */
    private static final int TREE_BYTES = 168 << 10;

    /** Why a block can't be had. */
    enum Fault {
        /** The server doesn't have it now. */
        NOT_STORED,
        /** What the server sends isn't the block. */
        DAMAGED
    }

    /** Who waits for a block; called by a lane, without locks. */
    interface Target {
        /** Whether it isn't needed any more: then it is dropped. */
        default boolean abandoned() {
            return false;
        }

        /** It was abandoned, and isn't asked for. */
        default void drop() {}

        /** The verified bytes; to be used at once. */
        void deliver(Want want, ByteBuffer bytes);

        /** There will be none. */
        void refuse(Want want, Fault fault);
    }

    /**
     * A block that somebody waits for.
     *
     * @param sizeBytes of a data block
     * @param offsetBytes where it belongs in the content
     */
    record Want(Hash hash, boolean tree, int sizeBytes, long offsetBytes, Target target) {
        int weight() {
            return tree ? TREE_BYTES : sizeBytes;
        }
    }

    /**
     * Blocks to ask for together, in order, and who waits for each.
     *
     * @param abandoned what isn't asked for: each to be told so, without locks
     */
    record Batch(Map<Hash, List<Want>> wants, List<Target> abandoned) {
        List<Hash> hashes() {
            return List.copyOf(wants.keySet());
        }
    }

    @GuardedBy("this")
    private final Deque<Want> trees = new ArrayDeque<>();

    @GuardedBy("this")
    private final Deque<Want> data = new ArrayDeque<>();

    @GuardedBy("this")
    private long dataBytes;

    @GuardedBy("this")
    private int busy;

    /** Nobody will want anything more. */
    @GuardedBy("this")
    private boolean wantersDone;

    @GuardedBy("this")
    private int lanesEnded;

    @GuardedBy("this")
    private @Nullable RuntimeException failure;

    /** Wants a block; waits while too many are wanted already. */
    synchronized void want(Want want) throws InterruptedException {
        if (want.tree()) {
            trees.add(want);
        } else {
            while (failure == null && data.size() >= WANTED_MAX) {
                wait();
            }
            data.add(want);
            dataBytes += want.sizeBytes();
        }
        checkFailure();
        notifyAll();
    }

    @GuardedBy("this")
    private void checkFailure() throws InterruptedException {
        if (failure != null) {
            throw new InterruptedException("the transfer has failed");
        }
    }

    synchronized void wantersDone() {
        wantersDone = true;
        notifyAll();
    }

    /**
     * What a lane asks for next; empty at the end. A small request is made only where nothing else
     * is under way or tree blocks are waited for.
     */
    synchronized Optional<Batch> next(boolean wasBusy) throws InterruptedException {
        if (wasBusy) {
            busy--;
            notifyAll();
        }
        while (failure == null) {
            boolean full = dataBytes >= BATCH_BYTES || data.size() >= Limits.READ_HASHES_MAX;
            boolean some = !trees.isEmpty() || !data.isEmpty();
            if (!trees.isEmpty() || full || (some && (busy == 0 || wantersDone))) {
                busy++;
                return Optional.of(take());
            }
            if (wantersDone && !some) {
                return Optional.empty();
            }
            wait();
        }
        return Optional.empty();
    }

    @GuardedBy("this")
    private Batch take() {
        Map<Hash, List<Want>> wants = new LinkedHashMap<>();
        List<Target> abandoned = new ArrayList<>();
        long bytes = 0;
        for (Deque<Want> from : List.of(trees, data)) {
            while (!from.isEmpty()) {
                Want first = from.getFirst();
                boolean fits =
                        wants.isEmpty()
                                || (bytes + first.weight() <= BATCH_BYTES
                                        && wants.size() < Limits.READ_HASHES_MAX);
                List<Want> same = wants.get(first.hash());
                if (same == null && !fits) {
                    break;
                }
                from.removeFirst();
                if (!first.tree()) {
                    dataBytes -= first.sizeBytes();
                }
                if (first.target().abandoned()) {
                    abandoned.add(first.target());
                    continue;
                }
                if (same == null) {
                    same = new ArrayList<>(1);
                    wants.put(first.hash(), same);
                    bytes += first.weight();
                }
                same.add(first);
            }
        }
        notifyAll();
        return new Batch(wants, abandoned);
    }

    /** A lane has come to its end. */
    synchronized void laneEnded() {
        lanesEnded++;
        notifyAll();
    }

    /** Waits until so many lanes have ended, or something failed. */
    synchronized void await(int lanes) throws InterruptedException {
        while (failure == null && lanesEnded < lanes) {
            wait();
        }
    }

    /** The first failure ends everything. */
    synchronized void fail(RuntimeException cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    synchronized Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }
}
