-- Quotas: what projects hold, and what projects and accounts may hold.

-- What a project holds. content_bytes: the content of its live nodes, kept by each commit in its own
-- transaction. The others are over the rows of its blocks and kept by the triggers below, so that
-- no statement can forget them. Asked by project with every commit, every chunk and by statistics.
CREATE TABLE usage (
    project       INTEGER NOT NULL PRIMARY KEY,
    content_bytes INTEGER NOT NULL,
    frame_bytes   INTEGER NOT NULL,
    block_bytes   INTEGER NOT NULL,
    blocks        INTEGER NOT NULL
) STRICT;

INSERT INTO usage (project, content_bytes, frame_bytes, block_bytes, blocks)
    SELECT key,
        (SELECT coalesce(sum(size), 0) FROM node WHERE node.project = key AND deleted = 0),
        (SELECT coalesce(sum(length), 0) FROM block WHERE block.project = key),
        (SELECT coalesce(sum(size), 0) FROM block WHERE block.project = key),
        (SELECT count(*) FROM block WHERE block.project = key)
    FROM project;

-- Every project has a row from its first moment on.
CREATE TRIGGER usage_project AFTER INSERT ON project
    BEGIN INSERT INTO usage VALUES (new.key, 0, 0, 0, 0); END;

CREATE TRIGGER usage_block_added AFTER INSERT ON block
    BEGIN UPDATE usage SET frame_bytes = frame_bytes + new.length,
        block_bytes = block_bytes + new.size, blocks = blocks + 1 WHERE project = new.project; END;

CREATE TRIGGER usage_block_removed AFTER DELETE ON block
    BEGIN UPDATE usage SET frame_bytes = frame_bytes - old.length,
        block_bytes = block_bytes - old.size, blocks = blocks - 1 WHERE project = old.project; END;

-- A revived or rewritten block may have a frame of another length.
CREATE TRIGGER usage_block_moved AFTER UPDATE OF length ON block WHEN new.length <> old.length
    BEGIN UPDATE usage SET frame_bytes = frame_bytes + new.length - old.length
        WHERE project = new.project; END;

-- What may be held; a column without a value is no limit. kind 0: every project that has no limit of
-- its own (holder is empty), 1: the project of this id, 2: all projects that the account of this id
-- owns, together. Asked by key with every commit.
CREATE TABLE quota (
    kind          INTEGER NOT NULL,
    holder        BLOB NOT NULL,
    content_bytes INTEGER,
    nodes         INTEGER,
    frame_bytes   INTEGER,
    PRIMARY KEY (kind, holder)
) STRICT, WITHOUT ROWID;
