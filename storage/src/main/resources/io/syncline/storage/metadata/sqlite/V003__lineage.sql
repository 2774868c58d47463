-- The earlier epochs of a project (R3), one row per epoch that was left: the last sequence of it that
-- belongs to the present history, and up to where readers beyond that share it (0: not known).
-- Asked by (project, epoch) for a reader that shows a proof of another epoch.
CREATE TABLE ancestor (
    project INTEGER NOT NULL,
    epoch   BLOB NOT NULL,
    fork    INTEGER NOT NULL,
    shared  INTEGER NOT NULL,
    PRIMARY KEY (project, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO ancestor (project, epoch, fork, shared)
    SELECT key, parent_epoch, fork_sequence, fork_sequence FROM project WHERE parent_epoch IS NOT NULL;

-- Tombstones at or below the floor, which are deleted in slices (R16); without it each slice would
-- walk the whole feed.
CREATE INDEX node_tombstone ON node (project, sequence) WHERE deleted = 1;
-- Replicas that were not seen for long, which are forgotten.
CREATE INDEX replica_seen ON replica (seen);
