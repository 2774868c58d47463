package io.syncline.system.bench;

import io.syncline.client.api.HttpServerApi;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Access;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Dispatcher;
import io.syncline.server.edge.Handler;
import io.syncline.server.edge.Incoming;
import io.syncline.server.edge.Router;
import io.syncline.server.rate.RateSettings;
import io.syncline.server.rate.Rates;
import io.syncline.storage.deadline.Deadline;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.sqlite.SqliteMetadataStore;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * What its deadline and its account's and device's rates cost a small request, for a project's
 * name: how much more processor time it takes with both than without, measured in turn in this
 * process over a store of its own; as a share of what the whole request takes a server over HTTP.
 */
final class BoundsRow {
    private static final int BATCH = 2_000;
    private static final int CHECK_EVERY = 100;

    /** The system tells processor time in ticks of 10 ms. */
    private static final Duration TICKS = Duration.ofMillis(100);

    private static final String TOKEN = "sld_bench";
    private static final Duration SEEN = Duration.ofHours(1);
    private static final Duration REQUEST_TIME = Duration.ofSeconds(30);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** So much that nothing is refused. */
    private static final RateSettings PLENTY =
            new RateSettings(RateSettings.MAX, RateSettings.MAX, Duration.ofMinutes(1));

    private final Bed bed;
    private final Random random = new Random(1);

    BoundsRow(Bed bed) {
        this.bed = bed;
    }

    Row measure() throws Exception {
        Path folder = bed.directory("bounds");
        try (MetadataStore store = SqliteMetadataStore.open(folder.resolve("metadata.sqlite"))) {
            ProjectId project = fill(store);
            InstantSource clock = InstantSource.system();
            Access access = new Access(store, clock, new Rates(PLENTY, () -> 1, clock));
            Dispatcher bounded =
                    dispatcher(
                            access.member(
                                    Role.VIEWER, (_, member) -> answer(store, member.project())));
            Dispatcher unbounded = dispatcher(call -> answer(store, lookUp(store, call, clock)));
            Incoming request = new Asking("/v1/projects/" + project.value());
            int rounds = bed.rounds(100);
            double[] with = new double[rounds];
            double[] without = new double[rounds];
            // The first half is for the compilers.
            for (int i = -rounds; i < rounds; i++) {
                double plain = microsPerRequest(() -> ask(unbounded, request));
                double limited =
                        microsPerRequest(() ->
                                Deadline.after(REQUEST_TIME).call(() -> ask(bounded, request)));
                if (i >= 0) {
                    with[i] = limited;
                    without[i] = plain;
                }
            }
            double added = Math.max(0, median(with) - median(without));
            double whole = microsOverHttp();
            return Row.ofValue(
                            "bounds",
                            "processor time of a small request's deadline and rates, as a share of"
                                    + " all of it (%.0f µs)".formatted(whole),
                            millis(with),
                            added / whole * 100,
                            "%")
                    .goal(2)
                    .note(
                            "%.2f µs, beside %.1f µs of looking up; times are without HTTP"
                                    .formatted(added, median(without)));
        } finally {
            Bed.delete(folder);
        }
    }

    /** The server's processor time for such a request from a device that stays connected. */
    private double microsOverHttp() {
        HttpServerApi api = bed.api();
        ProjectId project = api.newProject("bounds", false).id();
        int count = bed.rounds(4_000);
        for (int i = 0; i < count; i++) {
            var _ = api.project(project);
        }
        int asked = 0;
        Duration before = bed.deployment().server().processorTime();
        Duration spent = Duration.ZERO;
        while (asked < count || spent.compareTo(TICKS) < 0) {
            var _ = api.project(project);
            asked++;
            if (asked % CHECK_EVERY == 0 || asked >= count) {
                spent = bed.deployment().server().processorTime().minus(before);
            }
        }
        return spent.toNanos() / 1e3 / asked;
    }

    private static Times millis(double[] micros) {
        return new Times(Arrays.stream(micros).map(one -> one / 1e3).toArray());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double microsPerRequest(Runnable request) {
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < BATCH; i++) {
            request.run();
        }
        return (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / BATCH;
    }

    private static Answer ask(Dispatcher dispatcher, Incoming request) {
        Answer answer = dispatcher.answer(request, "0123456789abcdef");
        if (answer.status() != 200) {
            throw new IllegalStateException("answered " + answer.status());
        }
        return answer;
    }

    private static Dispatcher dispatcher(Handler handler) {
        return new Dispatcher(new Router().add("GET", "/v1/projects/{p}", handler));
    }

    private static Answer answer(MetadataStore store, Project project) {
        String name = store.read(read -> read.projects().find(project.key()).orElseThrow().name());
        return Answer.json(("{\"name\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    /** What {@link Access} looks up and judges, and nothing else. */
    private static Project lookUp(MetadataStore store, Call call, InstantSource clock) {
        return store.read(read -> {
            String[] words = call.header("Authorization").orElseThrow().strip().split(" +", 2);
            Device device = read.devices().byToken(hash(words[1])).orElseThrow();
            ProjectId id = new ProjectId(call.variable("p"));
            Project project = read.projects().find(id).orElseThrow();
            Role role = read.members(project.key()).role(device.account()).orElseThrow();
            if (device.revoked().isPresent()
                    || !role.includes(Role.VIEWER)
                    || device.seen().plus(SEEN).isBefore(clock.instant())
                    || call.cookie("session").isPresent()) {
                throw new IllegalStateException("may not look");
            }
            return project;
        });
    }

    private static Hash hash(String token) {
        return Hash.sha256(token.getBytes(StandardCharsets.UTF_8));
    }

    private ProjectId fill(MetadataStore store) {
        Instant now = InstantSource.system().instant();
        AccountId account = new AccountId(RandomId.next(random));
        DeviceId device = new DeviceId(RandomId.next(random));
        ProjectId id = new ProjectId(RandomId.next(random));
        return store.write(write -> {
            write.accounts()
                    .add(new Account(account, "bench", Optional.empty(), now, false, false));
            write.devices()
                    .add(
                            new Device(
                                    device,
                                    account,
                                    "bench",
                                    hash(TOKEN),
                                    now,
                                    now,
                                    Optional.empty()));
            Project project =
                    write.projects()
                            .add(
                                    new NewProject(
                                            id,
                                            "bench",
                                            1,
                                            false,
                                            new Epoch(RandomId.next(random)),
                                            now));
            write.members(project.key()).put(account, Role.OWNER);
            return id;
        });
    }

    /** A device's request without a body. */
    private record Asking(String path) implements Incoming {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public Optional<String> query(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<String> header(String name) {
            return name.equals("Authorization") ? Optional.of("Bearer " + TOKEN) : Optional.empty();
        }

        @Override
        public Optional<String> cookie(String name) {
            return Optional.empty();
        }

        @Override
        public boolean secure() {
            return true;
        }

        @Override
        public String authority() {
            return "localhost";
        }

        @Override
        public String peer() {
            return "127.0.0.1";
        }

        @Override
        public byte[] body(int bytesMax) {
            return new byte[0];
        }

        @Override
        public void reserve(int bytes) {}
    }
}
