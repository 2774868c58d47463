package io.syncline.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.client.disk.FileIdentity;
import io.syncline.client.disk.FileKind;
import io.syncline.client.disk.Stat;
import io.syncline.client.state.Agreed;
import io.syncline.client.state.Durability;
import io.syncline.client.state.LocalRow;
import io.syncline.client.state.Observed;
import io.syncline.client.state.StateStore;
import io.syncline.client.state.memory.MemoryStateStore;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ReplicaId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CautionTest {
    private static final NodeId FILE = new NodeId(7);
    private static final long CUT = 100_000_000;
    private static final Boot AFTER = new Boot("after", CUT + 1_000);

    private final MemoryStateStore store = new MemoryStateStore();
    private Work work = work(store);
    private Caution caution = new Caution(work);
    private LocalView local = new LocalView(work, caution);

    private static Work work(StateStore store) {
        return new Work(
                store,
                EngineSettings.of(new ReplicaId("a".repeat(32)), "here", false),
                Names.EXACT);
    }

    private static Stat written(long millis, int size) {
        long nanos = millis * 1_000_000;
        var identity = new FileIdentity(0, 1, 5);
        return new Stat(FileKind.FILE, identity, size, nanos, nanos, false, 1);
    }

    private static Item item(int sum, int size) {
        return Item.file(new Content(0, new Hash(sum, 0, 0, 0), size), false, 1);
    }

    private <T> T at(long millis, Supplier<T> what) {
        work.now = millis;
        return work.state.write(Durability.DURABLE, what);
    }

    /** Another process begins, under this run of the system. */
    private boolean start(Boot boot) {
        work = work(store);
        caution = new Caution(work);
        local = new LocalView(work, caution);
        boolean cut = at(CUT + 10_000, () -> caution.begin(Optional.of(boot)));
        caution.suspect(local);
        return cut;
    }

    private boolean isDamage(Item read, Stat now) {
        return at(CUT + 20_000, () -> caution.isDamage(FILE, read, now));
    }

    private static Agreed agreed(Item item) {
        return new Agreed(
                FILE,
                new Place(NodeId.ROOT, new Name("f")),
                item,
                7,
                Optional.of(new Observed("f", written(CUT - 5_000, 5))));
    }

    /** A file that was agreed on shortly before the cut. */
    @BeforeEach
    void begin() {
        at(
                CUT,
                () -> {
                    caution.begin(Optional.of(new Boot("before", 1_000)));
                    store.putAgreed(agreed(item(1, 5)));
                    return true;
                });
    }

    @Test
    @DisplayName(
            "R31: an edit that was read before the cut is none of its damage, after a kill too")
    void anEditThatWasReadIsKnownByTheNextRun() {
        Stat edited = written(CUT - 3_000, 6);
        at(
                CUT,
                () -> {
                    work.state.putLocal(
                            work.state
                                    .local(FILE)
                                    .orElseThrow()
                                    .holding(item(2, 6), new Observed("f", edited)));
                    return true;
                });

        assertThat(start(AFTER)).isTrue();
        assertThat(start(AFTER)).isFalse();

        assertThat(isDamage(item(2, 6), edited)).isFalse();
    }

    @Test
    @DisplayName("R31: what was judged isn't judged again by the next run")
    void whatWasJudgedStaysJudged() {
        start(AFTER);
        assertThat(isDamage(item(1, 5), written(CUT - 5_000, 5))).isFalse();

        start(AFTER);

        assertThat(isDamage(item(2, 5), written(CUT - 5_000, 5))).isFalse();
    }

    @Test
    @DisplayName("R31: what was found damaged is so for the next run, whatever its times")
    void damageIsKnownByTheNextRun() {
        start(AFTER);
        assertThat(isDamage(item(3, 2), written(CUT - 5_000, 2))).isTrue();

        start(AFTER);

        assertThat(isDamage(item(3, 2), written(CUT + 15_000, 2))).isTrue();
        assertThat(isDamage(item(4, 9), written(CUT + 16_000, 9))).isFalse();
        assertThat(store.damagedCount()).isZero();
    }

    /** The client ends in order. */
    private void stop(long millis) {
        at(
                millis,
                () -> {
                    caution.end();
                    return true;
                });
    }

    private static Stat changed(Stat stat, long millis, long inode) {
        return new Stat(
                stat.kind(),
                new FileIdentity(0, inode, 5),
                stat.sizeBytes(),
                stat.mtimeNanos(),
                millis * 1_000_000,
                stat.executable(),
                stat.linkCount());
    }

    @Test
    @DisplayName("R31: a power cut right after a stop in order damages, too")
    void aCutAfterAStop() {
        stop(CUT);

        assertThat(start(AFTER)).isFalse();

        assertThat(store.localUnknown(StateStore.FIRST, 9)).hasSize(1);
        assertThat(isDamage(item(3, 5), written(CUT - 5_000, 5))).isTrue();
    }

    @Test
    @DisplayName("R31: an older version that is back after a stop in order is damage")
    void anOlderVersionIsBack() {
        stop(CUT);
        start(AFTER);
        assertThat(isDamage(item(3, 9), written(CUT - 6_000, 9))).isTrue();
    }

    @Test
    @DisplayName("R31: damage that is chmod'ed before it was read stays damage")
    void aBitOnDamage() {
        stop(CUT);
        start(AFTER);
        Stat bit = changed(written(CUT - 5_000, 5), CUT + 15_000, 1);
        assertThat(isDamage(item(3, 5), bit)).isTrue();
    }

    @Test
    @DisplayName("R31: what is saved before or after a stop in order, and not read, is an edit")
    void editsAroundAStop() {
        stop(CUT);
        start(AFTER);
        assertThat(isDamage(item(3, 5), written(CUT - 4_000, 5))).isFalse();

        stop(CUT);
        start(new Boot("later", CUT + 9_000));
        assertThat(isDamage(item(3, 5), written(CUT + 2_000, 5))).isFalse();
    }

    @Test
    @DisplayName("R31: an older file that was moved there around a stop in order is an edit")
    void aMoveAroundAStop() {
        stop(CUT);
        start(AFTER);
        Stat moved = changed(written(CUT - 6_000, 5), CUT - 1_000, 2);
        assertThat(isDamage(item(3, 5), moved)).isFalse();
    }

    @Test
    @DisplayName("R31: what was written long before a stop in order isn't read again")
    void longBeforeAStop() {
        stop(CUT + Caution.UNFORCED_MILLIS);
        start(new Boot("later", CUT + 2 * Caution.UNFORCED_MILLIS));
        assertThat(store.localUnknown(StateStore.FIRST, 9)).isEmpty();
    }

    @Test
    @DisplayName("R31: nothing is suspected after a stop in order as long as the system runs")
    void aStopWhileTheSystemRuns() {
        stop(CUT);
        assertThat(start(new Boot("before", 1_000))).isFalse();
        assertThat(store.localUnknown(StateStore.FIRST, 9)).isEmpty();
    }

    @Test
    @DisplayName("R31: what a first cut made suspect stays so beyond a stop and another start")
    void aStopWhileChecking() {
        start(AFTER);
        stop(CUT + 20_000);
        start(new Boot("again", CUT + 30_000));
        assertThat(isDamage(item(3, 5), written(CUT - 1_000, 5))).isTrue();
    }

    @Test
    @DisplayName("R31: what a first cut damaged, and a second one damages more, is damage")
    void aSecondCut() {
        start(AFTER);
        assertThat(isDamage(item(3, 2), written(CUT - 5_000, 2))).isTrue();

        assertThat(start(new Boot("again", CUT + 9_000))).isTrue();

        assertThat(isDamage(item(4, 3), written(CUT - 5_000, 3))).isTrue();
    }

    @Test
    @DisplayName("R22, R31: doubts go with a node that gets another id")
    void doubtsGoWithTheirNode() {
        var other = new NodeId(-2);
        start(AFTER);
        at(
                CUT + 15_000,
                () -> {
                    work.replaceId(FILE, other, Optional.empty());
                    return true;
                });
        assertThat(store.suspect(FILE)).isEmpty();
        assertThat(store.suspect(other)).isPresent();
        at(
                CUT + 15_000,
                () -> {
                    work.replaceId(other, FILE, Optional.empty());
                    return true;
                });
        assertThat(isDamage(item(3, 2), written(CUT - 5_000, 2))).isTrue();
        at(
                CUT + 16_000,
                () -> {
                    work.replaceId(FILE, other, Optional.empty());
                    return true;
                });
        assertThat(store.damaged(FILE)).isEmpty();
        assertThat(store.damaged(other)).isPresent();
    }

    @Test
    @DisplayName("R31: nothing is left in the state once all is read and put away")
    void nothingIsLeft() {
        start(AFTER);
        assertThat(isDamage(item(3, 2), written(CUT - 5_000, 2))).isTrue();
        at(
                CUT + 30_000,
                () -> {
                    caution.allRead();
                    return true;
                });
        start(AFTER);
        assertThat(isDamage(item(3, 2), written(CUT + 15_000, 2))).isTrue();

        at(
                CUT + 30_000,
                () -> {
                    store.removeDamaged(FILE);
                    caution.allRead();
                    return true;
                });

        assertThat(store.suspect(FILE)).isEmpty();
        assertThat(store.value("checking-from")).isEmpty();
        assertThat(store.value("suspecting")).isEmpty();
        assertThat(start(AFTER)).isFalse();
        assertThat(isDamage(item(3, 2), written(CUT - 5_000, 2))).isFalse();
    }

    @Test
    @DisplayName("R31, L9: suspects are written down by the page; what is cut off begins anew")
    void manySuspects() {
        stop(CUT);
        int count = 2 * Caution.PAGE + 1;
        at(
                CUT,
                () -> {
                    for (long id = 1; id <= count; id++) {
                        Agreed row = agreed(item(1, 5));
                        store.putAgreed(
                                new Agreed(
                                        new NodeId(id),
                                        new Place(NodeId.ROOT, new Name("f" + id)),
                                        row.item(),
                                        id,
                                        row.observed()));
                    }
                    return true;
                });
        var killed = new int[] {2};
        StateStore killing =
                (StateStore)
                        Proxy.newProxyInstance(
                                StateStore.class.getClassLoader(),
                                new Class<?>[] {StateStore.class},
                                (_, method, arguments) -> {
                                    if (method.getName().equals("begin")
                                            && arguments[0] == Durability.EVENTUAL
                                            && --killed[0] < 0) {
                                        throw new IllegalStateException("killed");
                                    }
                                    try {
                                        return method.invoke(store, arguments);
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        work = work(killing);
        caution = new Caution(work);
        local = new LocalView(work, caution);
        at(CUT + 10_000, () -> caution.begin(Optional.of(AFTER)));
        assertThatThrownBy(() -> caution.suspect(local)).hasMessage("killed");
        assertThat(suspects(count)).isEqualTo(2 * Caution.PAGE);

        assertThat(start(AFTER)).isFalse();

        assertThat(suspects(count)).isEqualTo(count);
        List<LocalRow.Present> unread = store.localUnknown(StateStore.FIRST, 2 * count);
        assertThat(unread).hasSize(count);
        assertThat(isDamage(item(3, 5), written(CUT - 4_000, 5))).isFalse();
    }

    private long suspects(int count) {
        long found = 0;
        for (long id = 1; id <= count; id++) {
            found += store.suspect(new NodeId(id)).isPresent() ? 1 : 0;
        }
        return found;
    }
}
