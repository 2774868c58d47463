package io.syncline.client.scan;

/** How a scan ended. */
public sealed interface ScanResult {
    /**
     * All observations were handed over.
     *
     * @param directories how many directories were read
     * @param entries how many entries were in them
     * @param compared how many directories were compared entry by entry, their digest being new
     * @param complete whether every directory could be read in full
     */
    record Completed(long directories, long entries, long compared, boolean complete)
            implements ScanResult {}

    /** The folder isn't what it was. Nothing was concluded from it; it has to be stopped. */
    sealed interface Stopped extends ScanResult {}

    /** The path of the root leads to nothing. */
    record RootGone() implements Stopped {}

    /** Another directory is at the root's path, or its marker is missing or of another replica. */
    record RootSwapped() implements Stopped {}

    /**
     * Nothing is left in the root, where something was before.
     *
     * @param known how many entries were known: in the root, or if those were few as many as needed
     *     counting below them
     */
    record RootEmptied(int known) implements Stopped {}
}
