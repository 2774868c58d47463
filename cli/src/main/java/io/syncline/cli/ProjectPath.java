package io.syncline.cli;

import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.SynclineException;
import io.syncline.core.name.Decoded;
import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.LocalNames;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A path in a project, and the folder whose project it is.
 *
 * <p>People may also give a path of the disk: an absolute one inside a synced folder, or, where the
 * current directory is inside one, a relative one. What else they give is a path in the project,
 * from its root, with or without a slash before it.
 *
 * @param path names joined by slashes; empty for the root
 */
record ProjectPath(FolderLink link, String path) {
    /** What the commands that take one say of it. */
    static final String FORMS =
            "A path in the project; or one of the disk: absolute, or relative to the current"
                    + " directory where that is in a synced folder";

    /** How names are read; those that a device had to spell otherwise prove it, on any of them. */
    private static final LocalNames NAMES = new LocalNames(FileSystemTraits.LINUX);

    /** The path that is meant; a note says which one where it was found by way of the disk. */
    static ProjectPath of(Globals globals, FolderOption option, String given) {
        Optional<Path> folder = option.path();
        Path here = Path.of("").toAbsolutePath();
        for (FolderLink link : globals.home().links()) {
            if (folder.isPresent() && !folder.get().equals(link.folder())) {
                continue;
            }
            Optional<String> inside = inside(link.folder(), here, given);
            if (inside.isPresent()) {
                globals.console()
                        .note(
                                given
                                        + " is "
                                        + (inside.get().isEmpty() ? "the root" : inside.get())
                                        + " in project "
                                        + link.projectName());
                return new ProjectPath(link, inside.get());
            }
        }
        return new ProjectPath(globals.link(folder), plain(given));
    }

    /** Without slashes around it. */
    static String plain(String path) {
        return path.replaceAll("^/+|/+$", "");
    }

    boolean isRoot() {
        return path.isEmpty();
    }

    /** Another path of the same project, given in the same ways. */
    String beside(String given) {
        return inside(link.folder(), Path.of("").toAbsolutePath(), given)
                .orElseGet(() -> plain(given));
    }

    /**
     * The path in the project of what is meant on the disk; empty where the disk isn't meant.
     *
     * @param root a synced folder, absolute and without symbolic links
     * @param here the current directory
     * @throws SynclineException INVALID for a relative path that leads out of the folder
     */
    static Optional<String> inside(Path root, Path here, String given) {
        Path path;
        try {
            path = Path.of(given);
        } catch (InvalidPathException e) {
            // The disk can't have it; the project may.
            return Optional.empty();
        }
        boolean relative = !path.isAbsolute();
        if (given.isEmpty() || (relative && !here.startsWith(root))) {
            return Optional.empty();
        }
        Path asGiven = here.resolve(path).normalize();
        // The last name stays as it is: a symlink is a node of its own.
        Path found = asGiven.startsWith(root) ? asGiven : withRealParent(asGiven);
        if (found.startsWith(root)) {
            return Optional.of(
                    StreamSupport.stream(root.relativize(found).spliterator(), false)
                            .map(name -> exact(name.toString()))
                            .collect(Collectors.joining("/")));
        }
        if (relative) {
            throw SynclineException.invalid(given + " is outside of the synced folder " + root);
        }
        return Optional.empty();
    }

    /** The path with symbolic links resolved as far as its directories are there. */
    private static Path withRealParent(Path path) {
        for (Path above = path.getParent(); above != null; above = above.getParent()) {
            try {
                return above.toRealPath().resolve(above.relativize(path));
            } catch (IOException e) {
                // It isn't there, or can't be looked at; perhaps what is above it can.
            }
        }
        return path;
    }

    private static String exact(String local) {
        return switch (NAMES.decode(local)) {
            case Decoded.Plain plain -> plain.name().value();
            case Decoded.Mapped mapped -> mapped.name().value();
            case Decoded.Shortened shortened -> shortened.literal().value();
            case Decoded.Impossible _ -> local;
        };
    }
}
