-- Snapshots whose files are durable, a handful per project. Asked by project: the newest, all of
-- them, or one by its id.
CREATE TABLE snapshot (
    project  INTEGER NOT NULL,
    id       BLOB NOT NULL,
    epoch    BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    nodes    INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
