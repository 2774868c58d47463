package io.syncline.client.disk;

/** Whether the folder on disk is still the one that was linked. All but {@link #FINE} stop it. */
public enum RootState {
    /** The same directory, with our marker. */
    FINE,
    /** The path of the root leads to nothing (or can't be reached). */
    GONE,
    /** The path leads to another directory, or the marker is missing or names another replica. */
    SWAPPED
}
