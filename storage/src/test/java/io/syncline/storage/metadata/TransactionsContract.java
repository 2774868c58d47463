package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.commitFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.TreeDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of transactions. */
public abstract class TransactionsContract extends MetadataContract {
    @Test
    void failedWriteLeavesNothingBehindAndThrowsWhatTheWorkThrew() {
        Account account = samples.account("ann");
        IllegalArgumentException planned = new IllegalArgumentException("as planned");

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction.accounts().add(account);
                            throw planned;
                        }))
                .isSameAs(planned);

        assertThat(store.<Long>read(transaction -> transaction.accounts().count())).isZero();
    }

    @Test
    void writeSeesItsOwnChanges() {
        Account account = samples.account("ann");

        Optional<Account> seen =
                store.write(transaction -> {
                    transaction.accounts().add(account);
                    return transaction.accounts().find(account.id());
                });

        assertThat(seen).contains(account);
    }

    @Test
    void workThatGoesOnAfterAFailedMutationStillFails() {
        Account ann = samples.account("ann");
        Account twin = samples.account("ann");
        store.write(transaction -> add(transaction, ann));

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction.accounts().add(samples.account("bob"));
                            try {
                                transaction.accounts().add(twin);
                            } catch (SynclineException e) {
                                return false;
                            }
                            return true;
                        }))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        assertThat(store.<Long>read(transaction -> transaction.accounts().count())).isEqualTo(1);
    }

    @Test
    void transactionIsOfNoUseAfterItsWork() {
        AtomicReference<Accounts> kept = new AtomicReference<>();
        store.read(transaction -> {
            kept.set(transaction.accounts());
            return 0;
        });

        assertThatThrownBy(() -> kept.get().count()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("R14 a read sees one snapshot while writes go on")
    void readSeesOneSnapshotWhileWritesGoOn() throws Exception {
        commitFiles(store, project.id(), 10, "a");
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Long>> reading =
                    threads.submit(() ->
                            store.read(transaction -> {
                                long before = head(transaction);
                                looked.countDown();
                                awaitUnchecked(written);
                                long pageEnd =
                                        transaction
                                                .nodes(project.key())
                                                .changes(0, 1_000)
                                                .getLast()
                                                .sequence();
                                return List.of(before, pageEnd, head(transaction));
                            }));
            assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
            // The write doesn't wait for the read either.
            commitFiles(store, project.id(), 10, "b");
            written.countDown();

            assertThat(reading.get()).containsExactly(10L, 10L, 10L);
        }
        assertThat(store.<Long>read(this::head)).isEqualTo(20);
    }

    @Test
    @DisplayName("R14 page and head never contradict one another under concurrent commits")
    void pageAndHeadAgreeUnderConcurrentCommits() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch reading = new CountDownLatch(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(() -> {
                    int reads = 0;
                    while (!done.get()) {
                        store.read(transaction -> {
                            Project now = transaction.projects().find(project.key()).orElseThrow();
                            List<Node> all = transaction.nodes(project.key()).changes(0, 10_000);
                            TreeDigest digest = TreeDigest.EMPTY;
                            for (Node node : all) {
                                digest = digest.plus(node);
                            }
                            assertThat(digest).isEqualTo(now.digest());
                            assertThat(all.size()).isEqualTo(now.head());
                            return 0;
                        });
                        if (reads++ == 0) {
                            reading.countDown();
                        }
                    }
                    return reads;
                });
            }
            List<Future<Integer>> running = readers.stream().map(threads::submit).toList();
            reading.await();
            for (int i = 0; i < 60; i++) {
                commitFiles(store, project.id(), 5, "f");
            }
            done.set(true);
            for (Future<Integer> reader : running) {
                assertThat(reader.get()).isPositive();
            }
        }
    }

    @Test
    @DisplayName("R1 one failing write among fifty fails alone")
    void oneFailingWriteAmongFiftyFailsAlone() throws Exception {
        store.write(transaction -> add(transaction, samples.account("taken")));
        List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            accounts.add(samples.account(i == 25 ? "taken" : "account " + i));
        }
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Boolean>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // One write holds the writer, so that the others wait together.
            Future<Integer> holder =
                    threads.submit(() ->
                            store.write(_ -> {
                                holding.countDown();
                                awaitUnchecked(release);
                                return 0;
                            }));
            assertThat(holding.await(20, TimeUnit.SECONDS)).isTrue();
            for (Account account : accounts) {
                results.add(
                        threads.submit(
                                () -> store.write(transaction -> add(transaction, account))));
            }
            release.countDown();
            assertThat(holder.get()).isZero();
        }

        for (int i = 0; i < 50; i++) {
            Future<Boolean> result = results.get(i);
            if (i == 25) {
                assertThat(result.state()).isEqualTo(Future.State.FAILED);
                assertCode(result.exceptionNow(), ErrorCode.STALE);
            } else {
                assertThat(result.resultNow()).isTrue();
            }
        }
        assertThat(store.<Long>read(transaction -> transaction.accounts().count())).isEqualTo(50);
    }

    @Test
    @DisplayName("scenario 57, L1 R1 sequences are gap-free and nothing shows before a lower one")
    void sequencesAreGapFreeUnderConcurrentCommits() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int device = 0; device < 8; device++) {
                String prefix = "d" + device + " ";
                writers.add(
                        threads.submit(() -> {
                            for (int i = 0; i < 25; i++) {
                                commitFiles(store, project.id(), 1 + i % 3, prefix);
                            }
                        }));
            }
            long seen = 0;
            while (writers.stream().anyMatch(writer -> !writer.isDone())) {
                List<Node> page = store.read(transaction -> nodes(transaction).changes(0, 10_000));
                for (int i = 0; i < page.size(); i++) {
                    assertThat(page.get(i).sequence()).isEqualTo(i + 1);
                }
                assertThat((long) page.size()).isGreaterThanOrEqualTo(seen);
                seen = page.size();
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(store.<Long>read(this::head)).isEqualTo(8 * 49);
    }

    @Test
    void writeBehindIsDurableAndLetThroughUnderLoad() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(
                        threads.submit(() -> {
                            while (!done.get()) {
                                store.write(transaction -> {
                                    transaction.projects().raiseFloor(project.key(), 1);
                                    return 0;
                                });
                            }
                        }));
            }
            Account account = samples.account("behind");
            try {
                store.writeBehind(transaction -> add(transaction, account));
            } finally {
                done.set(true);
            }
            for (Future<?> load : loads) {
                load.get();
            }
            assertThat(optional(transaction -> transaction.accounts().byName("behind")))
                    .contains(account);
        }
    }

    @Test
    void closedStoreIsUnavailable() {
        store.close();
        store.close();

        assertThatThrownBy(() -> store.read(_ -> 0))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
        assertThatThrownBy(() -> store.write(_ -> 0))
                .satisfies(failure -> assertCode(failure, ErrorCode.UNAVAILABLE));
    }
}
