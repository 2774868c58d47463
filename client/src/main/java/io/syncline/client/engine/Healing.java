package io.syncline.client.engine;

import io.syncline.client.disk.LocalPath;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.LocalRow;
import io.syncline.client.transfer.Outgoing;
import io.syncline.client.transfer.Sent;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.WantedPage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives the server blocks back that were damaged there (R25): asks which files hold such blocks,
 * and sends those that this disk holds with exactly that content, as any upload: read, cut and
 * hashed anew, so that what is sent can't be wrong, and of it only what the server lacks. Beside
 * all other work, a few files at a time, and bounded by the hour.
 */
final class Healing {
    /** Files sent in one hour; the rest waits for the next. */
    static final int FILES_PER_HOUR = 2_000;

    /** Bytes read in one hour, but for the last file. */
    static final long BYTES_PER_HOUR = 256L << 30;

    /** Asked also without having been told, in case that a hint was lost. */
    static final long HOUR_MILLIS = 60 * 60 * 1_000;

    /** Devices that hear one hint ask one after another: the first may do for all. */
    static final int JITTER_MILLIS = 2_000;

    /** Until the server is asked again that is still looking for the files. */
    private static final long AGAIN_MILLIS = 5_000;

    /** After a failure. */
    private static final long FAILED_MILLIS = 60_000;

    /** Files in one sending. */
    private static final int BATCH_FILES = 100;

    private final Work work;

    /** What is to be sent: as much as one page names. */
    private final Deque<Outgoing> waiting = new ArrayDeque<>();

    /** The contents that are expected of files that wait or are being sent. */
    private final Map<NodeId, Content> expected = new HashMap<>();

    private long askMillis = Long.MAX_VALUE;
    private long after;
    private boolean asking;
    private boolean sending;
    private long hourBegan;
    private int filesInHour;
    private long bytesInHour;
    private int sent;

    Healing(Work work) {
        this.work = work;
    }

    /** Begins; the first question comes within an hour. */
    void start() {
        hourBegan = work.now;
        askMillis = work.now + Math.floorMod(work.settings.replica().hashCode(), HOUR_MILLIS);
    }

    /** The server says that it wants something. */
    void told() {
        after = 0;
        askMillis =
                Math.min(
                        askMillis,
                        work.now
                                + Math.floorMod(work.settings.replica().hashCode(), JITTER_MILLIS));
    }

    /** When {@link #proceed} has something to do; {@code Long.MAX_VALUE}: not before an answer. */
    long nextMillis() {
        if (work.settings.readOnly() || asking || sending) {
            return Long.MAX_VALUE;
        }
        if (waiting.isEmpty()) {
            return askMillis;
        }
        return isSpent() ? hourBegan + HOUR_MILLIS : work.now;
    }

    private boolean isSpent() {
        return filesInHour >= FILES_PER_HOUR || bytesInHour >= BYTES_PER_HOUR;
    }

    /** Asks or sends, whichever is due. */
    void proceed() {
        if (work.now >= hourBegan + HOUR_MILLIS) {
            hourBegan = work.now;
            filesInHour = 0;
            bytesInHour = 0;
        }
        if (nextMillis() > work.now) {
            return;
        }
        if (waiting.isEmpty()) {
            asking = true;
            askMillis = Long.MAX_VALUE;
            work.out.add(new Effect.AskWanted(after));
            return;
        }
        var batch = new ArrayList<Outgoing>();
        while (!waiting.isEmpty() && batch.size() < BATCH_FILES && !isSpent()) {
            Outgoing file = waiting.removeFirst();
            filesInHour++;
            bytesInHour += file.sizeBytes();
            batch.add(file);
        }
        sending = true;
        work.out.add(new Effect.SendAgain(batch));
    }

    /** What the server wants. */
    void wanted(WantedPage page) {
        asking = false;
        for (WantedPage.File file : page.files()) {
            if (file.node().value() > 0 && holds(file)) {
                Optional<LocalPath> path = work.path(file.node());
                Content content = content(file.node()).orElseThrow();
                path.ifPresent(at -> {
                    expected.put(file.node(), content);
                    waiting.add(new Outgoing(file.node(), at, content.sizeBytes()));
                });
            }
        }
        after = page.after().map(NodeId::value).orElse(0L);
        if (page.after().isPresent()) {
            askMillis = work.now;
        } else {
            askMillis = work.now + (page.complete() ? HOUR_MILLIS : AGAIN_MILLIS);
        }
    }

    /** Whether it is here and agreed, with that very content. */
    private boolean holds(WantedPage.File file) {
        return content(file.node())
                .filter(content ->
                        content.hash().equals(file.hash()) && content.level() == file.level())
                .isPresent();
    }

    private Optional<Content> content(NodeId id) {
        Optional<Content> here =
                work.state.local(id).flatMap(LocalRow.Present::item).flatMap(Item::content);
        Optional<Content> agreed = work.state.agreed(id).map(Agreed::item).flatMap(Item::content);
        return here.filter(content -> agreed.equals(Optional.of(content)));
    }

    /** What became of files that were to be sent again. */
    void sent(List<Sent> results) {
        sending = false;
        for (Sent result : results) {
            Content wanted = expected.remove(result.file().node());
            if (wanted != null && result instanceof Sent.Done done) {
                if (done.content().equals(wanted)) {
                    sent++;
                } else if (done.steady() && !isSeenChanged(done)) {
                    work.problem(
                            done.file().path().toString(),
                            "its bytes on this disk aren't what they were, though nobody has"
                                    + " written to it",
                            "look at the disk's health; 'syncline history' and 'syncline restore'"
                                    + " bring back what the server has");
                } else {
                    work.dirtyAround(done.file().path());
                }
            }
        }
        if (waiting.isEmpty() && sent > 0) {
            work.note(
                    "sent the server "
                            + (sent == 1 ? "a file" : sent + " files")
                            + " again, of which bytes had been damaged there",
                    "");
            sent = 0;
        }
        if (waiting.isEmpty()) {
            expected.clear();
        }
    }

    private boolean isSeenChanged(Sent.Done done) {
        return work.state
                .local(done.file().node())
                .filter(row -> done.after().unchangedSince(row.observed().stat()))
                .isEmpty();
    }

    /** Asking or sending failed; it is tried again later. */
    void failed(ErrorCode code) {
        asking = false;
        sending = false;
        waiting.clear();
        expected.clear();
        after = 0;
        // Not allowed, or a server that doesn't know the question: nothing that is soon another.
        askMillis = work.now + (code.retryable() ? FAILED_MILLIS : HOUR_MILLIS);
    }
}
