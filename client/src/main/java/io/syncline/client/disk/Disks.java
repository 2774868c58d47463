package io.syncline.client.disk;

import io.syncline.client.libc.Libc;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Opens synced folders with the best adapter that this system has. */
public final class Disks {
    private Disks() {}

    /**
     * Opens a folder that exists, making {@code .syncline} in it where that is missing.
     *
     * @param clock names the trash's directories by day (UTC)
     * @param random names temporaries
     * @throws SynclineException {@code NOT_FOUND} if there is no such directory, {@code INVALID} if
     *     it can't be used
     */
    public static Disk open(Path root, InstantSource clock, RandomGenerator random) {
        return Libc.isAvailable()
                ? new SafeDisk(LinuxCalls.open(root), clock, random)
                : openPortable(root, clock, random);
    }

    /**
     * The careful operations over any system's bare ones, which it then owns and closes.
     *
     * @param clock names the trash's directories by day (UTC)
     * @param random names temporaries
     * @throws DiskException if {@code .syncline} can't be made
     */
    public static Disk over(Calls calls, InstantSource clock, RandomGenerator random) {
        return new SafeDisk(calls, clock, random);
    }

    /** The adapter that works everywhere, on {@code java.nio.file}. */
    static Disk openPortable(Path root, InstantSource clock, RandomGenerator random) {
        String encoding = System.getProperty("sun.jnu.encoding", "unknown");
        if (!isUtf8(encoding)) {
            throw new SynclineException(
                    ErrorCode.INVALID,
                    "file names would be damaged: Java was started with sun.jnu.encoding="
                            + encoding
                            + "; start it with -Dsun.jnu.encoding=UTF-8 or a UTF-8 locale");
        }
        return new SafeDisk(PortableCalls.open(root), clock, random);
    }

    /** R11: any other encoding turns names into question marks, and files into deleted ones. */
    static boolean isUtf8(String encoding) {
        return Charset.isSupported(encoding)
                && Charset.forName(encoding).equals(StandardCharsets.UTF_8);
    }
}
