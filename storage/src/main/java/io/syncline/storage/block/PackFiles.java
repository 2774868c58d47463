package io.syncline.storage.block;

import io.syncline.core.tree.ProjectId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Packs as files, for backups: a block store that keeps them so can hand out and take in copies.
 */
public interface PackFiles {
    /**
     * A pack as it is on disk.
     *
     * @param lengthBytes of what is durable
     * @param modified when it was written last, as its file system tells; a copy has the same
     */
    record PackFile(PackId id, long lengthBytes, Instant modified) {}

    /** What a copy came to. */
    enum Copied {
        /** Its bytes are in a file of its own. */
        COPIED,
        /** It is another name of the same file, which is never written again. */
        LINKED,
        /** The pack was deleted meanwhile. */
        GONE
    }

    /** The projects that have packs, in order of id. */
    List<ProjectId> projects();

    /** The project's packs in order of id. */
    List<PackFile> packFiles(ProjectId project);

    /**
     * Copies what is durable of a pack into a file, durably. A pack that is full and finished is
     * linked instead where that is wanted and the file systems are one; smaller ones may be filled
     * on and are never linked.
     *
     * @param target must not exist
     * @param copied told of bytes as they are copied
     */
    Copied copyOut(
            ProjectId project, PackFile pack, Path target, boolean link, LongConsumer copied);

    /**
     * Takes a pack of this id in from a file, by the same rules. One that is here already is
     * replaced if it is shorter and else kept. Only for a store that nobody reads or writes; a pack
     * that isn't finished is finished when the store is opened next.
     */
    Copied copyIn(ProjectId project, PackId pack, Path source, boolean link, LongConsumer copied);

    /** Reads a copy of a pack and says what of it is right; CORRUPT where it isn't one. */
    ScanResult check(ProjectId project, PackId pack, Path copy);
}
