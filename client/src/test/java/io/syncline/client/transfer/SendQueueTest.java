package io.syncline.client.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.disk.LocalPath;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.NodeId;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SendQueueTest {
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @DisplayName("L9 a reader of endless equal blocks waits until the first of them is settled")
    void readerWaitsForEqualBlocks() throws InterruptedException {
        var meter = new ProgressMeter(Progress.Listener.NONE, InstantSource.system(), 1, 0);
        var queue = new SendQueue(1, meter);
        var job = new SendQueue.Job(new Outgoing(new NodeId(1), LocalPath.of("f"), 0));
        byte[] block = {1};
        Hash hash = Hash.sha256(block);
        Thread reader =
                Thread.ofVirtual()
                        .start(
                                Guard.around(
                                        queue::fail,
                                        () -> {
                                            for (int i = 0; i < 3 * SendQueue.WAITING_MAX; i++) {
                                                queue.reserve(1);
                                                queue.data(job, hash, block, 0, 1);
                                            }
                                            queue.readersDone();
                                        }));

        // A batch of one block isn't full, and the reader isn't done: it can't go on without us.
        var asked = (SendQueue.Work.Ask) queue.next(false, false);
        assertThat(asked.pieces()).hasSize(1);
        assertThat(reader.isAlive()).isTrue();
        queue.framed(asked.pieces().getFirst(), queue.nextChunk());
        // Nor while the block is in a chunk that isn't full.
        assertThat(queue.next(true, true)).isEqualTo(new SendQueue.Work.Flush());
        assertThat(reader.isAlive()).isTrue();
        queue.sent(asked.pieces());

        reader.join();
        assertThat(queue.next(true, false)).isEqualTo(new SendQueue.Work.End());
    }
}
