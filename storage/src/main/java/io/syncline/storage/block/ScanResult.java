package io.syncline.storage.block;

/**
 * What a scan of one pack found.
 *
 * @param frames valid frames, all handed over
 * @param corruptFrames frames whose checksums are right, but whose block isn't the one they name
 * @param unreadableBytes bytes that aren't a frame, or one with a wrong checksum
 */
public record ScanResult(long frames, long corruptFrames, long unreadableBytes) {}
