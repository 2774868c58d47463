package io.syncline.client.disk;

/**
 * How one directory tells names apart, found by trying (R30): directories of one file system may
 * differ (ext4 casefold, NTFS).
 *
 * @param caseSensitive whether {@code a} and {@code A} are two names
 * @param normalisationSensitive whether the composed and the decomposed form of {@code é} are two
 *     names
 */
public record NameTraits(boolean caseSensitive, boolean normalisationSensitive) {}
