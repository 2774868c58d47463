-- The server's metadata in SQLite. A statement ends with a semicolon at the end of a line.
-- Times are milliseconds since 1970, ids 16 bytes, hashes 32. Text compares byte by byte (BINARY).
-- Every table of a project begins its key with the project's dense number, so that 128 random bits
-- aren't the prefix of every key and a sharded store could split by project.
-- There are no foreign keys: every write is validated by its own transaction, and each check would
-- cost a look-up per row on the hottest path.

-- People and machines. Asked by id (members' names) and by name (log-in).
CREATE TABLE account (
    id            BLOB NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    password_hash TEXT,
    created       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Log-in by name; names are unique.
CREATE UNIQUE INDEX account_name ON account (name);

-- Browser sessions. Asked by the token's SHA-256 with every request of a browser.
CREATE TABLE session (
    token   BLOB NOT NULL PRIMARY KEY,
    account BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Ending all sessions of an account.
CREATE INDEX session_account ON session (account);
-- Sweeping expired sessions.
CREATE INDEX session_expires ON session (expires);

-- Installations of the client; kept when revoked, because nodes name them. Asked by id.
CREATE TABLE device (
    id      BLOB NOT NULL PRIMARY KEY,
    account BLOB NOT NULL,
    name    TEXT NOT NULL,
    token   BLOB NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    revoked INTEGER
) STRICT, WITHOUT ROWID;
-- Authentication of every request of a device; tokens are unique.
CREATE UNIQUE INDEX device_token ON device (token);
-- The devices of an account, and those of a project's members, oldest first.
CREATE INDEX device_account ON device (account, created, id);

-- Projects with their heads. Asked by key within transactions.
CREATE TABLE project (
    key            INTEGER NOT NULL PRIMARY KEY,
    id             BLOB NOT NULL,
    name           TEXT NOT NULL,
    format         INTEGER NOT NULL,
    portable_names INTEGER NOT NULL,
    epoch          BLOB NOT NULL,
    parent_epoch   BLOB,
    fork_sequence  INTEGER NOT NULL,
    head           INTEGER NOT NULL,
    digest         BLOB NOT NULL,
    nodes          INTEGER NOT NULL,
    floor          INTEGER NOT NULL,
    next_block     INTEGER NOT NULL,
    created        INTEGER NOT NULL
) STRICT;
-- From the id in a request's address to the project; ids are unique.
CREATE UNIQUE INDEX project_id ON project (id);

-- The digest that a project had after each commit: judges cursors and checkpoints (R2).
CREATE TABLE commit_digest (
    project  INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    time     INTEGER NOT NULL,
    PRIMARY KEY (project, sequence)
) STRICT, WITHOUT ROWID;

-- Who may do what. Asked by (project, account) with every request below a project.
CREATE TABLE member (
    project INTEGER NOT NULL,
    account BLOB NOT NULL,
    role    INTEGER NOT NULL,
    PRIMARY KEY (project, account)
) STRICT, WITHOUT ROWID;
-- The projects of an account.
CREATE INDEX member_account ON member (account);

-- Invitations. Asked by the secret's SHA-256.
CREATE TABLE join_link (
    id        BLOB NOT NULL PRIMARY KEY,
    secret    BLOB NOT NULL,
    project   INTEGER NOT NULL,
    role      INTEGER NOT NULL,
    uses_left INTEGER NOT NULL,
    expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Joining; secrets are unique.
CREATE UNIQUE INDEX join_link_secret ON join_link (secret);
-- The links of a project, soonest to expire first.
CREATE INDEX join_link_project ON join_link (project, expires, id);
-- Sweeping expired links.
CREATE INDEX join_link_expires ON join_link (expires);
-- Sweeping used-up links.
CREATE INDEX join_link_used_up ON join_link (id) WHERE uses_left = 0;

-- The latest version of every node, tombstones included. Asked by (project, id) for validation and
-- walking up; scanned in order of id for snapshots.
CREATE TABLE node (
    project    INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    parent     INTEGER NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT,
    kind       INTEGER NOT NULL,
    executable INTEGER NOT NULL,
    mtime_ns   INTEGER NOT NULL,
    level      INTEGER,
    hash       BLOB,
    size       INTEGER,
    sequence   INTEGER NOT NULL,
    deleted    INTEGER NOT NULL,
    device     BLOB NOT NULL,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
-- A page of live children in byte order of names; the live child of a name; whether a directory has
-- live children. Unique: two live siblings never share a name.
CREATE UNIQUE INDEX node_child ON node (project, parent, name) WHERE deleted = 0;
-- The change feed. Unique: a sequence belongs to one node.
CREATE UNIQUE INDEX node_feed ON node (project, sequence);
-- Names that some system can't tell apart, in projects with portable names only.
CREATE INDEX node_key ON node (project, parent, name_key) WHERE deleted = 0 AND name_key IS NOT NULL;

-- Every version that a node ever had, within retention. Asked by page, newest first. Unique: a
-- sequence is used once.
CREATE TABLE history (
    project    INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    parent     INTEGER NOT NULL,
    name       TEXT NOT NULL,
    kind       INTEGER NOT NULL,
    executable INTEGER NOT NULL,
    mtime_ns   INTEGER NOT NULL,
    level      INTEGER,
    hash       BLOB,
    size       INTEGER,
    deleted    INTEGER NOT NULL,
    device     BLOB NOT NULL,
    action     INTEGER NOT NULL,
    origin     INTEGER,
    time       INTEGER NOT NULL,
    PRIMARY KEY (project, sequence)
) STRICT, WITHOUT ROWID;
-- One node's history, newest first.
CREATE INDEX history_node ON history (project, id, sequence);

-- The answers given to commits, kept 30 days (R9). A table with row numbers, because the answers
-- are long and the commits' ids random: only the slim index below is written in random order.
CREATE TABLE answer (
    project   INTEGER NOT NULL,
    commit_id BLOB NOT NULL,
    body      BLOB NOT NULL,
    answer    BLOB NOT NULL,
    time      INTEGER NOT NULL
) STRICT;
-- Whether a commit was answered; unique.
CREATE UNIQUE INDEX answer_commit ON answer (project, commit_id);
-- Sweeping answers of more than 30 days.
CREATE INDEX answer_time ON answer (time);

-- Packs that block rows point into: a small number instead of 128 random bits in every row.
CREATE TABLE pack (
    key     INTEGER NOT NULL PRIMARY KEY,
    project INTEGER NOT NULL,
    id      BLOB NOT NULL
) STRICT;
-- From a pack's id to its number; unique.
CREATE UNIQUE INDEX pack_id ON pack (project, id);

-- Which blocks a project has and where they are (R33). Asked by (project, hash), by the thousand.
CREATE TABLE block (
    project   INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    pack      INTEGER NOT NULL,
    offset    INTEGER NOT NULL,
    length    INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    level     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    arrived   INTEGER NOT NULL,
    condemned INTEGER NOT NULL,
    PRIMARY KEY (project, hash)
) STRICT, WITHOUT ROWID;

-- Linked folders with their newest checkpoints (R15, R42). Asked by (project, replica); a project
-- has at most thousands, so the floor is found by looking at all of them.
CREATE TABLE replica (
    project           INTEGER NOT NULL,
    id                BLOB NOT NULL,
    device            BLOB NOT NULL,
    received_epoch    BLOB NOT NULL,
    received_sequence INTEGER NOT NULL,
    digest            BLOB NOT NULL,
    agreed_epoch      BLOB,
    agreed_sequence   INTEGER,
    held_back         INTEGER NOT NULL,
    folder            TEXT NOT NULL,
    seen              INTEGER NOT NULL,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;

-- Uploads in progress (R26): one expiring row per device and project.
CREATE TABLE upload (
    project INTEGER NOT NULL,
    device  BLOB NOT NULL,
    started INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (project, device)
) STRICT, WITHOUT ROWID;
-- Sweeping expired uploads.
CREATE INDEX upload_expires ON upload (expires);

-- Named values of the installation, such as the key of the server's MACs.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
