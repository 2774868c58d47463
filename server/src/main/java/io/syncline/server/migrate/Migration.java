package io.syncline.server.migrate;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.storage.block.BlockStore;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.FrameRequest;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.MetadataRows;
import io.syncline.storage.metadata.MovedRow;
import io.syncline.storage.metadata.MovedTable;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ProjectKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Moves a stopped server from one kind of stores to another: rows table by table in pages, in order
 * of their keys, so that where it was interrupted it goes on behind the last row that arrived; then
 * the blocks. Ids, numbers, epochs, digests, tokens and the key of the proofs stay as they are, so
 * devices go on at their cursors. The source is only marked, at the end, and the target can't be
 * served before.
 */
public final class Migration {
    private static final int ROWS = 2_000;

    /** Answers of large commits are long. */
    private static final int ANSWERS = 100;

    /** Blocks of each project that are read from the target at the end. */
    static final int SAMPLES = 200;

    private final MoveSide from;
    private final MoveSide to;
    private final RandomGenerator random;
    private final Progress progress;

    /** Told how far it is. What it throws stops the migration, which may go on later. */
    @FunctionalInterface
    public interface Progress {
        /** So much of a part is done; {@code total} is 0 where it isn't known. */
        void at(String what, long done, long total, boolean bytes);
    }

    /**
     * What was moved.
     *
     * @param rows of all tables, blocks included
     * @param missing blocks whose bytes the source doesn't have
     */
    public record Result(int projects, long rows, long blocks, long bytes, long missing) {}

    /** From one to the other. */
    public Migration(MoveSide from, MoveSide to, RandomGenerator random, Progress progress) {
        this.from = from;
        this.to = to;
        this.random = random;
        this.progress = progress;
    }

    /**
     * Does it, or goes on with it.
     *
     * @param acceptDamage also when blocks are missing in the source: files that need them can't be
     *     read until a device sends them again
     * @throws SynclineException INVALID where the target isn't empty; STALE where the source
     *     changed meanwhile; CORRUPT where blocks are missing, or what arrived isn't what left
     */
    public Result run(boolean acceptDamage) {
        if (!isSettled()) {
            MoveMarks.check(from.metadata());
        }
        begin();
        long rows = 0;
        for (MovedTable table : MovedTable.values()) {
            switch (table) {
                case SETTING -> settings();
                case PACK, BLOCK -> {}
                default -> copy(table);
            }
        }
        long bytes = 0;
        List<MovedRow> projects = projects(to.rows());
        for (MovedRow project : projects) {
            bytes += blocks(project);
        }
        to.rows().finish();
        Map<MovedTable, Long> counts = new EnumMap<>(MovedTable.class);
        long missing = compare(counts);
        if (missing > 0 && !acceptDamage) {
            throw new SynclineException(
                    ErrorCode.CORRUPT,
                    "the bytes of "
                            + missing
                            + " blocks are missing or damaged where the server comes from: mend"
                            + " that first ('syncline admin verify --repair'), or run this again"
                            + " with --accept-damage");
        }
        for (MovedRow project : projects) {
            checkDigest(project);
            checkBlocks(project);
        }
        for (long count : counts.values()) {
            rows += count;
        }
        MoveMarks.put(from.metadata(), MoveMarks.LEFT, to.name());
        MoveMarks.delete(to.metadata(), MoveMarks.PACK);
        MoveMarks.delete(to.metadata(), MoveMarks.COMING);
        return new Result(
                projects.size(), rows, counts.getOrDefault(MovedTable.BLOCK, 0L), bytes, missing);
    }

    /** Whether this was interrupted between its last steps: the source is marked already. */
    private boolean isSettled() {
        return MoveMarks.find(from.metadata(), MoveMarks.LEFT).equals(Optional.of(to.name()))
                && MoveMarks.find(to.metadata(), MoveMarks.COMING).equals(Optional.of(source()));
    }

