package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static io.syncline.storage.metadata.Samples.changed;
import static io.syncline.storage.metadata.Samples.commit;
import static io.syncline.storage.metadata.Samples.commitFiles;
import static io.syncline.storage.metadata.Samples.deleted;
import static io.syncline.storage.metadata.Samples.directory;
import static io.syncline.storage.metadata.Samples.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import io.syncline.storage.metadata.Collecting.Position;
import io.syncline.storage.metadata.Collecting.Root;
import io.syncline.storage.metadata.Collecting.State;
import io.syncline.storage.metadata.Version.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises to the collector of unused blocks. */
public abstract class CollectingContract {
    private static final Instant T1 = T0.plus(Duration.ofDays(1));
    private static final Instant T2 = T0.plus(Duration.ofDays(2));

    private final Samples samples = new Samples(23);
    private final PackId pack = new PackId(samples.id());

    private MetadataStore store;
    private Project project;
    private Project other;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(write -> write.projects().add(samples.newProject()));
        other = store.write(write -> write.projects().add(samples.newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private <T> T look(Function<Collecting, T> work) {
        return store.read(read -> work.apply(read.collecting(project.key())));
    }

    private <T> T change(Function<Collecting.Writable, T> work) {
        return store.write(write -> {
            Collecting.Writable rows = write.collecting(project.key());
            rows.exclude();
            return work.apply(rows);
        });
    }

    private <T> List<T> list(Function<Collecting, List<T>> work) {
        return look(work);
    }

    private int count(Function<Collecting.Writable, Integer> work) {
        return change(work);
    }

    private List<Hash> deletedBy(Function<Collecting.Writable, List<Hash>> work) {
        return change(work);
    }

    private int insert(NewBlock... blocks) {
        return store.write(write -> {
            write.collecting(project.key()).share();
            return write.blocks(project.key()).insert(List.of(blocks), T0);
        });
    }

    private NewBlock block(int level) {
        return new NewBlock(samples.hash(), samples.block(pack).location(), 1_000 + level, level);
    }

    private State state(Hash hash) {
        return list(rows -> rows.page(Optional.empty(), 1_000)).stream()
                .filter(state -> state.hash().equals(hash))
                .findFirst()
                .orElseThrow();
    }

    private Map<Hash, BlockRow> rows(Hash hash) {
        return store.read(read -> read.blocks(project.key()).find(List.of(hash)));
    }

    private BlockRow row(Hash hash) {
        return Objects.requireNonNull(rows(hash).get(hash));
    }

    private boolean isPresent(Hash hash) {
        return store.read(read -> !read.blocks(project.key()).present(List.of(hash)).isEmpty());
    }

    @Test
    @DisplayName("R47 whatever is stored after a position has a number above it")
    void positionsRise() {
        Position start = look(Collecting::position);
        NewBlock first = block(0);
        insert(first);
        Position then = look(Collecting::position);
        commitFiles(store, project.id(), 3, "f");
        Position last = look(Collecting::position);

        assertThat(start).isEqualTo(new Position(0, 0));
        assertThat(row(first.hash()).number()).isBetween(start.nextBlock(), then.nextBlock() - 1);
        assertThat(last).isEqualTo(new Position(3, then.nextBlock()));
    }

    @Test
    @DisplayName("R10 the roots are the live contents and all of history, without empty ones")
    void rootsAreLiveAndPast() {
        Node kept = file(2, 1, "kept");
        Node edited = file(3, 1, "edited");
        Node gone = file(4, 1, "gone");
        Node empty = Samples.node(5, 1, "empty", 5, Item.file(Content.EMPTY, false, 0));
        commit(
                store,
                project.id(),
                Stream.of(directory(1, 0, "d"), kept, edited, gone, empty)
                        .map(Samples::created)
                        .toList());
        Content fresh = Samples.content("fresh");
        Node after = Samples.node(3, 1, "edited", 6, Item.file(fresh, false, 6));
        commit(
                store,
                project.id(),
                List.of(changed(after, Action.UPDATE), changed(deleted(gone, 7), Action.DELETE)));

        assertThat(list(rows -> rows.liveContents(0, 10)))
                .containsExactly(root(2, kept), new Root(3, 0, fresh.hash()));
        assertThat(list(rows -> rows.liveContents(2, 10)))
                .containsExactly(new Root(3, 0, fresh.hash()));
        assertThat(list(rows -> rows.liveContents(0, 1))).containsExactly(root(2, kept));
        assertThat(list(rows -> rows.historyContents(0, 10)))
                .startsWith(root(2, kept), root(3, edited), root(4, gone))
                .contains(new Root(6, 0, fresh.hash()));
        assertThat(list(rows -> rows.historyContents(3, 1))).containsExactly(root(4, gone));
        assertThat(list(rows -> rows.changedContents(2, 10)))
                .containsExactly(new Root(6, 0, fresh.hash()));
        List<Root> others = store.read(read -> read.collecting(other.key()).liveContents(0, 10));
        assertThat(others).isEmpty();
    }

    private static Root root(long key, Node node) {
        Content content = node.item().content().orElseThrow();
        return new Root(key, content.level(), content.hash());
    }

    @Test
    void treesComeByNumberAndAllBlocksByHash() {
        List<NewBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            blocks.add(block(i % 4));
        }
        insert(blocks.toArray(NewBlock[]::new));

        List<State> trees = new ArrayList<>();
        List<State> page;
        long from = 0;
        do {
            long number = from;
            page = list(rows -> rows.trees(number, 7));
            trees.addAll(page);
            from = page.isEmpty() ? from : page.getLast().number() + 1;
        } while (page.size() == 7);
        assertThat(trees)
                .hasSize(30)
                .isSortedAccordingTo(Comparator.comparingLong(State::number))
                .allMatch(tree -> tree.level() > 0);

        List<State> all = new ArrayList<>();
        Optional<Hash> after = Optional.empty();
        do {
            Optional<Hash> above = after;
            page = list(rows -> rows.page(above, 7));
            all.addAll(page);
            after = page.isEmpty() ? after : Optional.of(page.getLast().hash());
        } while (page.size() == 7);
        assertThat(all)
                .hasSize(40)
                .isSortedAccordingTo(Comparator.comparing(State::hash))
                .containsAll(trees)
                .allMatch(block -> block.condemned().isEmpty());
        for (NewBlock block : blocks) {
            State state = state(block.hash());
            assertThat(state.sizeBytes()).isEqualTo(block.sizeBytes());
            assertThat(state.lengthBytes()).isEqualTo(block.location().lengthBytes());
            assertThat(state.arrived()).isEqualTo(T0);
        }
        assertThat(list(rows -> rows.marks(List.of(blocks.get(3).hash(), samples.hash()))))
                .containsExactly(
                        new Collecting.Mark(
                                blocks.get(3).hash(),
                                row(blocks.get(3).hash()).number(),
                                3,
                                false));
    }

    @Test
    @DisplayName(
            "R10 a condemned block counts as missing, until it is stored anew, with a new number")
    void condemnedBlockIsMissingUntilStoredAnew() {
        NewBlock block = block(1);
        insert(block, block(0));
        long number = row(block.hash()).number();

        assertThat(count(rows -> rows.condemn(List.of(state(block.hash())), T1))).isEqualTo(1);
        assertThat(isPresent(block.hash())).isFalse();
        assertThat(row(block.hash()).condemned()).isTrue();
        assertThat(state(block.hash()).condemned()).contains(T1);
        assertThat(list(rows -> rows.marks(List.of(block.hash()))).getFirst().condemned()).isTrue();

        NewBlock again =
                new NewBlock(
                        block.hash(), new FrameLocation(pack, 1 << 20, 500), block.sizeBytes(), 1);
        Position before = look(Collecting::position);
        assertThat(insert(again)).isEqualTo(1);
        assertThat(isPresent(block.hash())).isTrue();
        assertThat(row(block.hash()).location()).isEqualTo(again.location());
        assertThat(row(block.hash()).number()).isEqualTo(before.nextBlock()).isGreaterThan(number);
        assertThat(state(block.hash()).condemned()).isEmpty();
        assertThat(list(rows -> rows.trees(before.nextBlock(), 10))).hasSize(1);
    }

    @Test
    @DisplayName("R10 what was stored anew since it was looked at isn't condemned")
    void condemningComparesNumbers() {
        NewBlock block = block(0);
        insert(block);
        State seen = state(block.hash());
        change(rows -> rows.condemn(List.of(seen), T1));
        insert(block);

        assertThat(count(rows -> rows.condemn(List.of(seen), T1))).isZero();
        assertThat(isPresent(block.hash())).isTrue();
        State now = state(block.hash());
        assertThat(count(rows -> rows.condemn(List.of(now), T1))).isEqualTo(1);
        assertThat(count(rows -> rows.condemn(List.of(now), T2))).isZero();
        assertThat(state(block.hash()).condemned()).contains(T1);
    }

    @Test
    @DisplayName("R10 a revived block keeps its number and its place")
    void revivedBlockIsAsItWas() {
        NewBlock block = block(0);
        insert(block);
        BlockRow before = row(block.hash());
        change(rows -> rows.condemn(List.of(state(block.hash())), T1));

        assertThat(count(rows -> rows.revive(List.of(block.hash(), samples.hash())))).isEqualTo(1);
        assertThat(row(block.hash())).isEqualTo(before);
        assertThat(count(rows -> rows.revive(List.of(block.hash())))).isZero();
    }

    @Test
    @DisplayName("R5 only what was condemned long enough ago is deleted")
    void deletingNeedsTime() {
        NewBlock early = block(0);
        NewBlock late = block(0);
        NewBlock live = block(0);
        insert(early, late, live);
        change(rows -> rows.condemn(List.of(state(early.hash())), T0));
        change(rows -> rows.condemn(List.of(state(late.hash())), T2));
        List<Hash> all = List.of(early.hash(), late.hash(), live.hash());

        assertThat(deletedBy(rows -> rows.delete(all, T1))).containsExactly(early.hash());
        assertThat(rows(early.hash())).isEmpty();
        assertThat(rows(late.hash())).isNotEmpty();
        assertThat(isPresent(live.hash())).isTrue();
        assertThat(deletedBy(rows -> rows.delete(all, T2))).containsExactly(late.hash());
        assertThat(store.<Long>read(read -> read.blocks(project.key()).count())).isEqualTo(1);
    }

    private Optional<Instant> finished(Project of) {
        return store.read(read -> read.collecting(of.key()).finished());
    }

    private List<Packs.Pack> packsOf(Project of, long after) {
        return store.read(read -> read.packs(of.key()).page(after, 10));
    }

    @Test
    void endOfARunIsRemembered() {
        assertThat(finished(project)).isEmpty();
        for (Instant time : List.of(T1, T2)) {
            change(rows -> {
                rows.finish(time);
                return true;
            });
            assertThat(finished(project)).contains(time);
        }
        assertThat(finished(other)).isEmpty();
    }

    @Test
    @DisplayName(
            "R5 packs are superseded once, restored, forgotten, and known to their project only")
    void packsAreSuperseded() {
        NewBlock block = block(0);
        insert(block);
        PackId orphan = new PackId(samples.id());
        packs(packs -> packs.supersede(orphan, T1));
        packs(packs -> packs.supersede(orphan, T2));
        packs(packs -> packs.supersede(pack, T2));

        List<Packs.Pack> all = packsOf(project, 0);
        assertThat(all).extracting(Packs.Pack::id).containsExactly(pack, orphan);
        assertThat(all).isSortedAccordingTo(Comparator.comparingLong(Packs.Pack::key));
        assertThat(state(block.hash()).pack()).isEqualTo(all.getFirst().key());
        long first = all.getFirst().key();
        assertThat(packsOf(project, first)).hasSize(1);
        assertThat(superseded())
                .extracting(Packs.Pack::id, Packs.Pack::superseded)
                .containsExactly(tuple(orphan, Optional.of(T1)), tuple(pack, Optional.of(T2)));

        packs(packs -> packs.restore(pack));
        packs(packs -> packs.forget(orphan));
        assertThat(packsOf(project, 0))
                .containsExactly(new Packs.Pack(first, pack, Optional.empty()));
        assertThat(packsOf(other, 0)).isEmpty();
    }

    private List<Packs.Pack> superseded() {
        return store.read(read -> read.packs(project.key()).superseded(10));
    }

    private void packs(Consumer<Packs.Writable> work) {
        store.write(write -> {
            work.accept(write.packs(project.key()));
            return true;
        });
    }

    @Test
    @DisplayName("R5 a row follows its frame only from where the copy was made")
    void movingComparesPlaces() {
        NewBlock block = block(0);
        NewBlock stays = block(0);
        insert(block, stays);
        BlockRow before = row(block.hash());
        FrameLocation copy = new FrameLocation(new PackId(samples.id()), 40, 77);
        FrameLocation elsewhere = new FrameLocation(new PackId(samples.id()), 40, 77);
        List<Packs.Move> moves =
                List.of(
                        new Packs.Move(block.hash(), before.location(), copy),
                        new Packs.Move(stays.hash(), elsewhere, copy),
                        new Packs.Move(samples.hash(), before.location(), copy));

        assertThat(store.<Integer>write(write -> write.packs(project.key()).move(moves)))
                .isEqualTo(1);
        assertThat(row(block.hash()).location()).isEqualTo(copy);
        assertThat(row(block.hash()).number()).isEqualTo(before.number());
        assertThat(row(stays.hash()).location()).isEqualTo(stays.location());
    }

    @Test
    @DisplayName("R25 a quarantined block counts as missing until it is stored anew")
    void quarantinedBlockIsMissingUntilStoredAnew() {
        NewBlock block = block(0);
        NewBlock fine = block(0);
        insert(block, fine);
        assertThat(isAnyQuarantined()).isFalse();

        assertThat(quarantine(block.hash(), fine.location())).isFalse();
        assertThat(quarantine(samples.hash(), block.location())).isFalse();
        assertThat(isAnyQuarantined()).isFalse();
        assertThat(quarantine(block.hash(), block.location())).isTrue();

        assertThat(isAnyQuarantined()).isTrue();
        assertThat(store.<Boolean>read(read -> read.quarantine(other.key()).any())).isFalse();
        Set<Hash> among =
                store.read(read ->
                        read.quarantine(project.key()).among(List.of(block.hash(), fine.hash())));
        assertThat(among).containsExactly(block.hash());
        List<Hash> page =
                store.read(read -> read.quarantine(project.key()).page(Optional.empty(), 9));
        assertThat(page).containsExactly(block.hash());
        assertThat(isPresent(block.hash())).isFalse();
        assertThat(count(rows -> rows.revive(List.of(block.hash())))).isZero();

        insert(
                new NewBlock(
                        block.hash(), new FrameLocation(pack, 1 << 20, 500), block.sizeBytes(), 0));
        assertThat(isPresent(block.hash())).isTrue();
        assertThat(isAnyQuarantined()).isFalse();
    }

    @Test
    @DisplayName("R25 a quarantined block that is deleted, or read after all, leaves quarantine")
    void quarantineEnds() {
        NewBlock gone = block(0);
        NewBlock back = block(0);
        insert(gone, back);
        quarantine(gone.hash(), gone.location());
        quarantine(back.hash(), back.location());
        Position before = look(Collecting::position);

        assertThat(store.<Boolean>write(write -> release(write, back.hash()))).isTrue();
        assertThat(store.<Boolean>write(write -> release(write, back.hash()))).isFalse();
        assertThat(row(back.hash()).number()).isEqualTo(before.nextBlock());
        assertThat(row(back.hash()).location()).isEqualTo(back.location());
        assertThat(look(Collecting::position).nextBlock()).isEqualTo(before.nextBlock() + 1);
        assertThat(isPresent(back.hash())).isTrue();

        assertThat(deletedBy(rows -> rows.delete(List.of(gone.hash()), T2))).hasSize(1);
        assertThat(isAnyQuarantined()).isFalse();
    }

    private boolean release(WriteTransaction write, Hash hash) {
        return write.quarantine(project.key()).release(hash, T1);
    }

    private boolean quarantine(Hash hash, FrameLocation where) {
        return store.write(write -> write.quarantine(project.key()).add(hash, where, T1));
    }

    private boolean isAnyQuarantined() {
        return store.read(read -> read.quarantine(project.key()).any());
    }

    @Test
    @DisplayName("R48 blocks stored in one call are numbered without gaps")
    void numbersAreDense() {
        insert(block(0), block(1), block(0));
        insert(block(0));
        assertThat(list(rows -> rows.page(Optional.empty(), 10)))
                .extracting(State::number)
                .containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        assertThat(look(Collecting::position).nextBlock()).isEqualTo(4);
    }

    @Test
    void rebuildingStartsWithNothing() {
        NewBlock block = block(0);
        insert(block);
        quarantine(block.hash(), block.location());
        store.write(write -> {
            write.blocks(project.key()).clear();
            return true;
        });
        assertThat(isAnyQuarantined()).isFalse();
        assertThat(packsOf(project, 0)).isEmpty();
        insert(block);
        assertThat(isPresent(block.hash())).isTrue();
        assertThat(state(block.hash()).condemned()).isEmpty();
    }
}
