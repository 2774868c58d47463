-- Collecting of unused blocks (R10, R26, R47), compaction (R5) and quarantine (R25).
-- From here on block.condemned is 0 or the time at which the block was condemned.

-- The collector's row of a project: shared by what stores tree blocks and commits, excluded by the
-- collector, where the store has more than one writer. Asked by project.
CREATE TABLE collector (
    project  INTEGER NOT NULL PRIMARY KEY,
    finished INTEGER NOT NULL
) STRICT;

-- Tree blocks by number: all of them to condemn them level by level, the newest to mark what they
-- list. A thousandth of all blocks.
CREATE INDEX block_tree ON block (project, number) WHERE level > 0;

-- Since when nothing points into a pack; null while something does.
ALTER TABLE pack ADD COLUMN superseded INTEGER;
-- A project's packs in order of key, to compare them with what is stored.
CREATE INDEX pack_project ON pack (project, key);
-- The packs that wait for their deletion, earliest first.
CREATE INDEX pack_superseded ON pack (project, superseded) WHERE superseded IS NOT NULL;

-- Blocks whose bytes are damaged, until they are stored again. Asked by project (whether there are
-- any) and by hash.
CREATE TABLE quarantine (
    project INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (project, hash)
) STRICT, WITHOUT ROWID;
