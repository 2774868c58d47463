package io.syncline.storage.block.pack;

import io.syncline.core.error.SynclineException;
import io.syncline.core.frame.PackHeader;
import io.syncline.core.frame.PackIndex;
import io.syncline.core.frame.PackScanner;
import io.syncline.core.tree.ProjectId;
import io.syncline.storage.block.PackId;
import io.syncline.storage.block.pack.Disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names, lists and repairs the files of packs. */
final class PackFolder {
    private static final String ENDING = ".pack";
    private static final Logger LOG = LoggerFactory.getLogger(PackFolder.class);

    private final Path root;
    private final Disk disk;

    PackFolder(Path root, Disk disk) {
        this.root = root;
        this.disk = disk;
    }

    Path folder(ProjectId project) {
        return root.resolve(project.value());
    }

    Path file(ProjectId project, PackId pack) {
        return folder(project).resolve(pack.value() + ENDING);
    }

    /** Makes the folder of a project, durably. */
    void makeFolder(ProjectId project) throws IOException {
        Path folder = folder(project);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            disk.forceFolder(root);
        }
    }

    List<ProjectId> projects() throws IOException {
        List<ProjectId> found = new ArrayList<>();
        for (String name : names(root)) {
            if (name.matches("[0-9a-f]{32}")) {
                found.add(new ProjectId(name));
            }
        }
        return found;
    }

    List<PackId> packs(ProjectId project) throws IOException {
        List<PackId> found = new ArrayList<>();
        for (String name : names(folder(project))) {
            if (name.matches("[0-9a-f]{32}\\.pack")) {
                found.add(new PackId(name.substring(0, 32)));
            }
        }
        return found;
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The scanner's view of a file, of its first {@code limit} bytes only. */
    static PackScanner.Source source(DiskFile file, long limit) {
        return (offset, into) -> {
            int wanted = (int) Math.min(into.remaining(), limit - offset);
            if (wanted <= 0) {
                return 0;
            }
            try {
                byte[] bytes = new byte[wanted];
                int read = file.read(bytes, 0, wanted, offset);
                if (read > 0) {
                    into.put(bytes, 0, read);
                }
                return read;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** Whether a pack's end looks finished. */
    static boolean endsWithIndex(DiskFile file) throws IOException {
        long size = file.size();
        if (size < PackHeader.BYTES + PackIndex.TRAILER_BYTES) {
            return false;
        }
        Optional<Integer> length =
                PackIndex.length(
                        readAt(file, size - PackIndex.TRAILER_BYTES, PackIndex.TRAILER_BYTES));
        if (length.isEmpty() || length.get() > size - PackHeader.BYTES) {
            return false;
        }
        try {
            PackIndex.read(readAt(file, size - length.get(), length.get()));
            return true;
        } catch (SynclineException e) {
            LOG.atDebug().setCause(e).log("what looks like a pack's index isn't one");
            return false;
        }
    }

    /**
     * What a pack's frames say of themselves.
     *
     * @param end where the last right one ends
     */
    record Contents(List<PackIndex.Entry> entries, long end) {}

    /** Reads a whole pack; CORRUPT where it has no header. */
    static Contents contents(DiskFile file) throws IOException {
        List<PackIndex.Entry> entries = new ArrayList<>();
        try {
            PackScanner scanner = new PackScanner(source(file, file.size()));
            while (true) {
                switch (scanner.next()) {
                    case PackScanner.Frame frame ->
                            entries.add(
                                    new PackIndex.Entry(
                                            frame.header().hash(),
                                            frame.offsetBytes(),
                                            frame.header().frameBytes(),
                                            frame.header().plainBytes(),
                                            frame.header().level()));
                    case PackScanner.Damage _ -> {
                        // Kept where it is: the frames behind it are where their rows say.
                    }
                    case PackScanner.End last -> {
                        return new Contents(entries, last.validBytes());
                    }
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException("cannot read a pack", e);
        }
    }

    /** Exactly these bytes, or fewer at the end of the file. */
    static ByteBuffer readAt(DiskFile file, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            int read = file.read(bytes, done, length - done, offset + done);
            if (read <= 0) {
                break;
            }
            done += read;
        }
        return ByteBuffer.wrap(bytes, 0, done);
    }

    /**
     * Finishes every pack that a crash left unfinished: what follows its last right frame is cut
     * off, and it gets its index. A pack without as much as a header never held anything that was
     * answered, and is deleted.
     *
     * @return how many were repaired
     */
    int repair() throws IOException {
        int repaired = 0;
        for (ProjectId project : projects()) {
            for (PackId pack : packs(project)) {
                repaired += repair(project, pack) ? 1 : 0;
            }
        }
        return repaired;
    }

    private boolean repair(ProjectId project, PackId pack) throws IOException {
        Path path = file(project, pack);
        try (DiskFile reading = disk.openForReading(path)) {
            if (endsWithIndex(reading)) {
                return false;
            }
        }
        try (DiskFile file = disk.open(path)) {
            long size = file.size();
            if (size <= PackHeader.BYTES && !hasHeader(file)) {
                Files.delete(path);
                disk.forceFolder(folder(project));
                LOG.atInfo().addKeyValue("pack", pack).log("deleted a pack that was never begun");
                return true;
            }
            Contents contents = contents(file);
            finish(file, contents.end(), contents.entries());
            LOG.atWarn()
                    .addKeyValue("pack", pack)
                    .addKeyValue("frames", contents.entries().size())
                    .addKeyValue("cutBytes", size - contents.end())
                    .log("finished a pack that a crash had left");
            return true;
        } catch (SynclineException e) {
            // A header that can't be read: nothing is known about this file, so nothing is done.
            LOG.atError().setCause(e).addKeyValue("file", path).log("a pack can't be read");
            return false;
        }
    }

    private static boolean hasHeader(DiskFile file) throws IOException {
        try {
            PackHeader.read(readAt(file, 0, PackHeader.BYTES));
            return true;
        } catch (SynclineException e) {
            LOG.atDebug().setCause(e).log("a pack has no header");
            return false;
        }
    }

    /** Cuts the file off behind its last frame, puts the index there and makes it all durable. */
    static void finish(DiskFile file, long end, List<PackIndex.Entry> entries) throws IOException {
        if (file.size() != end) {
            file.truncate(end);
        }
        ByteBuffer index = PackIndex.toBytes(entries);
        file.write(index, end);
        file.force();
    }
}
