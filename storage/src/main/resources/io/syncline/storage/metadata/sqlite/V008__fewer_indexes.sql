-- Fewer places to write for a changed node. At a million nodes each index of all rows costs a commit
-- of 500 changes nearly 500 pages of the WAL.

-- Listings by size and by time of directories with more than some thousand children
-- (SqliteListingRows); smaller ones are sorted when they are asked for. sort: 1 by size, 2 by time.
-- Asked by (project, directory, sort) for a page, for a page map, for the rows between two.
CREATE TABLE listing_row (
    project   INTEGER NOT NULL,
    directory INTEGER NOT NULL,
    sort      INTEGER NOT NULL,
    value     INTEGER NOT NULL,
    row_name  TEXT NOT NULL,
    node      INTEGER NOT NULL,
    PRIMARY KEY (project, directory, sort, value, row_name)
) STRICT, WITHOUT ROWID;
-- Whether a directory's rows are there.
ALTER TABLE listing ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0;
UPDATE listing SET ordered = 1 WHERE others > 4096;
INSERT INTO listing_row
    SELECT l.project, l.directory, 1, n.size, n.name, n.id
    FROM listing AS l CROSS JOIN node AS n INDEXED BY node_size
        ON n.project = l.project AND n.parent = l.directory AND n.deleted = 0 AND n.kind <> 2
    WHERE l.ordered = 1 ORDER BY n.project, n.parent, n.size, n.name;
INSERT INTO listing_row
    SELECT l.project, l.directory, 2, n.mtime_ns, n.name, n.id
    FROM listing AS l CROSS JOIN node AS n INDEXED BY node_time
        ON n.project = l.project AND n.parent = l.directory AND n.deleted = 0 AND n.kind <> 2
    WHERE l.ordered = 1 ORDER BY n.project, n.parent, n.mtime_ns, n.name;
DROP INDEX node_size;
DROP INDEX node_time;

-- A node's history is walked from its newest version along history.previous. The newest one is that
-- of the node's row; where that is forgotten, the deletion is found here.
CREATE INDEX history_gone ON history (project, id) WHERE deleted = 1;
DROP INDEX history_node;
