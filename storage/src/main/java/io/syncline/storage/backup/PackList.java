package io.syncline.storage.backup;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.PackId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** {@code packs.txt}: a line {@code PROJECT PACK LENGTH} for each pack that a backup needs. */
final class PackList {
    /** One line of it. */
    record Entry(ProjectId project, PackId pack, long lengthBytes) {
        String line() {
            return project + " " + pack + " " + lengthBytes + "\n";
        }
    }

    private PackList() {}

    /** Hands over the lines one by one; CORRUPT where one isn't a pack's. */
    static void forEach(Path file, Consumer<Entry> visitor) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                visitor.accept(parse(line));
            }
        }
    }

    private static Entry parse(String line) {
        if (!line.matches("[0-9a-f]{32} [0-9a-f]{32} [0-9]{1,15}")) {
            throw SynclineException.corrupt("the backup's list of packs is damaged: " + line);
        }
        return new Entry(
                new ProjectId(line.substring(0, 32)),
                new PackId(line.substring(33, 65)),
                Long.parseLong(line.substring(66)));
    }
}
