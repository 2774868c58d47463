package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.Role;
import io.syncline.storage.block.FrameLocation;
import io.syncline.storage.block.PackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of quotas. */
public abstract class QuotasContract {
    private final Samples samples = new Samples(23);

    private MetadataStore store;
    private Project project;

    /** Opens an empty store. */
    protected abstract MetadataStore open();

    @BeforeEach
    void openStore() {
        store = open();
        project = store.write(write -> write.projects().add(samples.newProject()));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private Usage usage() {
        return store.read(read -> read.quotas().usage(project.key()));
    }

    private Usage recount() {
        return store.read(this::recount);
    }

    private Usage recount(ReadTransaction read) {
        return read.quotas().recount(project.key());
    }

    private static Quota quota(long bytes, long nodes, long frames) {
        return new Quota(OptionalLong.of(bytes), OptionalLong.of(nodes), OptionalLong.of(frames));
    }

    @Test
    void aNewProjectHoldsNothingAndMayHoldAll() {
        assertThat(usage()).isEqualTo(Usage.NONE);
        store.read(read -> {
            assertThat(read.quotas().standard()).isEqualTo(Quota.NONE);
            assertThat(read.quotas().of(project.id())).isEqualTo(Quota.NONE);
            assertThat(read.quotas().limitedOwners(project.key())).isEmpty();
            return true;
        });
    }

    @Test
    void limitsAreKeptReplacedAndRemovedEachForItself() {
        Account account = samples.account("a");
        store.write(write -> {
            write.quotas().putStandard(quota(1, 2, 3));
            write.quotas().put(project.id(), quota(4, 5, 6));
            write.quotas().put(project.id(), quota(7, 8, 9));
            write.quotas().put(account.id(), quota(10, 11, 12));
            return true;
        });
        store.read(read -> {
            assertThat(read.quotas().standard()).isEqualTo(quota(1, 2, 3));
            assertThat(read.quotas().of(project.id())).isEqualTo(quota(7, 8, 9));
            assertThat(read.quotas().of(account.id()))
                    .isEqualTo(
                            new Quota(
                                    OptionalLong.of(10),
                                    OptionalLong.of(11),
                                    OptionalLong.empty()));
            return true;
        });
        store.write(write -> {
            write.quotas().put(project.id(), Quota.NONE);
            return true;
        });
        assertThat(store.<Quota>read(read -> read.quotas().of(project.id()))).isEqualTo(Quota.NONE);
        assertThat(store.<Quota>read(read -> read.quotas().standard())).isEqualTo(quota(1, 2, 3));
    }

    @Test
    void aPartThatIsNotSaidFollowsTheOther() {
        Quota own = new Quota(OptionalLong.of(1), OptionalLong.empty(), OptionalLong.empty());
        assertThat(own.or(quota(7, 8, 9))).isEqualTo(quota(1, 8, 9));
        assertThatThrownBy(() -> quota(-1, 0, 0)).isInstanceOf(SynclineException.class);
    }

    @Test
    void ownersAreThoseOfThatRoleOnlyAndTheirProjectsAddUp() {
        Account limited = samples.account("limited");
        Account other = samples.account("other");
        Project second =
                store.write(write -> {
                    Project made = write.projects().add(samples.newProject());
                    write.accounts().add(limited);
                    write.accounts().add(other);
                    write.members(project.key()).put(limited.id(), Role.OWNER);
                    write.members(project.key()).put(other.id(), Role.OWNER);
                    write.members(made.key()).put(limited.id(), Role.EDITOR);
                    write.quotas().put(limited.id(), quota(1, 2, 3));
                    write.quotas().addContent(project.key(), 100);
                    write.quotas().addContent(made.key(), 1_000);
                    write.projects().advance(project.key(), 3, project.digest(), 7, T0);
                    return made;
                });
        store.read(read -> {
            assertThat(read.quotas().limitedOwners(project.key())).containsExactly(limited.id());
            assertThat(read.quotas().limitedOwners(second.key())).isEmpty();
            assertThat(read.quotas().owned(limited.id())).isEqualTo(new Quotas.Owned(100, 7));
            assertThat(read.quotas().owned(samples.account("nobody").id()))
                    .isEqualTo(new Quotas.Owned(0, 0));
            return true;
        });
        store.write(write -> {
            write.members(second.key()).put(limited.id(), Role.OWNER);
            return true;
        });
        assertThat(store.<Quotas.Owned>read(read -> read.quotas().owned(limited.id())))
                .isEqualTo(new Quotas.Owned(1_100, 7));
    }

    @Test
    void contentIsCountedAndRecounted() {
        store.write(write -> {
            write.quotas().addContent(project.key(), 500);
            write.quotas().addContent(project.key(), -120);
            return true;
        });
        assertThat(usage().contentBytes()).isEqualTo(380);
        assertThat(recount()).isEqualTo(Usage.NONE);
        store.write(write -> {
            write.nodes(project.key())
                    .put(
                            List.of(
                                    new Version(Samples.file(1, 0, "a"), Version.Action.CREATE, T0),
                                    new Version(
                                            Samples.directory(2, 0, "d"),
                                            Version.Action.CREATE,
                                            T0)));
            write.quotas()
                    .correct(
                            project.key(),
                            recount(write).minus(write.quotas().usage(project.key())));
            return true;
        });
        assertThat(usage().contentBytes()).isEqualTo("content of 1".length());
        assertThat(recount()).isEqualTo(usage());
    }

    @Test
    void aRefusedWriteCountsNothing() {
        assertThatThrownBy(() ->
                        store.write(write -> {
                            write.quotas().addContent(project.key(), 500);
                            write.blocks(project.key()).insert(List.of(samples.block()), T0);
                            throw SynclineException.invalid("no");
                        }))
                .isInstanceOf(SynclineException.class);
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void blocksAreCountedWhateverHappensToTheirRows() {
        long seed = 5;
        Random random = new Random(seed);
        List<NewBlock> known = new ArrayList<>();
        PackId pack = new PackId(samples.id());
        for (int round = 0; round < 60; round++) {
            List<NewBlock> some = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                some.add(
                        known.isEmpty() || random.nextInt(3) > 0
                                ? samples.block(pack)
                                : elsewhere(known.get(random.nextInt(known.size())), random));
            }
            known.addAll(some);
            int cleared = random.nextInt(4) == 0 ? random.nextInt(9) : 0;
            store.write(write -> {
                Blocks.Writable rows = write.blocks(project.key());
                rows.insert(some, T0);
                return cleared == 0 ? 0 : rows.clear(cleared);
            });
            assertThat(usage()).as("seed %d, round %d", seed, round).isEqualTo(counted());
        }
        assertThat(recount()).isEqualTo(usage());
        store.write(write -> {
            write.blocks(project.key()).clear();
            return true;
        });
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    private static NewBlock elsewhere(NewBlock block, Random random) {
        return new NewBlock(
                block.hash(),
                new FrameLocation(block.location().pack(), 1, 1 + random.nextInt(1 << 18)),
                block.sizeBytes(),
                block.level());
    }

    private Usage counted() {
        List<BlockRow> rows =
                store.read(read -> read.blocks(project.key()).page(Optional.empty(), 10_000));
        return new Usage(
                0,
                rows.stream().mapToLong(row -> row.location().lengthBytes()).sum(),
                rows.stream().mapToLong(BlockRow::sizeBytes).sum(),
                rows.size());
    }

    @Test
    void rowsAreClearedInSlices() {
        store.write(write -> {
            List<NewBlock> blocks = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                blocks.add(samples.block());
            }
            return write.blocks(project.key()).insert(blocks, T0);
        });
        List<Integer> slices = new ArrayList<>();
        int cleared;
        do {
            cleared = store.write(write -> write.blocks(project.key()).clear(10));
            slices.add(cleared);
        } while (cleared > 0);
        assertThat(slices).containsExactly(10, 10, 5, 0);
        // Numbering begins anew.
        NewBlock block = samples.block();
        store.write(write -> write.blocks(project.key()).insert(List.of(block), T0));
        assertThat(
                        store.<List<BlockRow>>read(
                                read -> read.blocks(project.key()).page(Optional.empty(), 10)))
                .singleElement()
                .extracting(BlockRow::number)
                .isEqualTo(0L);
    }
}
