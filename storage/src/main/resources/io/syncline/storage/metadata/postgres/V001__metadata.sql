-- The server's metadata in PostgreSQL. A statement ends with a semicolon at the end of a line.
-- Times are milliseconds since 1970, ids 16 bytes, hashes 32. Text is compared byte by byte ("C").
-- Every table of a project begins its key with the project's dense number, so that a sharded
-- PostgreSQL can split by it.
-- There are no foreign keys: every write is validated by its own transaction, and each check would
-- cost a look-up and a lock per row on the hottest path.

-- People and machines. Asked by id (members' names) and by name (log-in).
CREATE TABLE account (
    id            BYTEA NOT NULL PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C",
    created       BIGINT NOT NULL
);
-- Log-in by name; names are unique.
CREATE UNIQUE INDEX account_name ON account (name);

-- Browser sessions. Asked by the token's SHA-256 with every request of a browser.
CREATE TABLE session (
    token   BYTEA NOT NULL PRIMARY KEY,
    account BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
-- Ending all sessions of an account.
CREATE INDEX session_account ON session (account);
-- Sweeping expired sessions.
CREATE INDEX session_expires ON session (expires);

-- Installations of the client; kept when revoked, because nodes name them. Asked by id. The room
-- left in each page lets a changed time of sight stay in it, without a write to any index.
CREATE TABLE device (
    id      BYTEA NOT NULL PRIMARY KEY,
    account BYTEA NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    token   BYTEA NOT NULL,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    revoked BIGINT
) WITH (fillfactor = 80);
-- Authentication of every request of a device; tokens are unique.
CREATE UNIQUE INDEX device_token ON device (token);
-- The devices of an account, and those of a project's members, oldest first.
CREATE INDEX device_account ON device (account, created, id);

-- Projects with their heads and the content of their live nodes. Asked by key within transactions.
-- The row is the lock that orders the commits to a project (R1). Each commit rewrites it, in its
-- page.
CREATE TABLE project (
    key            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             BYTEA NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    format         INTEGER NOT NULL,
    portable_names BOOLEAN NOT NULL,
    epoch          BYTEA NOT NULL,
    parent_epoch   BYTEA,
    fork_sequence  BIGINT NOT NULL,
    head           BIGINT NOT NULL,
    digest         BYTEA NOT NULL,
    nodes          BIGINT NOT NULL,
    floor          BIGINT NOT NULL,
    content_bytes  BIGINT NOT NULL,
    created        BIGINT NOT NULL
) WITH (fillfactor = 50);
-- From the id in a request's address to the project; ids are unique.
CREATE UNIQUE INDEX project_id ON project (id);

-- What the rows of a project's blocks come to, and the number that the next block gets. The row is
-- the lock that orders the writes to a project's blocks, so that numbers become visible in their
-- order (R10) and two chunks never wait for one another's blocks (R48). Its sums are kept by the
-- triggers below, so that no statement can forget them. Asked by project with every chunk.
CREATE TABLE block_total (
    project     BIGINT NOT NULL PRIMARY KEY,
    next_block  BIGINT NOT NULL,
    frame_bytes BIGINT NOT NULL,
    block_bytes BIGINT NOT NULL,
    blocks      BIGINT NOT NULL
) WITH (fillfactor = 50);

-- The digest that a project had after each commit: judges cursors and checkpoints (R2).
CREATE TABLE commit_digest (
    project  BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    digest   BYTEA NOT NULL,
    time     BIGINT NOT NULL,
    PRIMARY KEY (project, sequence)
);

-- Who may do what. Asked by (project, account) with every request below a project.
CREATE TABLE member (
    project BIGINT NOT NULL,
    account BYTEA NOT NULL,
    role    SMALLINT NOT NULL,
    PRIMARY KEY (project, account)
);
-- The projects of an account.
CREATE INDEX member_account ON member (account);

-- Invitations. Asked by the secret's SHA-256.
CREATE TABLE join_link (
    id        BYTEA NOT NULL PRIMARY KEY,
    secret    BYTEA NOT NULL,
    project   BIGINT NOT NULL,
    role      SMALLINT NOT NULL,
    uses_left INTEGER NOT NULL,
    expires   BIGINT NOT NULL
);
-- Joining; secrets are unique.
CREATE UNIQUE INDEX join_link_secret ON join_link (secret);
-- The links of a project, soonest to expire first.
CREATE INDEX join_link_project ON join_link (project, expires, id);
-- Sweeping expired links.
CREATE INDEX join_link_expires ON join_link (expires);
-- Sweeping used-up links.
CREATE INDEX join_link_used_up ON join_link (id) WHERE uses_left = 0;

-- The latest version of every node, tombstones included. Asked by (project, id) for validation and
-- walking up; scanned in order of id for snapshots. Without content the size is 0.
CREATE TABLE node (
    project    BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    parent     BIGINT NOT NULL,
    mtime_ns   BIGINT NOT NULL,
    size       BIGINT NOT NULL,
    sequence   BIGINT NOT NULL,
    kind       INTEGER NOT NULL,
    level      SMALLINT,
    executable BOOLEAN NOT NULL,
    deleted    BOOLEAN NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    device     BYTEA NOT NULL,
    hash       BYTEA,
    name_key   TEXT COLLATE "C",
    PRIMARY KEY (project, id)
);
-- A page of live children in byte order of names; the live child of a name. Unique: two live
-- siblings never share a name.
CREATE UNIQUE INDEX node_child ON node (project, parent, name) WHERE NOT deleted;
-- The change feed. Unique: a sequence belongs to one node.
CREATE UNIQUE INDEX node_feed ON node (project, sequence);
-- Names that some system can't tell apart, in projects with portable names only.
CREATE INDEX node_key ON node (project, parent, name_key) WHERE NOT deleted AND name_key IS NOT NULL;
-- Directories come first in every listing, by name.
CREATE INDEX node_directory ON node (project, parent, name) WHERE NOT deleted AND kind = 2;
-- A page of all that isn't a directory, by name. Here and below, without the index a page would
-- have to step over the directories between, or to sort.
CREATE INDEX node_name ON node (project, parent, name) WHERE NOT deleted AND kind <> 2;
-- The same by size.
CREATE INDEX node_size ON node (project, parent, size, name) WHERE NOT deleted AND kind <> 2;
-- The same by time.
CREATE INDEX node_time ON node (project, parent, mtime_ns, name) WHERE NOT deleted AND kind <> 2;
-- Tombstones at or below the floor, which are deleted in slices (R16).
CREATE INDEX node_tombstone ON node (project, sequence) WHERE deleted;

-- Version and counts of every directory that has live children. Asked by (project, directory) with
-- each page; a directory without live children has no row.
CREATE TABLE listing (
    project     BIGINT NOT NULL,
    directory   BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    directories BIGINT NOT NULL,
    others      BIGINT NOT NULL,
    PRIMARY KEY (project, directory)
) WITH (fillfactor = 80);

-- Names by their trigrams, for search: each trigram as a number of 32 bits that depends on the
-- project as well. What is found is checked against the node. Asked by trigrams, or, where those are
-- frequent, walked down by (project, node).
CREATE TABLE name_gram (
    project BIGINT NOT NULL,
    node    BIGINT NOT NULL,
    grams   INTEGER[] NOT NULL,
    PRIMARY KEY (project, node)
);
-- The names that hold all of some trigrams.
CREATE INDEX name_gram_grams ON name_gram USING gin (grams);

-- How far the index of names has followed each project's change feed. Asked by project.
CREATE TABLE name_gram_cursor (
    project  BIGINT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL
);

-- Every version that a node ever had, within retention. Asked by page, newest first. Unique: a
-- sequence is used once. previous: the version that this one replaced, NULL for a node's first; a
-- node's history is walked along it.
CREATE TABLE history (
    project    BIGINT NOT NULL,
    sequence   BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    parent     BIGINT NOT NULL,
    mtime_ns   BIGINT NOT NULL,
    size       BIGINT NOT NULL,
    time       BIGINT NOT NULL,
    origin     BIGINT,
    previous   BIGINT,
    kind       INTEGER NOT NULL,
    level      SMALLINT,
    action     SMALLINT NOT NULL,
    executable BOOLEAN NOT NULL,
    deleted    BOOLEAN NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    device     BYTEA NOT NULL,
    hash       BYTEA,
    PRIMARY KEY (project, sequence)
);
-- What was deleted in a project, newest first.
CREATE INDEX history_deleted ON history (project, sequence) WHERE deleted;
-- What was deleted in a directory, in byte order of names; the deleted nodes of one name.
CREATE INDEX history_deleted_in ON history (project, parent, name, sequence DESC) WHERE deleted;
-- Whether something deleted was re-created, and as what (R34).
CREATE INDEX history_origin ON history (project, origin, id) WHERE origin IS NOT NULL;
-- The newest version of a node whose own row is forgotten: its deletion.
CREATE INDEX history_gone ON history (project, id, sequence) WHERE deleted;

-- How long a project keeps versions that are over, and up to which sequence its history was trimmed.
-- A project without a row keeps them for the default time and was never trimmed. Asked by project.
CREATE TABLE retention (
    project BIGINT NOT NULL PRIMARY KEY,
    millis  BIGINT,
    trimmed BIGINT NOT NULL
);

-- The answers given to commits, kept 30 days (R9). Asked by commit.
CREATE TABLE answer (
    project   BIGINT NOT NULL,
    commit_id BYTEA NOT NULL,
    body      BYTEA NOT NULL,
    answer    BYTEA NOT NULL,
    time      BIGINT NOT NULL,
    PRIMARY KEY (project, commit_id)
);
-- Sweeping answers of more than 30 days.
CREATE INDEX answer_time ON answer (time);

-- Packs that block rows point into: a small number instead of 128 random bits in every row.
-- superseded: since when nothing points into a pack. Asked by (project, key) for places, and in
-- order of key to compare them with what is stored.
CREATE TABLE pack (
    project    BIGINT NOT NULL,
    key        BIGINT GENERATED ALWAYS AS IDENTITY,
    id         BYTEA NOT NULL,
    superseded BIGINT,
    PRIMARY KEY (project, key)
);
-- From a pack's id to its number; unique.
CREATE UNIQUE INDEX pack_id ON pack (project, id);
-- The packs that wait for their deletion, earliest first.
CREATE INDEX pack_superseded ON pack (project, superseded) WHERE superseded IS NOT NULL;

-- Which blocks a project has and where they are (R33). Asked by (project, hash), by the thousand.
-- condemned: 0 or when it was condemned. By far the largest table, so it is cut into sixteen, by
-- project: each is vacuumed by itself.
CREATE TABLE block (
    project   BIGINT NOT NULL,
    pack      BIGINT NOT NULL,
    number    BIGINT NOT NULL,
    place     BIGINT NOT NULL,
    arrived   BIGINT NOT NULL,
    condemned BIGINT NOT NULL,
    length    INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    level     SMALLINT NOT NULL,
    hash      BYTEA NOT NULL,
    PRIMARY KEY (project, hash)
) PARTITION BY HASH (project);
CREATE TABLE block_00 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE block_01 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE block_02 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE block_03 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE block_04 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE block_05 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE block_06 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE block_07 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE block_08 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE block_09 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE block_10 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE block_11 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE block_12 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE block_13 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE block_14 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE block_15 PARTITION OF block FOR VALUES WITH (MODULUS 16, REMAINDER 15);
-- Tree blocks by number: all of them to condemn them level by level, the newest to mark what they
-- list. A thousandth of all blocks.
CREATE INDEX block_tree ON block (project, number) WHERE level > 0;

-- Keep block_total.
CREATE FUNCTION block_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE block_total AS t SET frame_bytes = t.frame_bytes + s.frames,
        block_bytes = t.block_bytes + s.plain, blocks = t.blocks + s.rows
    FROM (SELECT project, sum(length) AS frames, sum(size) AS plain, count(*) AS rows
        FROM added GROUP BY project) AS s
    WHERE t.project = s.project; RETURN NULL; END $$;
CREATE FUNCTION block_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE block_total AS t SET frame_bytes = t.frame_bytes - s.frames,
        block_bytes = t.block_bytes - s.plain, blocks = t.blocks - s.rows
    FROM (SELECT project, sum(length) AS frames, sum(size) AS plain, count(*) AS rows
        FROM removed GROUP BY project) AS s
    WHERE t.project = s.project; RETURN NULL; END $$;
-- A revived or moved block may have a frame of another length.
CREATE FUNCTION block_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE block_total AS t SET frame_bytes = t.frame_bytes + s.frames
    FROM (SELECT project, sum(frames) AS frames FROM (
            SELECT project, length AS frames FROM added
            UNION ALL SELECT project, -length FROM removed) AS both_sides
        GROUP BY project) AS s
    WHERE t.project = s.project AND s.frames <> 0; RETURN NULL; END $$;
CREATE TRIGGER block_added AFTER INSERT ON block REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION block_added();
CREATE TRIGGER block_removed AFTER DELETE ON block REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION block_removed();
CREATE TRIGGER block_moved AFTER UPDATE ON block
    REFERENCING NEW TABLE AS added OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION block_moved();

-- When the last whole run of a project's collector ended. Asked by project.
CREATE TABLE collector (
    project  BIGINT NOT NULL PRIMARY KEY,
    finished BIGINT NOT NULL
);

-- Blocks whose bytes are damaged, until they are stored again. Asked by project (whether there are
-- any) and by hash.
CREATE TABLE quarantine (
    project BIGINT NOT NULL,
    hash    BYTEA NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (project, hash)
);

-- Linked folders with their newest checkpoints (R15, R42). Asked by (project, replica); a project
-- has at most thousands, so the floor is found by looking at all of them.
CREATE TABLE replica (
    project           BIGINT NOT NULL,
    id                BYTEA NOT NULL,
    device            BYTEA NOT NULL,
    received_epoch    BYTEA NOT NULL,
    received_sequence BIGINT NOT NULL,
    digest            BYTEA NOT NULL,
    agreed_epoch      BYTEA,
    agreed_sequence   BIGINT,
    held_back         BIGINT NOT NULL,
    folder            TEXT COLLATE "C" NOT NULL,
    seen              BIGINT NOT NULL,
    PRIMARY KEY (project, id)
) WITH (fillfactor = 80);
-- Replicas that were not seen for long, which are forgotten.
CREATE INDEX replica_seen ON replica (seen);

-- The earlier epochs of a project (R3), one row per epoch that was left: the last sequence of it that
-- belongs to the present history, and up to where readers beyond that share it (0: not known).
-- Asked by (project, epoch) for a reader that shows a proof of another epoch.
CREATE TABLE ancestor (
    project BIGINT NOT NULL,
    epoch   BYTEA NOT NULL,
    fork    BIGINT NOT NULL,
    shared  BIGINT NOT NULL,
    PRIMARY KEY (project, epoch)
);

-- Snapshots whose files are durable, a handful per project. Asked by project: the newest, all of
-- them, or one by its id.
CREATE TABLE snapshot (
    project  BIGINT NOT NULL,
    id       BYTEA NOT NULL,
    epoch    BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    digest   BYTEA NOT NULL,
    nodes    BIGINT NOT NULL,
    size     BIGINT NOT NULL,
    created  BIGINT NOT NULL,
    PRIMARY KEY (project, id)
);

-- Uploads in progress (R26): one expiring row per device and project.
CREATE TABLE upload (
    project BIGINT NOT NULL,
    device  BYTEA NOT NULL,
    started BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (project, device)
) WITH (fillfactor = 80);
-- Sweeping expired uploads.
CREATE INDEX upload_expires ON upload (expires);

-- Named values of the installation, such as the key of the server's MACs. Asked by name.
CREATE TABLE setting (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- What may be held; a column without a value is no limit. kind 0: every project that has no limit of
-- its own (holder is empty), 1: the project of this id, 2: all projects that the account of this id
-- owns, together. Asked by key with every commit.
CREATE TABLE quota (
    kind          SMALLINT NOT NULL,
    holder        BYTEA NOT NULL,
    content_bytes BIGINT,
    nodes         BIGINT,
    frame_bytes   BIGINT,
    PRIMARY KEY (kind, holder)
);
