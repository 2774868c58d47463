package io.syncline.system.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a test and a process of the product share, in a file that both have mapped: which places are
 * armed, and how often each was passed. What a process wrote there outlives it. The process's side
 * is static, because its calls are put into classes that know nothing of it.
 */
public final class Hits implements AutoCloseable {
    private static final int FIRED = 0;
    private static final int DAYS = 4;
    private static final int CUT = 8;
    private static final int CUT_BYTES_MAX = 1_000;
    private static final int COUNTS = 1_024;
    private static final int LEFT = COUNTS + 4 * CrashPoints.ALL.size();
    private static final int BYTES = LEFT + 4 * CrashPoints.ALL.size();

    private static @Nullable Hits here;

    private final MappedByteBuffer shared;

    Hits(Path file) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            shared = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // The test's side.

    /**
     * Lets the process end when it passes a place for the {@code nth} time from now on, or one of
     * the others for the first time.
     *
     * @param cut the file system that loses its power first, if any
     */
    void arm(int point, int nth, Collection<Integer> others, Optional<Path> cut) {
        disarm();
        byte[] path = cut.map(Path::toString).orElse("").getBytes(StandardCharsets.UTF_8);
        if (path.length > CUT_BYTES_MAX) {
            throw new IllegalArgumentException("too long: " + cut);
        }
        shared.putInt(CUT, path.length);
        shared.put(CUT + 4, path);
        shared.putInt(FIRED, 0);
        others.forEach(other -> shared.putInt(LEFT + 4 * other, 1));
        shared.putInt(LEFT + 4 * point, nth);
    }

    void disarm() {
        for (int point = 0; point < CrashPoints.ALL.size(); point++) {
            shared.putInt(LEFT + 4 * point, 0);
        }
    }

    /** At which of the places that were armed last the process ended. */
    Optional<Integer> firedAt() {
        return Optional.of(shared.getInt(FIRED)).filter(fired -> fired > 0).map(fired -> fired - 1);
    }

    /** Whether the process ended at a place that was armed last. */
    boolean fired() {
        return firedAt().isPresent();
    }

    /** How often a place was passed so far. */
    int count(int point) {
        return shared.getInt(COUNTS + 4 * point);
    }

    /** Sets by how many days the clock of processes that start from now on is ahead. */
    void ahead(int days) {
        shared.putInt(DAYS, days);
    }

    @Override
    public void close() {
        disarm();
    }

    // The process's side.

    static void openHere(Path file) {
        here = new Hits(file);
    }

    /** A place is passed: called from the classes of the product. */
    public static void at(int point) {
        Hits hits = here;
        if (hits != null) {
            hits.pass(point);
        }
    }

    private synchronized void pass(int point) {
        shared.putInt(COUNTS + 4 * point, count(point) + 1);
        int left = shared.getInt(LEFT + 4 * point);
        if (left > 0) {
            shared.putInt(LEFT + 4 * point, left - 1);
            if (left == 1) {
                shared.putInt(FIRED, point + 1);
                end();
            }
        }
    }

    private void end() {
        ByteBuffer path = shared.slice(CUT + 4, shared.getInt(CUT));
        if (path.hasRemaining()) {
            Kernel.cutPower(Path.of(StandardCharsets.UTF_8.decode(path).toString()));
        }
        Kernel.killSelf();
    }

    /**
     * The clock of a process: the system's, ahead by whole days. Called instead of the system's.
     */
    public static InstantSource clock() {
        Hits hits = here;
        Duration ahead = Duration.ofDays(hits == null ? 0 : hits.shared.getInt(DAYS));
        return () -> Instant.now().plus(ahead);
    }
}