    /** A target is empty, or holds a part of this very source. */
    private void begin() {
        String source = source();
        Optional<String> begun = MoveMarks.find(to.metadata(), MoveMarks.COMING);
        if (begun.isPresent()) {
            if (!begun.get().equals(source)) {
                throw SynclineException.invalid(
                        to.name() + " holds a part of another server: empty it first");
            }
            return;
        }
        for (MovedTable table :
                List.of(MovedTable.ACCOUNT, MovedTable.PROJECT, MovedTable.SETTING)) {
            if (to.rows().last(table).isPresent()) {
                throw SynclineException.invalid(
                        to.name()
                                + " isn't empty: a server moves only into stores that none has"
                                + " used");
            }
        }
        MoveMarks.put(to.metadata(), MoveMarks.COMING, source);
    }

    /** What tells this server from others: the hash of its settings, which hold a random key. */
    private String source() {
        StringBuilder all = new StringBuilder();
        for (MovedRow row : from.rows().page(MovedTable.SETTING, Optional.empty(), ROWS)) {
            if (!MoveMarks.ALL.contains(row.text("name"))) {
                all.append(row.text("name"))
                        .append(HexFormat.of().formatHex(row.bytes("value")))
                        .append('\n');
            }
        }
        return Hash.sha256(all.toString().getBytes(StandardCharsets.UTF_8)).toHex();
    }

    private void copy(MovedTable table) {
        int limit = table == MovedTable.ANSWER ? ANSWERS : ROWS;
        Optional<MovedRow> last = to.rows().last(table);
        long done = 0;
        while (true) {
            List<MovedRow> page = from.rows().page(table, last, limit);
            if (!page.isEmpty()) {
                to.rows().put(table, page);
                done += page.size();
                progress.at("rows of " + table.text(), done, 0, false);
            }
            if (page.size() < limit) {
                return;
            }
            last = Optional.of(page.getLast());
        }
    }

    /** Few, among marks of this migration: all again. */
    private void settings() {
        Optional<MovedRow> last = Optional.empty();
        while (true) {
            List<MovedRow> page = from.rows().page(MovedTable.SETTING, last, ROWS);
            to.metadata()
                    .write(write -> {
                        for (MovedRow row : page) {
                            if (!MoveMarks.ALL.contains(row.text("name"))) {
                                write.settings()
                                        .put(row.text("name"), ByteBuffer.wrap(row.bytes("value")));
                            }
                        }
                        return true;
                    });
            if (page.size() < ROWS) {
                return;
            }
            last = Optional.of(page.getLast());
        }
    }

    private static List<MovedRow> projects(MetadataRows rows) {
        List<MovedRow> found = new ArrayList<>();
        Optional<MovedRow> last = Optional.empty();
        while (true) {
            List<MovedRow> page = rows.page(MovedTable.PROJECT, last, ROWS);
            found.addAll(page);
            if (page.size() < ROWS) {
                return found;
            }
            last = Optional.of(page.getLast());
        }
    }

    private static ProjectId id(MovedRow project) {
        return new ProjectId(HexFormat.of().formatHex(project.bytes("id")));
    }

    // Blocks.

    private long blocks(MovedRow project) {
        long key = project.number("key");
        String name = project.text("name");
        long total =
                from.metadata().read(read -> read.quotas().usage(new ProjectKey(key))).frameBytes();
        Optional<String> done = MoveMarks.find(to.metadata(), MoveMarks.PACK);
        long doneKey =
                done.map(mark -> Long.parseLong(mark.substring(0, mark.indexOf(':')))).orElse(0L);
        if (doneKey > key) {
            return 0;
        }
        long[] bytes = new long[1];
        BlockMove move =
                new BlockMove(
                        from,
                        to,
                        key,
                        id(project),
                        more -> progress.at("blocks of " + name, bytes[0] += more, total, true));
        for (PackId pack : from.blocks().packs(id(project))) {
            String mark = key + ":" + pack;
            if (doneKey == key && done.orElseThrow().compareTo(mark) >= 0) {
                continue;
            }
            move.pack(pack);
            MoveMarks.put(to.metadata(), MoveMarks.PACK, mark);
        }
        return bytes[0];
    }

