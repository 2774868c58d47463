package io.syncline.client.disk;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Copies a file or link durably and compares the copy, for file systems mounted in the root. Holes
 * stay holes.
 */
final class Copy {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Calls calls;

    Copy(Calls calls) {
        this.calls = calls;
    }

    /** Empty when the copy is there, equal and forced. What a failure leaves is the caller's. */
    Optional<Outcome.Refused> copy(LocalPath from, LocalPath to) {
        return switch (calls.stat(from)) {
            case Look.Not<Stat>(Outcome.Refused why) -> Optional.of(why);
            case Look.Found<Stat>(Stat stat) ->
                    switch (stat.kind()) {
                        case FILE -> copyFile(from, to);
                        case SYMLINK -> copyLink(from, to, stat);
                        case DIRECTORY, OTHER ->
                                Optional.of(new Outcome.Unsupported("it isn't a file"));
                    };
        };
    }

    private Optional<Outcome.Refused> copyLink(LocalPath from, LocalPath to, Stat stat) {
        return switch (calls.readLink(from)) {
            case Look.Not<byte[]>(Outcome.Refused why) -> Optional.of(why);
            case Look.Found<byte[]>(byte[] target) ->
                    calls.symlink(to, target)
                            .or(() -> calls.setModificationTime(to, stat.mtimeNanos()))
                            .or(() -> calls.force(to.parent()));
        };
    }

    private Optional<Outcome.Refused> copyFile(LocalPath from, LocalPath to) {
        try (ReadHandle source = calls.open(from).orThrow(from);
                WriteHandle copy = calls.create(to).orThrow(to)) {
            Stat before = source.stat();
            // What it grows by from here on is seen by the second look.
            long size = before.sizeBytes();
            var buffer = ByteBuffer.allocate(BUFFER_BYTES);
            long at = source.nextData(0);
            while (at < size && source.read(buffer.clear(), at) > 0) {
                copy.write(buffer.flip(), at);
                at = source.nextData(at + buffer.limit());
            }
            copy.setSize(size);
            copy.setAttributes(before.executable(), before.mtimeNanos());
            copy.force();
            if (!isEqual(source, copy, size)) {
                return Optional.of(new Outcome.Unreadable("the copy isn't equal"));
            }
            Stat after = source.stat();
            return after.unchangedSince(before)
                    ? calls.force(to.parent())
                    : Optional.of(new Outcome.Changed(after));
        } catch (DiskException e) {
            return Optional.of(e.refusal());
        }
    }

    private static boolean isEqual(ReadHandle source, WriteHandle copy, long sizeBytes) {
        var a = ByteBuffer.allocate(BUFFER_BYTES);
        var b = ByteBuffer.allocate(BUFFER_BYTES);
        long at = nextData(source, copy, 0);
        while (at < sizeBytes) {
            source.read(a.clear(), at);
            copy.read(b.clear(), at);
            if (a.flip().limit() == 0 || !a.equals(b.flip())) {
                return false;
            }
            at = nextData(source, copy, at + a.limit());
        }
        return true;
    }

    /** Where either has something: what is a hole in both is equal. */
    private static long nextData(ReadHandle source, WriteHandle copy, long at) {
        return Math.min(source.nextData(at), copy.nextData(at));
    }
}
