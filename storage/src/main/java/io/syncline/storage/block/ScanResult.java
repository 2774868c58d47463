package io.syncline.storage.block;

/**
 * What a scan of one pack found.
 *
 * @param frames valid frames, all handed over
 * @param corruptFrames frames whose checksum or hash is wrong
 * @param unreadableBytes bytes at the end that couldn't be told apart into frames
 */
public record ScanResult(long frames, long corruptFrames, long unreadableBytes) {}
