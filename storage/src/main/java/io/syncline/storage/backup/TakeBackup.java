package io.syncline.storage.backup;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.PackFiles.Copied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Stream;

/** Puts the files of a backup where a server keeps them. The rest of a restore isn't done here. */
public final class TakeBackup {
    private final BackupFolder folder;
    private final BackupFolder.Backup backup;
    private final CopyListener listener;

    /** Takes this backup from this folder. */
    public TakeBackup(BackupFolder folder, BackupFolder.Backup backup, CopyListener listener) {
        this.folder = folder;
        this.backup = backup;
        this.listener = listener;
    }

    /**
     * Copies the metadata into a file, over what is there.
     *
     * @throws SynclineException CORRUPT where the backup's metadata isn't what its manifest says
     */
    public void metadata(Path target) {
        Path source = folder.backup(backup.name()).resolve(BackupFolder.METADATA);
        try {
            check(source, backup.manifest().metadata());
            Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
            BackupFolder.forceFile(target);
        } catch (IOException e) {
            throw BackupFolder.failed("cannot restore the metadata", e);
        }
    }

    /** Copies the small files that went along into a folder. */
    public void settings(Path data) {
        Set<String> own =
                Set.of(BackupFolder.METADATA, BackupFolder.PACK_LIST, BackupFolder.MANIFEST);
        try (Stream<Path> files = Files.list(folder.backup(backup.name()))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!own.contains(name)) {
                    Files.copy(file, data.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw BackupFolder.failed("cannot restore the settings", e);
        }
    }

    /**
     * Copies or links the packs.
     *
     * @return how many of them the backup lacks
     */
    public long packs(PackFiles into, boolean link) {
        Path list = folder.backup(backup.name()).resolve(BackupFolder.PACK_LIST);
        long total = backup.manifest().packBytes();
        long[] done = new long[1];
        long[] lacking = new long[1];
        try {
            check(list, backup.manifest().packList());
            PackList.forEach(
                    list,
                    entry -> {
                        Path source = folder.pack(entry);
                        long before = done[0];
                        Copied how =
                                into.copyIn(
                                        entry.project(),
                                        entry.pack(),
                                        source,
                                        link,
                                        bytes ->
                                                listener.at(
                                                        "packs",
                                                        Math.min(total, done[0] += bytes),
                                                        total));
                        lacking[0] += how == Copied.GONE ? 1 : 0;
                        done[0] = before + entry.lengthBytes();
                        listener.at("packs", done[0], total);
                    });
            return lacking[0];
        } catch (IOException e) {
            throw BackupFolder.failed("cannot restore the packs", e);
        }
    }

    private static void check(Path file, Hash expected) throws IOException {
        if (!FileHash.of(file).equals(expected)) {
            throw SynclineException.corrupt(file + " isn't what the backup's manifest says");
        }
    }
}
