package io.syncline.server.migrate;

import io.syncline.core.error.SynclineException;
import io.syncline.server.admin.NewEpoch;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Takes back the mark of a server that was moved away. */
public final class Reopening {
    private Reopening() {}

    /**
     * Begins a new epoch for each project, then takes the mark away: what devices saw of the other
     * place isn't this one's history, and is merged as after a restore (R4).
     *
     * @return how many projects there are
     * @throws SynclineException INVALID where nothing was moved away
     */
    public static int run(MoveSide side, RandomGenerator random, Instant now) {
        if (MoveMarks.find(side.metadata(), MoveMarks.LEFT).isEmpty()) {
            throw SynclineException.invalid(side.name() + " wasn't moved away");
        }
        int projects = NewEpoch.ofAll(side.metadata(), random, now);
        MoveMarks.delete(side.metadata(), MoveMarks.LEFT);
        return projects;
    }
}
