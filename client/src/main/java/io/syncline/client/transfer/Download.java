package io.syncline.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.client.transfer.FetchQueue.Fault;
import io.syncline.client.transfer.FetchQueue.Want;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way into a temporary: who writes what where, how much is still to come, and what
 * went wrong first. Thread-safe.
 */
final class Download implements FetchQueue.Target {
    final Incoming file;
    final Content content;
    private final ProgressMeter progress;
    private final ProgressMeter.File share;
    private final Disk disk;

    @GuardedBy("this")
    private @Nullable WriteHandle temporary;

    @GuardedBy("this")
    private boolean partial;

    /** Blocks wanted and not delivered. */
    @GuardedBy("this")
    private int outstanding;

    @GuardedBy("this")
    private long bytesWritten;

    @GuardedBy("this")
    private @Nullable Fetched failure;

    /** All blocks to come are counted. */
    @GuardedBy("this")
    private boolean walked;

    @GuardedBy("this")
    private boolean ended;

    private final Consumer<Download> whenEnded;

    /** A download that tells once, on any thread, when nothing more will come. */
    Download(Incoming file, Disk disk, ProgressMeter progress, Consumer<Download> whenEnded) {
        this.whenEnded = whenEnded;
        this.file = file;
        this.content = file.item().content().orElseThrow();
        this.disk = disk;
        this.progress = progress;
        this.share = new ProgressMeter.File(file.target(), content.sizeBytes());
    }

    /** Goes on in this temporary, which is kept if the download fails. */
    synchronized void openPartial(WriteHandle handle) {
        temporary = handle;
        partial = true;
    }

    /** Whether the temporary is remembered for a later try. */
    synchronized boolean isPartial() {
        return partial;
    }

    /** The temporary; made if there is none yet. */
    synchronized WriteHandle temporary() {
        if (temporary == null) {
            temporary = disk.createTemporary().orThrow(LocalPath.TEMPORARIES);
        }
        return temporary;
    }

    /** Counts a block that will be wanted. */
    synchronized void expect() {
        outstanding++;
    }

    @Override
    public synchronized boolean abandoned() {
        return failure != null;
    }

    @Override
    public void drop() {
        settled();
    }

    @Override
    public void deliver(Want want, ByteBuffer bytes) {
        try {
            if (!abandoned()) {
                write(bytes, want.offsetBytes());
            }
        } catch (DiskException e) {
            fail(new Fetched.Refused(file, e.refusal()));
        } finally {
            settled();
        }
    }

    @Override
    public void refuse(Want want, Fault fault) {
        fail(failure(file, want.hash(), fault));
        settled();
    }

    /** What a block that can't be had means for its file. */
    static Fetched failure(Incoming file, Hash hash, Fault fault) {
        return switch (fault) {
            case NOT_STORED -> new Fetched.Unavailable(file, List.of(hash));
            case DAMAGED -> new Fetched.Damaged(file, "block " + hash + " is damaged");
        };
    }

    /** Writes verified bytes where they belong. */
    void write(ByteBuffer bytes, long offsetBytes) {
        int size = bytes.remaining();
        temporary().write(bytes, offsetBytes);
        had(size);
    }

    /** Writes bytes that may not belong there, and doesn't count them. */
    void place(ByteBuffer bytes, long offsetBytes) {
        temporary().write(bytes, offsetBytes);
    }

    /** So many bytes are in the temporary already. */
    void had(long sizeBytes) {
        synchronized (this) {
            bytesWritten += sizeBytes;
        }
        progress.bytes(share, sizeBytes);
    }

    private void settled() {
        boolean ends;
        synchronized (this) {
            outstanding--;
            ends = ends();
        }
        tellIf(ends);
    }

    /** All blocks that will be wanted are counted. */
    void walked() {
        boolean ends;
        synchronized (this) {
            walked = true;
            ends = ends();
        }
        tellIf(ends);
    }

    @GuardedBy("this")
    private boolean ends() {
        boolean ends = walked && outstanding == 0 && !ended;
        if (ends) {
            ended = true;
            notifyAll();
        }
        return ends;
    }

    private void tellIf(boolean ends) {
        if (ends) {
            whenEnded.accept(this);
        }
    }

    /** The first failure counts; of blocks that aren't stored a few more are named. */
    synchronized void fail(Fetched why) {
        if (failure == null) {
            failure = why;
        } else if (failure instanceof Fetched.Unavailable(_, var named)
                && why instanceof Fetched.Unavailable(_, var more)
                && named.size() < Fetched.Unavailable.MISSING_MAX) {
            List<Hash> both = new ArrayList<>(named);
            both.addAll(more);
            failure = new Fetched.Unavailable(file, both);
        }
    }

    /** Waits until nothing more will come. */
    synchronized void await() throws InterruptedException {
        while (!ended) {
            wait();
        }
    }

    /**
     * Ends the writing: size and attributes are set, the file is closed. Returns the temporary, or
     * what went wrong.
     */
    Result finish() {
        synchronized (this) {
            if (failure != null) {
                return new Result.Failed(failure);
            }
            if (bytesWritten != content.sizeBytes()) {
                throw new IllegalStateException(
                        "wrote " + bytesWritten + " of " + content + " for " + file.target());
            }
        }
        try {
            WriteHandle handle = temporary();
            handle.setSize(content.sizeBytes());
            handle.setAttributes(file.item().executable(), file.item().mtimeNanos());
            return new Result.Complete(handle.path(), handle.stat());
        } catch (DiskException e) {
            return new Result.Failed(new Fetched.Refused(file, e.refusal()));
        }
    }

    /** How the writing ended. */
    sealed interface Result {
        record Complete(LocalPath temporary, Stat stat) implements Result {}

        record Failed(Fetched why) implements Result {}
    }

    /** Closes the temporary, if there is one; returns where it is. */
    synchronized Optional<LocalPath> close() {
        if (temporary == null) {
            return Optional.empty();
        }
        LocalPath path = temporary.path();
        temporary.close();
        temporary = null;
        return Optional.of(path);
    }

    /** The file is answered. */
    void answered() {
        progress.done(share);
    }
}
