-- What several nodes of one server agree on. Times are milliseconds since 1970; those of leases by the
-- clock of the database.

-- Who does what only one node does at a time; see Leases. One row per kind of work.
-- rested: until when it isn't due for others than the holder.
-- Asked by name: before each round of background work, and in each transaction of one.
CREATE TABLE lease (
    name    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder  TEXT COLLATE "C" NOT NULL,
    fence   BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    rested  BIGINT NOT NULL
);

-- From whom something was taken that sockets rely on; see RightChanges.
-- Asked by sequence: every few seconds for what is new, and for the newest. Forgotten from below.
CREATE TABLE right_change (
    sequence BIGINT NOT NULL PRIMARY KEY,
    account  BYTEA NOT NULL,
    at       BIGINT NOT NULL
);

-- Failed attempts at secrets; see Attempts.
-- Asked by network, before each attempt and after a failed one.
CREATE TABLE attempt (
    network  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures DOUBLE PRECISION NOT NULL,
    at       BIGINT NOT NULL
);
-- Asked for those that faded, by the sweeper.
CREATE INDEX attempt_at ON attempt (at);
