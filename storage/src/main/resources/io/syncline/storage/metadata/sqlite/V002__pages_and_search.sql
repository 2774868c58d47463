-- Listings in every order, and search by name.

-- What has no content has size 0 from now on: a listing by size compares the column as it is.
UPDATE node SET size = 0 WHERE size IS NULL;

-- Directories come first in every listing, by name. Few, so this index is small.
CREATE INDEX node_directory ON node (project, parent, name) WHERE deleted = 0 AND kind = 2;
-- A page of all that isn't a directory, by name. Without it a page would have to step over the
-- directories between, which may be a million. Here and below, kind makes the index hold all that
-- the walk for a page map asks for.
CREATE INDEX node_name ON node (project, parent, name, kind) WHERE deleted = 0 AND kind <> 2;
-- The same by size.
CREATE INDEX node_size ON node (project, parent, size, name, kind) WHERE deleted = 0 AND kind <> 2;
-- The same by time.
CREATE INDEX node_time ON node (project, parent, mtime_ns, name, kind) WHERE deleted = 0 AND kind <> 2;

-- Version and counts of every directory that has live children. Asked by (project, directory) with
-- each page; a directory without live children has no row.
CREATE TABLE listing (
    project     INTEGER NOT NULL,
    directory   INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    directories INTEGER NOT NULL,
    others      INTEGER NOT NULL,
    PRIMARY KEY (project, directory)
) STRICT, WITHOUT ROWID;
INSERT INTO listing
    SELECT project, parent, max(sequence), sum(kind = 2), sum(kind <> 2)
    FROM node WHERE deleted = 0 GROUP BY project, parent;

-- Names by their trigrams, for search. A row's number is the project's key and the node's id in
-- one (SqliteNameIndex), so that a search reads its own project's part of each list only. Neither
-- the names nor the positions of trigrams are kept: what is found is checked against the node.
CREATE VIRTUAL TABLE name_index USING fts5 (
    name, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);
-- How far the index of names has followed each project's change feed. Asked by project.
CREATE TABLE name_index_cursor (
    project  INTEGER NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT;
