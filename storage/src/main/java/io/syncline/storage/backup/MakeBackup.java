package io.syncline.storage.backup;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.PackFiles.Copied;
import io.syncline.storage.block.PackFiles.PackFile;
import io.syncline.storage.block.ScanResult;
import io.syncline.storage.metadata.MetadataCopy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes one backup of stores that may be in use. What was copied stays for the next try when it is
 * stopped; only a whole one gets its name.
 */
public final class MakeBackup {
    /** Looks for packs that took the place of deleted ones; each look is a pass over all packs. */
    private static final int PASSES_MAX = 5;

    private final BackupFolder folder;
    private final MetadataCopy metadata;
    private final PackFiles packs;
    private final Wishes wishes;
    private final CopyListener listener;
    private long copiedPacks;
    private long copiedBytes;
    private long linkedPacks;
    private long keptPacks;

    /**
     * How it is to be made.
     *
     * @param link whether full packs may be links instead of copies
     * @param check whether each new copy is read again and every block in it hashed
     * @param keep how many backups to keep, this one included; 0 for all
     * @param settings small files that go along where they are there, by their names
     * @param program the program's version
     */
    public record Wishes(
            boolean link, boolean check, int keep, List<Path> settings, String program) {
        public Wishes {
            settings = List.copyOf(settings);
        }
    }

    /**
     * What was made.
     *
     * @param keptPacks were there from earlier backups
     * @param forgotten names of older backups that were removed
     * @param freedPacks packs that none of the remaining ones needs, removed
     */
    public record Made(
            String name,
            Manifest manifest,
            long copiedPacks,
            long copiedBytes,
            long linkedPacks,
            long keptPacks,
            List<String> forgotten,
            long freedPacks) {}

    /** A backup of these stores into this folder. */
    public MakeBackup(
            BackupFolder folder,
            MetadataCopy metadata,
            PackFiles packs,
            Wishes wishes,
            CopyListener listener) {
        this.folder = folder;
        this.metadata = metadata;
        this.packs = packs;
        this.wishes = wishes;
        this.listener = listener;
    }

    /**
     * Makes it.
     *
     * @throws SynclineException UNAVAILABLE where a disk fails or is full, CORRUPT where a new
     *     copy isn't right
     */
    public Made run(Instant now) {
        String name = folder.name(now);
        try {
            Path partial = folder.begin(name);
            Path database = partial.resolve(BackupFolder.METADATA);
            metadata.copyTo(database, (done, total) -> listener.at("metadata", done, total));
            List<PackList.Entry> entries = copyPacks();
            long packBytes = entries.stream().mapToLong(PackList.Entry::lengthBytes).sum();
            for (Path setting : wishes.settings()) {
                if (Files.exists(setting)) {
                    Path copy = partial.resolve(setting.getFileName());
                    Files.copy(setting, copy);
                    BackupFolder.forceFile(copy);
                }
            }
            Path list = partial.resolve(BackupFolder.PACK_LIST);
            write(list, entries);
            Manifest manifest =
                    new Manifest(
                            now,
                            wishes.program(),
                            Files.size(database),
                            FileHash.of(database),
                            entries.size(),
                            packBytes,
                            FileHash.of(list));
            Path file = partial.resolve(BackupFolder.MANIFEST);
            Files.write(file, Manifest.CODEC.toBytes(manifest));
            BackupFolder.forceFile(file);
            folder.finish(partial, name);
            Prune.Result pruned = new Prune(folder).keep(wishes.keep());
            return new Made(
                    name,
                    manifest,
                    copiedPacks,
                    copiedBytes,
                    linkedPacks,
                    keptPacks,
                    pruned.forgotten(),
                    pruned.packs());
        } catch (IOException e) {
            throw BackupFolder.failed("cannot make the backup", e);
        }
    }

    private static void write(Path list, List<PackList.Entry> entries) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(list)) {
            for (PackList.Entry entry : entries) {
                out.write(entry.line());
            }
        }
        BackupFolder.forceFile(list);
    }

    /**
     * Copies what the folder lacks. The metadata is of an earlier moment, so every block that it
     * names is in a pack now, or was moved into another one before its pack was deleted; then all
     * are looked at again.
     */
    private List<PackList.Entry> copyPacks() throws IOException {
        for (int pass = 0; pass < PASSES_MAX; pass++) {
            List<PackList.Entry> entries = new ArrayList<>();
            List<PackFile> files = new ArrayList<>();
            for (ProjectId project : packs.projects()) {
                for (PackFile pack : packs.packFiles(project)) {
                    entries.add(new PackList.Entry(project, pack.id(), pack.lengthBytes()));
                    files.add(pack);
                }
            }
            boolean whole = true;
            long total = entries.stream().mapToLong(PackList.Entry::lengthBytes).sum();
            long before = 0;
            keptPacks = 0;
            for (int i = 0; i < entries.size(); i++) {
                PackList.Entry entry = entries.get(i);
                whole &= copy(entry, files.get(i), before, total);
                before += entry.lengthBytes();
                listener.at("packs", before, total);
            }
            if (whole) {
                return entries;
            }
        }
        throw new SynclineException(
                ErrorCode.UNAVAILABLE, "packs are deleted as fast as they are copied; try again");
    }

    /** False where the pack is gone. */
    private boolean copy(PackList.Entry entry, PackFile pack, long before, long total)
            throws IOException {
        Path target = folder.pack(entry);
        if (isThere(target, pack)) {
            keptPacks++;
            return true;
        }
        Path directory = Objects.requireNonNull(target.getParent());
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            BackupFolder.force(folder.packs());
        }
        long[] done = {before};
        Copied how =
                packs.copyOut(
                        entry.project(),
                        pack,
                        target,
                        wishes.link(),
                        bytes -> listener.at("packs", done[0] += bytes, total));
        switch (how) {
            case GONE -> {
                return false;
            }
            case LINKED -> linkedPacks++;
            case COPIED -> {
                copiedPacks++;
                copiedBytes += entry.lengthBytes();
                if (wishes.check()) {
                    check(entry, target);
                }
            }
        }
        return true;
    }

    /**
     * By length and time. A small pack that is filled on may be as long as before for a moment: the
     * index at its end makes room for frames.
     */
    private static boolean isThere(Path copy, PackFile pack) throws IOException {
        return Files.exists(copy)
                && Files.size(copy) == pack.lengthBytes()
                && Files.getLastModifiedTime(copy).toInstant().equals(pack.modified());
    }

    private void check(PackList.Entry entry, Path copy) throws IOException {
        ScanResult found = packs.check(entry.project(), entry.pack(), copy);
        if (found.corruptFrames() > 0) {
            Files.delete(copy);
            throw SynclineException.corrupt(
                    "pack "
                            + entry.pack()
                            + " of project "
                            + entry.project()
                            + " has "
                            + found.corruptFrames()
                            + " frames that aren't right; 'syncline admin verify' says what they"
                            + " belong to");
        }
    }
}
