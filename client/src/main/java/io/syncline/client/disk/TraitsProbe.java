package io.syncline.client.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Finds out what a file system can do, by doing it among the temporaries. */
final class TraitsProbe {
    /** 2001-02-03T04:05:07.123456789Z: an odd second, and every decimal place shows. */
    private static final long PROBE_NANOS = 981_173_107_123_456_789L;

    private static final long[] STEPS = {1, 100, 1_000, 1_000_000, 10_000_000, 1_000_000_000};

    private final Calls calls;
    private final Supplier<LocalPath> fresh;

    TraitsProbe(Calls calls, Supplier<LocalPath> fresh) {
        this.calls = calls;
        this.fresh = fresh;
    }

    DiskTraits probe() {
        LocalPath a = fresh.get();
        LocalPath b = fresh.get();
        LocalPath link = fresh.get();
        LocalPath second = fresh.get();
        try {
            write(a, "a");
            write(b, "b");
            calls.setExecutable(a, true);
            calls.setModificationTime(a, PROBE_NANOS);
            Stat stat = calls.stat(a).orThrow(a);
            boolean executable = stat.executable();
            calls.setExecutable(a, false);
            executable &= !calls.stat(a).orThrow(a).executable();
            return new DiskTraits(
                    executable,
                    calls.symlink(link, "t".getBytes(StandardCharsets.UTF_8)).isEmpty()
                            && calls.stat(link)
                                    .found()
                                    .filter(s -> s.kind() == FileKind.SYMLINK)
                                    .isPresent(),
                    calls.link(a, second).isEmpty(),
                    calls.exchange(a, b).isEmpty()
                            && calls.stat(b).orThrow(b).identity().equals(stat.identity()),
                    stat.identity().isProof(),
                    granularity(stat.mtimeNanos()));
        } finally {
            calls.unlink(a);
            calls.unlink(b);
            calls.unlink(link);
            calls.unlink(second);
        }
    }

    private void write(LocalPath path, String text) {
        try (WriteHandle handle = calls.create(path).orThrow(path)) {
            handle.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        }
    }

    private static long granularity(long kept) {
        for (long step : STEPS) {
            if (kept == PROBE_NANOS / step * step) {
                return step;
            }
        }
        return 2_000_000_000L; // FAT.
    }
}
