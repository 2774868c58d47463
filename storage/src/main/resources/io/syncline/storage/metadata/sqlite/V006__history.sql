-- The version that this one replaced, NULL for a node's first. So a version's end is found at its
-- successor, and replacing one costs no update of the row replaced.
ALTER TABLE history ADD COLUMN previous INTEGER;
UPDATE history SET previous = (SELECT max(older.sequence) FROM history AS older
    WHERE older.project = history.project AND older.id = history.id
    AND older.sequence < history.sequence);

-- What was deleted in a project, newest first.
CREATE INDEX history_deleted ON history (project, sequence) WHERE deleted = 1;
-- What was deleted in a directory, in byte order of names; the deleted nodes of one name.
CREATE INDEX history_deleted_in ON history (project, parent, name, sequence DESC)
    WHERE deleted = 1;
-- Whether something deleted was re-created, and as what (R34).
CREATE INDEX history_origin ON history (project, origin, sequence) WHERE origin IS NOT NULL;

-- How long a project keeps versions that are over, and up to which sequence its history was trimmed.
-- A project without a row keeps them for the default time and was never trimmed. Asked by project.
CREATE TABLE retention (
    project INTEGER NOT NULL PRIMARY KEY,
    millis  INTEGER,
    trimmed INTEGER NOT NULL
) STRICT;
