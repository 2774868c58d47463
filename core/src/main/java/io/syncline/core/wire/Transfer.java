package io.syncline.core.wire;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import java.util.Optional;

/**
 * How far one upload or download of a device is. A hint: idempotent, coalescible, and forgotten
 * {@link Limits#TRANSFER_SECONDS} after the last one.
 *
 * @param id the device's own number for it
 * @param device whose it is; absent where the device itself reports
 * @param deviceName absent with {@code device}
 * @param name the one file's path, where it is one file
 * @param ended it is over, whatever its outcome
 */
public record Transfer(
        ProjectId project,
        long id,
        Optional<DeviceId> device,
        Optional<String> deviceName,
        Direction direction,
        Amount files,
        Amount bytes,
        long bytesPerSecond,
        Optional<String> name,
        boolean ended) {
    /** Longest name; a longer path is reported by its end. In UTF-16 units. */
    public static final int NAME_CHARS_MAX = 1_024;

    public Transfer {
        if (bytesPerSecond < 0 || name.map(String::length).orElse(0) > NAME_CHARS_MAX) {
            throw SynclineException.invalid("a transfer has a rate from 0 and a short name");
        }
    }

    /** Which way. */
    public enum Direction {
        /** To the server. */
        UPLOAD,
        /** From the server. */
        DOWNLOAD
    }

    /** So many of so many; the total may still grow. */
    public record Amount(long done, long total) {
        public Amount {
            if (done < 0 || total < 0) {
                throw SynclineException.invalid("a transfer's amounts are from 0");
            }
        }
    }

    /** The same, as that device's. */
    public Transfer of(DeviceId whose, String called) {
        return with(Optional.of(whose), Optional.of(called), ended);
    }

    /** The same, as its end. */
    public Transfer over() {
        return with(device, deviceName, true);
    }

    private Transfer with(Optional<DeviceId> whose, Optional<String> called, boolean over) {
        return new Transfer(
                project, id, whose, called, direction, files, bytes, bytesPerSecond, name, over);
    }
}
