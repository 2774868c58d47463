package io.syncline.storage.block.pack;

import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A stretch of a pack that is read at once because the frames wanted in it lie close together.
 *
 * @param requests positions in the list of requests
 */
record ReadRun(PackId pack, long offsetBytes, int lengthBytes, List<Integer> requests) {
    /** Reading so much that nobody wants is cheaper than another seek. */
    static final int GAP_BYTES_MAX = 64 << 10;

    /** Longest stretch, unless one frame is longer. */
    static final int RUN_BYTES_MAX = 4 << 20;

    /** The stretches that cover the requests, in order of pack and offset. */
    static List<ReadRun> of(List<FrameRequest> requests) {
        List<Integer> ordered =
                IntStream.range(0, requests.size())
                        .boxed()
                        .sorted(
                                Comparator.comparing((Integer index) ->
                                                requests.get(index).location().pack())
                                        .thenComparingLong(index ->
                                                requests.get(index).location().offsetBytes()))
                        .toList();
        List<ReadRun> runs = new ArrayList<>();
        for (int index : ordered) {
            FrameLocation next = requests.get(index).location();
            if (runs.isEmpty() || !runs.getLast().takes(next)) {
                runs.add(
                        new ReadRun(
                                next.pack(),
                                next.offsetBytes(),
                                next.lengthBytes(),
                                new ArrayList<>(List.of(index))));
            } else {
                runs.add(runs.removeLast().with(index, next));
            }
        }
        return runs;
    }

    private long end() {
        return offsetBytes + lengthBytes;
    }

    private boolean takes(FrameLocation next) {
        return next.pack().equals(pack)
                && next.offsetBytes() - end() <= GAP_BYTES_MAX
                && next.offsetBytes() + next.lengthBytes() - offsetBytes <= RUN_BYTES_MAX;
    }

    private ReadRun with(int index, FrameLocation next) {
        requests.add(index);
        long newEnd = Math.max(end(), next.offsetBytes() + next.lengthBytes());
        return new ReadRun(pack, offsetBytes, (int) (newEnd - offsetBytes), requests);
    }
}
