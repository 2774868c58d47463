package io.syncline.client.disk.memory;

import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.Hash;

/**
 * One entry as an observer sees it who is no program.
 *
 * @param stat what programs see
 * @param content the SHA-256 of a file's bytes or of a link's target; of nothing for all else
 * @param durable whether a power cut would certainly leave it there, with this content
 */
public record FileState(LocalPath path, Stat stat, Hash content, boolean durable) {
    /** Whether it is a regular file. */
    public boolean isFile() {
        return stat.kind() == FileKind.FILE;
    }
}
