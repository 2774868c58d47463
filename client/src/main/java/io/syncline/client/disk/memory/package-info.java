/**
 * The in-memory twin of a real disk, for tests and the simulator: it has a page cache that a power
 * cut takes away, it can be full, broken or slow to say what changed, and it can be like ext4,
 * APFS, HFS+, NTFS or FAT. Start with {@link io.syncline.client.disk.memory.MemoryFileSystem}.
 *
 * <p>One thread at a time. The same seed gives the same result: nothing here depends on the order
 * of a hash table or on the time.
 */
@NullMarked
package io.syncline.client.disk.memory;

import org.jspecify.annotations.NullMarked;
