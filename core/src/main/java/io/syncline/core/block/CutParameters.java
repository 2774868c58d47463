package io.syncline.core.block;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Content;

/**
 * Where a project's cutter cuts: fixed by the project's format for ever, because equal bytes cut
 * otherwise have another tree (R24, R41).
 *
 * @param format the number that a project carries
 * @param minBytes no cut before this many bytes, except at the end
 * @param normalBytes up to here a cut needs {@code strictBits}, from here {@code easyBits}
 * @param maxBytes a cut here at the latest
 * @param strictBits how many of the fingerprint's highest bits must be zero
 * @param easyBits the same, beyond {@code normalBytes}
 */
public record CutParameters(
        int format, int minBytes, int normalBytes, int maxBytes, int strictBits, int easyBits) {
    /** Largest block of any format. */
    public static final int BLOCK_BYTES_MAX = Content.BLOCK_BYTES_MAX;

    /**
     * Format 1: FastCDC with normalised chunking of level 1, 16..256 KiB, 64 KiB on average. The
     * normal point lies at 40 KiB because the bytes skipped at the start count as well: with it at
     * 64 KiB the average is 78.
     */
    public static final CutParameters FORMAT_1 =
            new CutParameters(1, 16 << 10, 40 << 10, BLOCK_BYTES_MAX, 17, 15);

    public CutParameters {
        if (minBytes < 1
                || normalBytes < minBytes
                || maxBytes < normalBytes
                || maxBytes > BLOCK_BYTES_MAX
                || easyBits < 1
                || strictBits < easyBits
                || strictBits > 48) {
            throw new IllegalArgumentException("cut parameters out of order");
        }
    }

    /**
     * The parameters of a project's format.
     *
     * @throws SynclineException UPGRADE_REQUIRED for one of a later version
     */
    public static CutParameters of(int format) {
        if (format != FORMAT_1.format) {
            throw new SynclineException(
                    ErrorCode.UPGRADE_REQUIRED,
                    "project format " + format + " needs a newer version");
        }
        return FORMAT_1;
    }
}
