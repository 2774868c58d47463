-- The first form of a replica's state. Times are nanoseconds since 1970, names are UTF-8 compared byte by byte.

-- The synced tree: each node as both sides last agreed on it, and the disk as it was right after (R23).
-- local_name: the spelling on disk where it isn't the name (R30). device is NULL exactly where the node is unmaterialised here (R44). A file or symlink has size, level and hash.
CREATE TABLE agreed (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL,
    kind INTEGER NOT NULL, executable INTEGER NOT NULL, mtime INTEGER NOT NULL,
    size INTEGER, level INTEGER, hash BLOB, version INTEGER NOT NULL,
    local_name TEXT, device INTEGER, inode INTEGER, birth INTEGER, disk_kind INTEGER, disk_size INTEGER,
    disk_mtime INTEGER, disk_ctime INTEGER, disk_executable INTEGER, disk_links INTEGER
) STRICT;
-- A place's node: agreedAt. Not unique: a transaction may hold two names for a moment.
CREATE INDEX agreed_place ON agreed (parent, name);
-- A directory's nodes in order of id (the key ends each index entry): agreedChildren.
CREATE INDEX agreed_parent ON agreed (parent);
-- The node of an inode, to recognise what was moved (R21): agreedWithInode.
CREATE INDEX agreed_inode ON agreed (inode) WHERE inode IS NOT NULL;
-- A directory's directories, by which a full scan finds its way: agreedDirectoriesSeenIn.
CREATE INDEX agreed_directory ON agreed (parent) WHERE disk_kind = 2;

-- The server's nodes where they differ from agreed, tombstones included.
CREATE TABLE remote_overlay (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL,
    kind INTEGER NOT NULL, executable INTEGER NOT NULL, mtime INTEGER NOT NULL,
    size INTEGER, level INTEGER, hash BLOB, version INTEGER NOT NULL, deleted INTEGER NOT NULL
) STRICT;
-- A place's live node: remoteAt.
CREATE INDEX remote_overlay_place ON remote_overlay (parent, name) WHERE deleted = 0;
-- A directory's live nodes in order of id: remoteChildren.
CREATE INDEX remote_overlay_parent ON remote_overlay (parent) WHERE deleted = 0;
-- The incoming deletes, counted by the brake (R28): remoteDeletedCount.
CREATE INDEX remote_overlay_deleted ON remote_overlay (id) WHERE deleted = 1;

-- The disk where it differs from agreed. present = 0: the agreed node isn't on disk. known = 0: the content hasn't
-- been read since it last changed. origin: the deleted node that a local-only one re-creates (R34).
CREATE TABLE local_overlay (
    id INTEGER PRIMARY KEY, present INTEGER NOT NULL, known INTEGER NOT NULL, parent INTEGER, name TEXT,
    kind INTEGER, executable INTEGER, mtime INTEGER, size INTEGER, level INTEGER, hash BLOB, origin INTEGER,
    local_name TEXT, device INTEGER, inode INTEGER, birth INTEGER, disk_kind INTEGER, disk_size INTEGER,
    disk_mtime INTEGER, disk_ctime INTEGER, disk_executable INTEGER, disk_links INTEGER
) STRICT;
-- A place's node on disk: localAt.
CREATE INDEX local_overlay_place ON local_overlay (parent, name) WHERE present = 1;
-- A directory's nodes on disk in order of id: localChildren.
CREATE INDEX local_overlay_parent ON local_overlay (parent) WHERE present = 1;
-- The node of an inode (R21): localWithInode.
CREATE INDEX local_overlay_inode ON local_overlay (inode) WHERE present = 1;
-- What is still to be read: localUnknown.
CREATE INDEX local_overlay_unknown ON local_overlay (id) WHERE known = 0;
-- What can be planned: localKnown, localOnlyKnown.
CREATE INDEX local_overlay_known ON local_overlay (id) WHERE known = 1;
-- The local deletes, counted by the brake (R28): localAbsentCount.
CREATE INDEX local_overlay_absent ON local_overlay (id) WHERE present = 0;

-- The sum over all that was seen in a directory (ListingDigest), as long as no row of it changed: where the disk has the same
-- sum, a scan passes over the directory.
CREATE TABLE listing (directory INTEGER PRIMARY KEY, high INTEGER NOT NULL, low INTEGER NOT NULL) STRICT;

-- The server's tree while it is being fetched anew after RESYNC; empty otherwise.
CREATE TABLE staged (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL,
    kind INTEGER NOT NULL, executable INTEGER NOT NULL, mtime INTEGER NOT NULL,
    size INTEGER, level INTEGER, hash BLOB, version INTEGER NOT NULL, deleted INTEGER NOT NULL
) STRICT;

-- Commits without an answer, exactly as sent (R8); nodes: the ids named, separated by spaces.
CREATE TABLE journal (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, nodes TEXT NOT NULL, created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is about to happen on disk (R6, R12); body is JSON.
CREATE TABLE intent (id INTEGER PRIMARY KEY, node INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL) STRICT;

-- Single values by name: cursor, epoch, digest, replica, next local id, marker, brake.
CREATE TABLE value (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
