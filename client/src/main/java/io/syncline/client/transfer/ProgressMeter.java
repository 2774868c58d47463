package io.syncline.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.client.disk.LocalPath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Adds up how far a transfer is, and tells it now and then. Thread-safe. */
final class ProgressMeter {
    /** At most four times a second. */
    static final Duration INTERVAL = Duration.ofMillis(250);

    /** Over how long the rate is taken. */
    private static final Duration RATE_WINDOW = Duration.ofSeconds(5);

    /** Files below this size are told only in sum. */
    static final long LARGE_BYTES = 8 << 20;

    private record Sample(Instant time, long bytes) {}

    private final Progress.Listener listener;
    private final InstantSource clock;
    private final long filesTotal;

    @GuardedBy("this")
    private long bytesTotal;

    @GuardedBy("this")
    private long filesDone;

    @GuardedBy("this")
    private long bytesDone;

    @GuardedBy("this")
    private final Set<File> large = new LinkedHashSet<>();

    @GuardedBy("this")
    private final Deque<Sample> samples = new ArrayDeque<>();

    @GuardedBy("this")
    private Instant told;

    /** One file's share. */
    static final class File {
        private final LocalPath path;
        private long total;
        private long done;

        File(LocalPath path, long total) {
            this.path = path;
            this.total = total;
        }

        /** What of it isn't done yet. */
        long left() {
            return total - done;
        }
    }

    ProgressMeter(
            Progress.Listener listener, InstantSource clock, long filesTotal, long bytesTotal) {
        this.listener = listener;
        this.clock = clock;
        this.filesTotal = filesTotal;
        this.bytesTotal = bytesTotal;
        this.told = clock.instant();
        samples.add(new Sample(told, 0));
    }

    /** So many bytes of the file needn't be looked at any more. */
    synchronized void bytes(File file, long bytes) {
        file.done += bytes;
        bytesDone += bytes;
        if (file.done > file.total) {
            bytesTotal += file.done - file.total;
            file.total = file.done;
        }
        if (file.total >= LARGE_BYTES) {
            large.add(file);
        }
        tellNowAndThen();
    }

    /** The file is answered, whole or not. */
    synchronized void done(File file) {
        filesDone++;
        bytesTotal += file.done - file.total;
        file.total = file.done;
        large.remove(file);
        tellNowAndThen();
    }

    /** The transfer has ended. */
    synchronized void end() {
        listener.progress(read(clock.instant()));
    }

    @GuardedBy("this")
    private void tellNowAndThen() {
        Instant now = clock.instant();
        if (Duration.between(told, now).compareTo(INTERVAL) >= 0) {
            told = now;
            listener.progress(read(now));
        }
    }

    @GuardedBy("this")
    private Progress read(Instant now) {
        samples.add(new Sample(now, bytesDone));
        while (samples.size() > 2
                && Duration.between(samples.getFirst().time(), now).compareTo(RATE_WINDOW) > 0) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        long millis = Math.max(1, Duration.between(first.time(), now).toMillis());
        List<Progress.LargeFile> files = new ArrayList<>();
        for (File file : large) {
            if (files.size() == Progress.LARGE_MAX) {
                break;
            }
            files.add(new Progress.LargeFile(file.path, file.done, file.total));
        }
        return new Progress(
                filesDone,
                filesTotal,
                bytesDone,
                bytesTotal,
                (bytesDone - first.bytes()) * 1000 / millis,
                files);
    }
}
