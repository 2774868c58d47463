package io.syncline.system.crash;

import static io.syncline.system.crash.CrashPoint.ANY;
import static io.syncline.system.crash.CrashPoint.Edge.ENTRY;
import static io.syncline.system.crash.CrashPoint.Edge.EXIT;

import io.syncline.system.crash.CrashPoint.Edge;
import io.syncline.system.crash.CrashPoint.Scene;
import java.util.List;
import java.util.stream.IntStream;

/** The table of places at which processes are ended. */
final class CrashPoints {
    private static final String PACK = "storage.block.pack.";
    private static final String SQLITE = "storage.metadata.sqlite.";
    private static final String BACKUP = "storage.backup.";
    private static final String ADMIN = "server.admin.";
    private static final String COLLECT = "server.collect.";
    private static final String DISK = "client.disk.";
    private static final String STATE = "client.state.";
    private static final String ENGINE = "client.engine.";
    private static final String API = "client.api.HttpServerApi";

    /** All of them; a place is known by its index here. */
    static final List<CrashPoint> ALL =
            List.of(
                    // Storing: bytes, rows of blocks, rows of nodes, answer.
                    server("pack.created", PACK + "RealDisk", "create", EXIT),
                    server("pack.written", PACK + "RealDisk$RealFile", "write", EXIT),
                    server("pack.forcing", PACK + "OpenPack", "force", ENTRY),
                    server("pack.forced", PACK + "OpenPack", "force", EXIT),
                    server("pack.appended", PACK + "PackBlockStore", "append", EXIT),
                    server("pack.reopened", PACK + "PackBlockStore", "reopen", EXIT),
                    server("pack.finishing", PACK + "PackFolder", "finish", ENTRY),
                    server("pack.finished", PACK + "PackFolder", "finish", EXIT),
                    server("pack.repaired", PACK + "PackFolder", "repair", EXIT),
                    server("blocks.rows", SQLITE + "SqliteBlocks", "insert", 2, EXIT),
                    server("blocks.stored", "server.block.ChunkIntake", "take", EXIT),
                    server("commit.before", "server.commit.Commits", "apply", ENTRY),
                    server("commit.written", "server.commit.Commits", "write", EXIT),
                    server("commit.durable", SQLITE + "Writer$Job", "answer", ENTRY),
                    server("commit.after", "server.commit.Commits", "apply", EXIT),
                    server("checkpoint.judged", "server.checkpoint.Checkpoints", "judge", EXIT),
                    server("names.followed", "server.search.NameFollower", "followed", EXIT),
                    server("metadata.opened", SQLITE + "SqliteMetadataStore", "open", 1, EXIT),
                    server("writer.closing", SQLITE + "Writer", "close", ENTRY),

                    // The client's state, and what it promises.
                    client("state.committing", STATE + "sqlite.Session", "commit", ENTRY),
                    client("state.written", STATE + "sqlite.Session", "commit", EXIT),
                    client("state.opened", STATE + "sqlite.StateFile", "open", EXIT),
                    client("journal.put", STATE + "sqlite.Promises", "putJournal", EXIT),
                    client("journal.removed", STATE + "sqlite.Promises", "removeJournal", EXIT),
                    client("journal.restored", ENGINE + "Outbox", "restore", EXIT),
                    client("intent.put", STATE + "sqlite.Promises", "putIntent", EXIT),
                    client("intent.removed", STATE + "sqlite.Promises", "removeIntent", EXIT),
                    client("id.replaced", STATE + "ReplicaState", "replaceId", EXIT),
                    client("commit.sending", API, "commit", ENTRY),
                    client("commit.answered", API, "commit", EXIT),
                    client("commit.applied", ENGINE + "Outbox", "answered", EXIT),
                    client("chunk.sending", API, "putChunk", ENTRY),
                    client("chunk.answered", API, "putChunk", EXIT),
                    client("page.received", API, "changes", EXIT),
                    client("page.taken", ENGINE + "Feed", "page", EXIT),
                    client("checkpoint.answered", API, "checkpoint", EXIT),
                    client("caution.signed", ENGINE + "Caution", "sign", EXIT),
                    client("caution.ended", ENGINE + "Caution", "end", EXIT),

                    // The synced folder.
                    client("disk.temporary.created", DISK + "SafeDisk", "createTemporary", EXIT),
                    client("disk.temporary.forced", DISK + "SafeDisk", "forceAll", EXIT),
                    client("disk.placed", DISK + "SafeDisk", "placeNew", EXIT),
                    client("disk.replacing", DISK + "SafeDisk", "replace", ENTRY),
                    client("disk.exchanged", DISK + "SafeDisk", "inspectDisplaced", ENTRY),
                    client("disk.displaced", DISK + "SafeDisk", "replace", EXIT),
                    client("disk.moved", DISK + "SafeDisk", "move", EXIT),
                    client("disk.directory.made", DISK + "SafeDisk", "makeDirectory", EXIT),
                    client("disk.directory.removed", DISK + "SafeDisk", "removeDirectory", EXIT),
                    client("disk.executable", DISK + "SafeDisk", "setExecutable", EXIT),
                    client("disk.discarded", DISK + "SafeDisk", "discard", EXIT),
                    client("trash.kept", DISK + "Trash", "move", EXIT),
                    client("trash.moved", DISK + "SafeDisk", "trash", EXIT),
                    client("conflict.renamed", ENGINE + "DiskResults", "setAside", 2, ENTRY),
                    client("conflict.remembered", ENGINE + "DiskResults", "setAside", 2, EXIT),
                    client("tasks.carried", ENGINE + "DiskWork", "carried", ENTRY),
                    client("scan.ended", "client.scan.DiskScanner", "scanAll", EXIT),

                    // The beginning.
                    first("metadata.migrating", SQLITE + "Migrator", "apply", EXIT),
                    first("metadata.migrated", SQLITE + "Migrator", "migrate", EXIT),
                    first("account.made", "server.account.Accounts", "ensure", EXIT),
                    first("project.made", "server.project.Projects", "create", EXIT),
                    join("marker.written", DISK + "SafeDisk", "mark", EXIT),
                    join("folder.linked", "client.daemon.DeviceHome", "add", EXIT),
                    join("private.written", "client.daemon.PrivateFile", "write", EXIT),

                    // The operator's tasks.
                    task(Scene.BACKUP, "backup.metadata", SQLITE + "SqliteCopy", "copy", EXIT),
                    task(Scene.BACKUP, "backup.pack", PACK + "PackCopies", "copy", EXIT),
                    task(Scene.BACKUP, "backup.packs", BACKUP + "MakeBackup", "copyPacks", EXIT),
                    task(
                            Scene.BACKUP,
                            "backup.finishing",
                            BACKUP + "BackupFolder",
                            "finish",
                            ENTRY),
                    task(Scene.BACKUP, "backup.finished", BACKUP + "BackupFolder", "finish", EXIT),
                    task(Scene.BACKUP, "backup.forgot", BACKUP + "BackupFolder", "forget", EXIT),
                    task(Scene.BACKUP, "backup.pruned", BACKUP + "Prune", "keep", EXIT),
                    task(Scene.RESTORE, "restore.begun", ADMIN + "Unfinished", "begin", EXIT),
                    task(
                            Scene.RESTORE,
                            "restore.metadata",
                            BACKUP + "TakeBackup",
                            "metadata",
                            EXIT),
                    task(Scene.RESTORE, "restore.packs", BACKUP + "TakeBackup", "packs", EXIT),
                    task(Scene.RESTORE, "restore.epochs", ADMIN + "NewEpoch", "ofAll", EXIT),
                    task(Scene.RESTORE, "restore.ending", ADMIN + "Unfinished", "end", ENTRY),
                    task(Scene.RESTORE, "restore.ended", ADMIN + "Unfinished", "end", EXIT),
                    task(Scene.REBUILD, "rebuild.cleared", SQLITE + "SqliteBlocks", "clear", EXIT),
                    task(
                            Scene.REBUILD,
                            "rebuild.rows",
                            "storage.rebuild.BlockRows",
                            "insert",
                            EXIT),
                    task(Scene.COLLECT, "collect.condemned", COLLECT + "Sweep", "condemn", EXIT),
                    task(Scene.COLLECT, "collect.deleted", COLLECT + "Sweep", "delete", 1, EXIT));

