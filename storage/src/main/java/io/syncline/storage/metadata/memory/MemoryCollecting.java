package io.syncline.storage.metadata.memory;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.storage.metadata.BlockRow;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.ProjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/** One write at a time is all the sharing and excluding there is. */
final class MemoryCollecting implements Collecting.Writable {
    private final MemoryTransaction transaction;
    private final ProjectKey project;

    MemoryCollecting(MemoryTransaction transaction, ProjectKey project) {
        this.transaction = transaction;
        this.project = project;
    }

    private ProjectTables tables() {
        return transaction.project(project);
    }

    @Override
    public Position position() {
        return new Position(tables().project.head(), tables().nextBlockNumber);
    }

    @Override
    public List<Root> liveContents(long after, int limit) {
        List<Root> found = new ArrayList<>();
        tables().nodes
                .above(
                        new NodeId(after),
                        (id, version) -> add(found, id.value(), version.node(), limit));
        return found;
    }

    @Override
    public List<Root> historyContents(long after, int limit) {
        List<Root> found = new ArrayList<>();
        tables().history
                .above(
                        after,
                        (sequence, version) -> {
                            content(version.node())
                                    .ifPresent(content -> found.add(root(sequence, content)));
                            return found.size() < limit;
                        });
        return found;
    }

    @Override
    public List<Root> changedContents(long after, int limit) {
        ProjectTables tables = tables();
        List<Root> found = new ArrayList<>();
        tables.feed.above(
                after,
                (sequence, id) ->
                        add(found, sequence, tables.nodes.get(id).orElseThrow().node(), limit));
        return found;
    }

    private static boolean add(List<Root> found, long key, Node node, int limit) {
        if (!node.deleted()) {
            content(node).ifPresent(content -> found.add(root(key, content)));
        }
        return found.size() < limit;
    }

    private static Optional<Content> content(Node node) {
        return node.item().content().filter(content -> !content.isEmpty());
    }

    private static Root root(long key, Content content) {
        return new Root(key, content.level(), content.hash());
    }

    @Override
    public List<Mark> marks(Collection<Hash> hashes) {
        ProjectTables tables = tables();
        List<Mark> found = new ArrayList<>();
        for (Hash hash : new HashSet<>(hashes)) {
            tables.blocks
                    .get(hash)
                    .ifPresent(row ->
                            found.add(new Mark(hash, row.number(), row.level(), row.condemned())));
        }
        return found;
    }

    @Override
    public List<State> trees(long number, int limit) {
        List<State> found = new ArrayList<>();
        tables().blocks
                .all((hash, row) -> {
                    if (row.level() > 0 && row.number() >= number) {
                        found.add(state(hash, row));
                    }
                    return true;
                });
        return found.stream().sorted(Comparator.comparingLong(State::number)).limit(limit).toList();
    }

    private State state(Hash hash, BlockRow row) {
        return new State(
                hash,
                row.number(),
                row.level(),
                MemoryPacks.key(tables(), row.location().pack()),
                row.location().lengthBytes(),
                row.sizeBytes(),
                row.arrived(),
                tables().condemned.get(hash));
    }

    @Override
    public List<State> page(Optional<Hash> after, int limit) {
        List<State> page = new ArrayList<>();
        BiPredicate<Hash, BlockRow> visitor =
                (hash, row) -> {
                    page.add(state(hash, row));
                    return page.size() < limit;
                };
        PersistentMap<Hash, BlockRow> rows = tables().blocks;
        after.ifPresentOrElse(hash -> rows.above(hash, visitor), () -> rows.all(visitor));
        return page;
    }

    @Override
    public Optional<Instant> finished() {
        return Optional.ofNullable(tables().collected);
    }

    @Override
    public void share() {
        transaction.tables();
    }

    @Override
    public void exclude() {
        transaction.tables();
    }

    @Override
    public int condemn(Collection<State> blocks, Instant now) {
        ProjectTables tables = tables();
        int condemned = 0;
        for (State block : blocks) {
            Optional<BlockRow> row =
                    tables.blocks
                            .get(block.hash())
                            .filter(found -> found.number() == block.number())
                            .filter(found -> !found.condemned());
            row.ifPresent(found -> condemn(tables, found, now));
            condemned += row.isPresent() ? 1 : 0;
        }
        return condemned;
    }

    /** Condemns a block; one that is keeps its time. */
    static void condemn(ProjectTables tables, BlockRow row, Instant now) {
        if (!row.condemned()) {
            tables.blocks =
                    tables.blocks.put(row.hash(), with(row, row.number(), row.arrived(), true));
            tables.condemned =
                    tables.condemned.put(row.hash(), Instant.ofEpochMilli(now.toEpochMilli()));
        }
    }

    /** Makes a block count as stored again. */
    static void revive(ProjectTables tables, BlockRow row, long number, Instant arrived) {
        tables.blocks = tables.blocks.put(row.hash(), with(row, number, arrived, false));
        tables.condemned = tables.condemned.remove(row.hash());
    }

    private static BlockRow with(BlockRow row, long number, Instant arrived, boolean condemned) {
        return new BlockRow(
                row.hash(),
                row.location(),
                row.sizeBytes(),
                row.level(),
                number,
                arrived,
                condemned);
    }

    @Override
    public int revive(Collection<Hash> hashes) {
        ProjectTables tables = tables();
        int revived = 0;
        for (Hash hash : new HashSet<>(hashes)) {
            Optional<BlockRow> row =
                    tables.blocks
                            .get(hash)
                            .filter(BlockRow::condemned)
                            .filter(_ -> !tables.quarantine.has(hash));
            row.ifPresent(found -> revive(tables, found, found.number(), found.arrived()));
            revived += row.isPresent() ? 1 : 0;
        }
        return revived;
    }

    @Override
    public List<Hash> delete(Collection<Hash> hashes, Instant condemnedUntil) {
        ProjectTables tables = tables();
        List<Hash> deleted = new ArrayList<>();
        for (Hash hash : new HashSet<>(hashes)) {
            if (tables.condemned
                    .get(hash)
                    .filter(since -> !since.isAfter(condemnedUntil))
                    .isPresent()) {
                tables.blocks = tables.blocks.remove(hash);
                tables.condemned = tables.condemned.remove(hash);
                tables.quarantine = tables.quarantine.remove(hash);
                deleted.add(hash);
            }
        }
        return deleted;
    }

    @Override
    public void finish(Instant now) {
        tables().collected = Instant.ofEpochMilli(now.toEpochMilli());
    }
}
