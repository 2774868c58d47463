-- What several nodes of one server agree on. Times are milliseconds since 1970.

-- Who does what only one node does at a time; see Leases. One row per kind of work.
-- rested: until when it isn't due for others than the holder.
-- Asked by name: before each round of background work, and in each transaction of one.
CREATE TABLE lease (
    name    TEXT NOT NULL PRIMARY KEY,
    holder  TEXT NOT NULL,
    fence   INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    rested  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- From whom something was taken that sockets rely on; see RightChanges.
-- Asked by sequence: every few seconds for what is new, and for the newest. Forgotten from below.
CREATE TABLE right_change (
    sequence INTEGER NOT NULL PRIMARY KEY,
    account  TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- Failed attempts at secrets; see Attempts.
-- Asked by network, before each attempt and after a failed one.
CREATE TABLE attempt (
    network  TEXT NOT NULL PRIMARY KEY,
    failures REAL NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Asked for those that faded, by the sweeper.
CREATE INDEX attempt_at ON attempt (at);