    private CrashPoints() {}

    private static CrashPoint point(
            Scene scene, String name, String type, String method, int parameters, Edge edge) {
        return new CrashPoint(name, scene, "io.syncline." + type, method, parameters, edge);
    }

    private static CrashPoint server(String name, String type, String method, Edge edge) {
        return server(name, type, method, ANY, edge);
    }

    private static CrashPoint server(
            String name, String type, String method, int parameters, Edge edge) {
        return point(Scene.SERVER, name, type, method, parameters, edge);
    }

    private static CrashPoint client(String name, String type, String method, Edge edge) {
        return client(name, type, method, ANY, edge);
    }

    private static CrashPoint client(
            String name, String type, String method, int parameters, Edge edge) {
        return point(Scene.CLIENT, name, type, method, parameters, edge);
    }

    private static CrashPoint first(String name, String type, String method, Edge edge) {
        return point(Scene.FIRST_START, name, type, method, ANY, edge);
    }

    private static CrashPoint join(String name, String type, String method, Edge edge) {
        return point(Scene.JOIN, name, type, method, ANY, edge);
    }

    private static CrashPoint task(
            Scene scene, String name, String type, String method, Edge edge) {
        return task(scene, name, type, method, ANY, edge);
    }

    private static CrashPoint task(
            Scene scene, String name, String type, String method, int parameters, Edge edge) {
        return point(scene, name, type, method, parameters, edge);
    }

    /** The index of a place by its name. */
    static int index(String name) {
        return IntStream.range(0, ALL.size())
                .filter(i -> ALL.get(i).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no place " + name));
    }
}
