-- Files written shortly before a power cut, as they were known then, until each was read once (R31): suspect. deleted = 1: it was gone from here.
-- size, level and hash are what it held where that isn't what is agreed on. Empty but for the check after a cut.
CREATE TABLE suspect (
    id INTEGER PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, birth INTEGER NOT NULL,
    size INTEGER, level INTEGER, hash BLOB, deleted INTEGER NOT NULL
) STRICT;
-- A deleted file that the cut brought back, by what it was: deletedSuspect.
CREATE INDEX suspect_deleted ON suspect (inode, device, birth) WHERE deleted = 1;

-- What a power cut made of a file, as it was read, until it is put away (R31): damaged, damagedAfter, damagedCount.
CREATE TABLE damaged (
    id INTEGER PRIMARY KEY, size INTEGER NOT NULL, level INTEGER NOT NULL, hash BLOB NOT NULL,
    device INTEGER NOT NULL, inode INTEGER NOT NULL, birth INTEGER NOT NULL, disk_kind INTEGER NOT NULL, disk_size INTEGER NOT NULL,
    disk_mtime INTEGER NOT NULL, disk_ctime INTEGER NOT NULL, disk_executable INTEGER NOT NULL, disk_links INTEGER NOT NULL
) STRICT;
