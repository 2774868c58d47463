package io.syncline.system.crash;

import io.syncline.system.endtoend.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An ext4 of its own in a file, mounted over a loop device, whose power can be cut. That takes
 * root, loop devices and mke2fs; {@link #whyNot} says what is missing.
 */
final class Mount implements AutoCloseable {
    private static final long BYTES = 160L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path image;
    private final Path point;

    private Mount(Path image, Path point) {
        this.image = image;
        this.point = point;
    }

    /**
     * Makes and mounts one; {@code image} is the file that holds it, {@code point} a new folder.
     */
    static Mount make(Path image, Path point) {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
            Files.createDirectories(point);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("mke2fs", "-q", "-t", "ext4", "-F", image.toString());
        Mount mount = new Mount(image, point);
        mount.mount();
        return mount;
    }

    /** Why that can't be done here; empty where it can. Tries it. */
    static Optional<String> whyNot(Path scratch) {
        try {
            try (Mount mount = make(scratch.resolve("probe.img"), scratch.resolve("probe"))) {
                Kernel.cutPower(mount.path());
            }
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()).strip());
        }
    }

    /** Where it is mounted. */
    Path path() {
        return point;
    }

    private void mount() {
        run("mount", "-t", "ext4", "-o", "loop", image.toString(), point.toString());
    }

    /** Gives it its power back after a cut; the journal is replayed. No process may use it. */
    void restore() {
        unmount();
        run("e2fsck", "-p", image.toString());
        mount();
    }

    private void unmount() {
        // A process that was just killed may hold it for a moment.
        Await.until(
                LIMIT,
                () -> attempt(List.of("umount", point.toString())).isEmpty(),
                () -> "cannot unmount " + point);
    }

    @Override
    public void close() {
        unmount();
    }

    private static void run(String... command) {
        Optional<String> failure = attempt(List.of(command));
        if (failure.isPresent()) {
            throw new IllegalStateException(String.join(" ", command) + ": " + failure.get());
        }
    }

    /** What a command complained about; empty where it ended well. */
    private static Optional<String> attempt(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("does not end");
            }
            // e2fsck says with 1 that it mended something: what the journal held.
            boolean well =
                    process.exitValue() == 0
                            || (process.exitValue() == 1 && command.getFirst().equals("e2fsck"));
            return well ? Optional.empty() : Optional.of(said + "status " + process.exitValue());
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}
