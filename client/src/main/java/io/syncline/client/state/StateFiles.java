package io.syncline.client.state;

import java.nio.file.Path;
import java.util.List;

/** How a folder's state is kept on disk, as far as a doctor needs to know. */
public interface StateFiles {
    /**
     * What is wrong with the state's file; empty: nothing. Reads all of it. Nobody else may have it
     * open.
     */
    List<String> faults(Path file);

    /** Opens it. */
    StateStore open(Path file);

    /** The file and those beside it that belong to it, of which some may not exist. */
    List<Path> parts(Path file);
}
