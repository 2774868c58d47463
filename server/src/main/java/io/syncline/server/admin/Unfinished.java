package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The file {@code unfinished} in a data folder: something that was interrupted must be run again
 * before the data may be served.
 */
public final class Unfinished {
    private static final String FILE = "unfinished";

    private Unfinished() {}

    /** What is unfinished: the name of its task. */
    static Optional<String> task(Path data) {
        try {
            return Optional.of(Files.readString(data.resolve(FILE)).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("cannot read " + data.resolve(FILE), e);
        }
    }

    /**
     * Refuses where something is unfinished.
     *
     * @throws SynclineException UNAVAILABLE with what to do
     */
    public static void check(Path data) {
        Optional<String> task = task(data);
        if (task.isPresent()) {
            throw new SynclineException(
                    ErrorCode.UNAVAILABLE,
                    "'syncline admin "
                            + task.get()
                            + "' on "
                            + data
                            + " didn't end: run it again to its end");
        }
    }

    static void begin(Path data, String task) {
        Path file = data.resolve(FILE);
        try {
            Files.writeString(file, task + "\n");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            force(data);
        } catch (IOException e) {
            throw failed("cannot write " + file, e);
        }
    }

    static void end(Path data) {
        try {
            Files.deleteIfExists(data.resolve(FILE));
            force(data);
        } catch (IOException e) {
            throw failed("cannot remove " + data.resolve(FILE), e);
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static SynclineException failed(String what, IOException e) {
        return new SynclineException(ErrorCode.UNAVAILABLE, what + ": " + e.getMessage(), e);
    }
}
