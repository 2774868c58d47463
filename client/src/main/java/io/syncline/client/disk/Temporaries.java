package io.syncline.client.disk;

/** What to do about temporaries of which nobody knows any more what they are. */
public final class Temporaries {
    private Temporaries() {}

    /**
     * Moves all of them to the trash: one may be the only copy of a save (R6). Says how many; one
     * that can't be moved stays where it is.
     */
    public static long keep(Disk disk) {
        long kept = 0;
        for (Listing.Entry entry : disk.temporaries()) {
            LocalPath path = LocalPath.TEMPORARIES.child(entry.name());
            kept += disk.trash(path, entry.stat()) instanceof Outcome.Refused ? 0 : 1;
        }
        if (kept > 0) {
            disk.forceDirectory(LocalPath.TRASH);
        }
        return kept;
    }
}
