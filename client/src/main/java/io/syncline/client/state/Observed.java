package io.syncline.client.state;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.core.tree.Kind;
import java.util.Objects;

/**
 * The disk as it was last observed at a node (R23).
 *
 * @param localName the node's name as it is spelt on this disk (R30)
 * @param stat what the system said of it
 */
public record Observed(String localName, Stat stat) {
    public Observed {
        Objects.requireNonNull(localName);
        Objects.requireNonNull(stat);
    }

    /** The same with this executable bit. */
    public Observed executable(boolean bit) {
        return stat.executable() == bit ? this : new Observed(localName, stat.executable(bit));
    }

    /** For a node that is gone from the disk by the time it is agreed on: equal to nothing real. */
    public static Observed unknown(String localName, Kind kind) {
        FileKind known =
                kind.equals(Kind.DIRECTORY)
                        ? FileKind.DIRECTORY
                        : kind.equals(Kind.SYMLINK) ? FileKind.SYMLINK : FileKind.FILE;
        return new Observed(
                localName,
                new Stat(known, new FileIdentity(0, 0, FileIdentity.NO_BIRTH), 0, 0, 0, false, 1));
    }
}
