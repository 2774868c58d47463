package io.syncline.client.ignore;

import io.syncline.client.disk.Disk;
import io.syncline.client.disk.DiskException;
import io.syncline.client.disk.Listing;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.Look;
import io.syncline.client.disk.OurNames;
import io.syncline.client.disk.Outcome;
import io.syncline.client.disk.ReadHandle;
import io.syncline.client.disk.Stat;
import io.syncline.client.disk.WriteHandle;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.ignore.IgnoreNode;

/**
 * The {@code .synclineignore} in the root of a folder, for a person who writes it: what it says,
 * what other rules would ignore, and putting them in its place. Thread-safe. What is saved is a
 * save like that of any program: the watcher hears of it and the folder's scan goes by it.
 */
public final class IgnoreFile {
    /** How many entries of the disk one preview looks at. */
    public static final int LOOKED_MAX = 200_000;

    /** How many ignored entries a preview names; it counts them all. */
    public static final int MATCHES_MAX = 200;

    private static final LocalPath FILE = LocalPath.of(Ignores.FILE_NAME);

    private final Disk disk;

    /** The file of that disk. */
    public IgnoreFile(Disk disk) {
        this.disk = disk;
    }

    /**
     * What the file says.
     *
     * @param version names these bytes; empty where there is no file
     */
    public record Rules(String text, String version) {}

    /** An entry that is ignored, while the directory that holds it isn't. */
    public record Match(LocalPath path, boolean directory) {}

    /**
     * What rules would ignore.
     *
     * @param looked how many entries were looked at; those below an ignored directory aren't
     * @param complete false where there are more than {@link #LOOKED_MAX}, or some can't be read
     * @param files how many ignored entries are no directories
     * @param directories how many are, each with all below it
     * @param matches the first {@link #MATCHES_MAX} that were found, in order of their paths
     */
    public record Preview(
            long looked, boolean complete, long files, long directories, List<Match> matches) {
        public Preview {
            matches = List.copyOf(matches);
        }
    }

    private record Found(Rules rules, Optional<Stat> stat) {}

    /** What the file says now. INVALID where it is no text in UTF-8. */
    public Rules rules() {
        return read().rules();
    }

    private Found read() {
        Look<ReadHandle> opened = disk.open(FILE);
        if (opened.isMissing()) {
            return new Found(new Rules("", ""), Optional.empty());
        }
        try (ReadHandle handle = opened.orThrow(FILE)) {
            ByteBuffer buffer = ByteBuffer.allocate(Ignores.MAX_BYTES + 1);
            handle.read(buffer, 0);
            buffer.flip();
            checkSize(buffer.remaining());
            String version = Hash.sha256(buffer.duplicate()).toHex();
            String text = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
            return new Found(new Rules(text, version), Optional.of(handle.stat()));
        } catch (CharacterCodingException e) {
            throw new SynclineException(
                    ErrorCode.INVALID, Ignores.FILE_NAME + " is no text in UTF-8", e);
        }
    }

    private static void checkSize(int bytes) {
        if (bytes > Ignores.MAX_BYTES) {
            throw new SynclineException(
                    ErrorCode.TOO_LARGE,
                    Ignores.FILE_NAME + " has at most " + Ignores.MAX_BYTES + " bytes");
        }
    }

    /**
     * Puts these rules in the file's place; what it was goes to the trash. STALE where it isn't
     * {@code version} any more.
     */
    public void save(String text, String version) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        checkSize(bytes.length);
        Found before = read();
        if (!before.rules().version().equals(version)) {
            throw changed();
        }
        LocalPath temporary = write(bytes);
        Outcome outcome =
                before.stat()
                        .map(stat -> disk.replace(temporary, FILE, stat))
                        .orElseGet(() -> disk.placeNew(temporary, FILE));
        switch (outcome) {
            case Outcome.Done _ -> disk.forceDirectory(LocalPath.ROOT);
            case Outcome.Displaced displaced ->
                    throw new SynclineException(
                            ErrorCode.STALE,
                            "another program saved it at the same moment; what it saved is in "
                                    + displaced.kept());
            case Outcome.Changed _, Outcome.Exists _, Outcome.Missing _ -> {
                disk.discard(temporary);
                throw changed();
            }
            case Outcome.Refused refused -> {
                disk.discard(temporary);
                throw new DiskException(FILE, refused);
            }
        }
    }

    private static SynclineException changed() {
        return new SynclineException(
                ErrorCode.STALE, Ignores.FILE_NAME + " changed in the meantime");
    }

    private LocalPath write(byte[] bytes) {
        LocalPath temporary;
        try (WriteHandle handle = disk.createTemporary().orThrow(FILE)) {
            temporary = handle.path();
            try {
                handle.write(ByteBuffer.wrap(bytes), 0);
                handle.force();
            } catch (DiskException e) {
                disk.discard(temporary);
                throw e;
            }
        }
        return temporary;
    }

    /** What would be ignored if the file said this. */
    public Preview preview(String text) {
        checkSize(text.getBytes(StandardCharsets.UTF_8).length);
        return new Walk(IgnoreRules.parse(text)).run();
    }

    /** One preview: every directory that isn't ignored, from the root down. */
    private final class Walk {
        private record Step(LocalPath directory, IgnoreRules above) {}

        private final IgnoreNode root;
        private final Ignores ignores = new Ignores(disk);
        private final Deque<Step> steps = new ArrayDeque<>();
        private final List<Match> matches = new ArrayList<>();
        private long looked;
        private long files;
        private long directories;
        private boolean complete = true;

        Walk(IgnoreNode root) {
            this.root = root;
        }

        Preview run() {
            steps.add(new Step(LocalPath.ROOT, IgnoreRules.NONE));
            while (!steps.isEmpty() && looked < LOOKED_MAX) {
                walk(steps.remove());
            }
            matches.sort(Comparator.comparing(match -> match.path().toString()));
            return new Preview(looked, complete && steps.isEmpty(), files, directories, matches);
        }

        private void walk(Step step) {
            Optional<Listing> listing = disk.list(step.directory()).found();
            if (listing.isEmpty()) {
                complete = false;
                return;
            }
            complete &= listing.get().complete();
            IgnoreRules rules;
            try {
                rules = rules(step, listing.get());
            } catch (DiskException e) {
                // The scan skips a directory whose rules can't be read, too.
                complete = false;
                return;
            }
            for (Listing.Entry entry : listing.get().entries()) {
                if (looked == LOOKED_MAX) {
                    complete = false;
                    return;
                }
                looked++;
                look(step.directory().child(entry.name()), entry.stat().isDirectory(), rules);
            }
        }

        private IgnoreRules rules(Step step, Listing listing) {
            if (step.directory().isRoot()) {
                return IgnoreRules.NONE.with(root);
            }
            Optional<Stat> own =
                    listing.entries().stream()
                            .filter(entry -> entry.name().equals(Ignores.FILE_NAME))
                            .map(Listing.Entry::stat)
                            .findFirst();
            return ignores.in(step.above(), step.directory(), own);
        }

        private void look(LocalPath path, boolean directory, IgnoreRules rules) {
            if (OurNames.isOurs(path.name())) {
                return;
            }
            if (!rules.ignores(path.name(), directory)) {
                if (directory) {
                    steps.add(new Step(path, rules));
                }
                return;
            }
            if (directory) {
                directories++;
            } else {
                files++;
            }
            if (matches.size() < MATCHES_MAX) {
                matches.add(new Match(path, directory));
            }
        }
    }
}
