package io.syncline.server.operator;

import io.syncline.core.tree.AccountId;
import io.syncline.server.account.Accounts;
import io.syncline.server.background.Rounds;
import io.syncline.storage.block.PackFiles;
import io.syncline.storage.block.PackFiles.PackFile;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Adds up what projects and accounts have: a few look-ups for each of them and, where packs are
 * files, one for each pack, whatever the number of nodes. Done in the background every minute, more
 * rarely where it takes long, and once while somebody waits, where nobody asked before.
 * Thread-safe.
 */
public final class Measurements implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMinutes(1);

    /** Measuring takes at most this part of the time. */
    private static final int SHARE = 20;

    /** Rows in one read. */
    private static final int PAGE = 100;

    /** How many of the largest projects are known. */
    static final int LARGEST_MAX = 100;

    private static final Duration SEEN = Duration.ofDays(1);

    private final MetadataStore store;
    private final InstantSource clock;
    private final Rounds rounds = new Rounds("measurements", this::pause, this::run);
    private volatile Optional<Files> files = Optional.empty();
    private volatile Optional<Totals> last = Optional.empty();

    /**
     * Where everything is in files of this machine.
     *
     * @param data the folder that holds it
     */
    record Files(Path data, PackFiles packs) {}

    /** Nothing measured yet. */
    public Measurements(MetadataStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Counts also these packs, in this data folder. */
    public void watch(Path data, PackFiles packs) {
        files = Optional.of(new Files(data, packs));
    }

    /** Begins to do so in the background. Call once. */
    public void start() {
        rounds.start();
    }

    private Duration pause() {
        Duration most =
                last.map(measured -> measured.took().multipliedBy(SHARE)).orElse(Duration.ZERO);
        return most.compareTo(PERIOD) > 0 ? most : PERIOD;
    }

    /** Does now what is done every minute. */
    public void run() {
        var _ = measure();
    }

    Optional<Files> files() {
        return files;
    }

    /** What was measured last, or now where nothing was yet. */
    Totals last() {
        return last.orElseGet(this::first);
    }

    private synchronized Totals first() {
        return last.orElseGet(this::measure);
    }

    private synchronized Totals measure() {
        Instant began = clock.instant();
        Sum sum = new Sum();
        long after = 0;
        List<Project> page;
        do {
            long from = after;
            page =
                    store.read(read -> {
                        List<Project> some = read.projects().page(from, PAGE);
                        some.forEach(
                                project -> sum.add(project, read.quotas().usage(project.key())));
                        return some;
                    });
            files.ifPresent(found -> some(found, sum));
            after = page.isEmpty() ? after : page.getLast().key().value();
        } while (page.size() == PAGE && !rounds.isClosed());
        Optional<AccountId> last = Optional.empty();
        List<Account> accounts;
        do {
            Optional<AccountId> from = last;
            accounts =
                    store.read(read -> {
                        List<Account> some = read.accounts().page(from, PAGE);
                        some.forEach(account -> sum.add(read, account, began.minus(SEEN)));
                        return some;
                    });
            last = accounts.isEmpty() ? last : Optional.of(accounts.getLast().id());
        } while (accounts.size() == PAGE && !rounds.isClosed());
        Totals measured =
                sum.measured(began, Duration.between(began, clock.instant()), files.isPresent());
        this.last = Optional.of(measured);
        return measured;
    }

    /** The packs of the projects that were added last. */
    private static void some(Files files, Sum sum) {
        for (Project project : sum.fresh) {
            for (PackFile pack : files.packs().packFiles(project.id())) {
                sum.packs++;
                sum.packBytes += pack.lengthBytes();
            }
        }
        sum.fresh.clear();
    }

    /** What is added up. */
    private static final class Sum {
        private final List<Project> fresh = new java.util.ArrayList<>();
        private final PriorityQueue<Totals.Size> largest =
                new PriorityQueue<>(Comparator.comparingLong(Totals.Size::storedBytes));
        private long projects;
        private long nodes;
        private long contentBytes;
        private long blocks;
        private long blockBytes;
        private long storedBytes;
        private long packs;
        private long packBytes;
        private long accounts;
        private long devices;
        private long seen;

        void add(Project project, Usage usage) {
            projects++;
            nodes += project.nodes();
            contentBytes += usage.contentBytes();
            blocks += usage.blocks();
            blockBytes += usage.blockBytes();
            storedBytes += usage.frameBytes();
            largest.add(new Totals.Size(project.id(), usage.frameBytes()));
            if (largest.size() > LARGEST_MAX) {
                var _ = largest.poll();
            }
            fresh.add(project);
        }

        void add(ReadTransaction read, Account account, Instant since) {
            accounts++;
            for (Device device : read.devices().ofAccount(account.id())) {
                if (device.revoked().isEmpty() && !Accounts.isBrowser(device)) {
                    devices++;
                    seen += device.seen().isAfter(since) ? 1 : 0;
                }
            }
        }

        Totals measured(Instant at, Duration took, boolean inFiles) {
            return new Totals(
                    at,
                    took,
                    projects,
                    nodes,
                    contentBytes,
                    blocks,
                    blockBytes,
                    storedBytes,
                    inFiles ? OptionalLong.of(packs) : OptionalLong.empty(),
                    inFiles ? OptionalLong.of(packBytes) : OptionalLong.empty(),
                    accounts,
                    devices,
                    seen,
                    largest.stream()
                            .sorted(Comparator.comparingLong(Totals.Size::storedBytes).reversed())
                            .toList());
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
