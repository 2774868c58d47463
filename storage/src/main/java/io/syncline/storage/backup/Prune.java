package io.syncline.storage.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Removes old backups and the packs that no backup needs any more. */
final class Prune {
    private final BackupFolder folder;

    Prune(BackupFolder folder) {
        this.folder = folder;
    }

    /** What was removed. */
    record Result(List<String> forgotten, long packs) {}

    /** Keeps the newest ones, all of them for 0. Memory: the ids of the packs of those kept. */
    Result keep(int count) throws IOException {
        List<BackupFolder.Backup> all = folder.list();
        if (count == 0 || all.size() <= count) {
            return new Result(List.of(), 0);
        }
        List<String> forgotten = new ArrayList<>();
        for (BackupFolder.Backup old : all.subList(count, all.size())) {
            folder.forget(old.name());
            forgotten.add(old.name());
        }
        Set<Path> needed = new HashSet<>();
        for (BackupFolder.Backup kept : all.subList(0, count)) {
            PackList.forEach(
                    folder.backup(kept.name()).resolve(BackupFolder.PACK_LIST),
                    entry -> needed.add(folder.pack(entry)));
        }
        long freed = 0;
        for (Path project : children(folder.packs())) {
            for (Path pack : children(project)) {
                if (!needed.contains(pack)) {
                    Files.delete(pack);
                    freed++;
                }
            }
        }
        return new Result(forgotten, freed);
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