    // What arrived is what left.

    /** Counts rows on both sides, and returns how many blocks didn't come. */
    private long compare(Map<MovedTable, Long> counts) {
        if (!projects(from.rows()).equals(projects(to.rows()))) {
            throw new SynclineException(
                    ErrorCode.STALE,
                    from.name()
                            + " changed while it was moved: a server still runs on it. Stop it,"
                            + " empty the target and begin again");
        }
        long missing = 0;
        for (MovedTable table : MovedTable.values()) {
            if (table == MovedTable.PACK || table == MovedTable.SETTING) {
                continue;
            }
            progress.at("comparing " + table.text(), 0, 0, false);
            long left = from.rows().count(table);
            long arrived = to.rows().count(table);
            counts.put(table, arrived);
            if (table == MovedTable.BLOCK && arrived < left) {
                missing = left - arrived;
            } else if (left != arrived) {
                throw new SynclineException(
                        ErrorCode.CORRUPT,
                        "of the table "
                                + table.text()
                                + " there are "
                                + left
                                + " rows in "
                                + from.name()
                                + " and "
                                + arrived
                                + " in "
                                + to.name());
            }
        }
        return missing;
    }

    private void checkDigest(MovedRow row) {
        to.metadata()
                .read(read -> {
                    Project project =
                            read.projects().find(id(row)).orElseThrow(IllegalStateException::new);
                    TreeDigest[] digest = {TreeDigest.EMPTY};
                    long[] count = new long[1];
                    read.nodes(project.key())
                            .forEachLive(node -> {
                                digest[0] = digest[0].plus(node);
                                if (++count[0] % ROWS == 0) {
                                    progress.at(
                                            "checking nodes of " + project.name(),
                                            count[0],
                                            project.nodes(),
                                            false);
                                }
                            });
                    if (!digest[0].equals(project.digest()) || count[0] != project.nodes()) {
                        throw new SynclineException(
                                ErrorCode.CORRUPT,
                                "the nodes of project "
                                        + project.name()
                                        + " in "
                                        + to.name()
                                        + " don't have its digest");
                    }
                    return true;
                });
    }

    /** Reads blocks at random places of the order of hashes, as a request would. */
    private void checkBlocks(MovedRow project) {
        long key = project.number("key");
        BlockStore blocks = to.blocks();
        for (int i = 0; i < SAMPLES; i++) {
            byte[] place = new byte[Hash.BYTES];
            random.nextBytes(place);
            List<MovedRow> found =
                    to.rows().page(MovedTable.BLOCK, Optional.of(block(key, place)), 1);
            if (found.isEmpty() || found.getFirst().number("project") != key) {
                continue;
            }
            Hash hash = Hash.of(found.getFirst().bytes("hash"));
            Map<Hash, BlockRow> rows =
                    to.metadata()
                            .read(read -> read.blocks(new ProjectKey(key)).find(List.of(hash)));
            // A condemned block may have no row for those who look.
            BlockRow row = rows.get(hash);
            if (row != null) {
                FrameLocation location = row.location();
                var _ = blocks.read(id(project), List.of(new FrameRequest(hash, location)));
            }
            progress.at("checking blocks of " + project.text("name"), i + 1L, SAMPLES, false);
        }
    }

    private static MovedRow block(long project, byte[] hash) {
        Object[] values = new Object[MovedTable.BLOCK.columns().size()];
        values[MovedTable.BLOCK.index("project")] = project;
        values[MovedTable.BLOCK.index("hash")] = hash;
        return new MovedRow(MovedTable.BLOCK, values);
    }
}
