package io.syncline.system.load;

import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.TreeApi;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.CommitId;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.Place;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.Commit;
import io.syncline.core.wire.WireJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Devices that commit, the first of as many teams: each makes directories whose names say when they
 * were sent. All threads may look at the figures once they have ended.
 */
final class Committers implements AutoCloseable {
    private final Population population;
    private final List<Integer> ports;
    private final List<Thread> threads = new ArrayList<>();
    private final Delays answered = new Delays();
    private final Map<String, Integer> errors = new HashMap<>();
    private volatile boolean stopped;

    Committers(Population population, List<Integer> ports) {
        this.population = population;
        this.ports = List.copyOf(ports);
    }

    /** Begins, all of them together so many a second. */
    void start(int count, double perSecond) {
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> commit(number, count / perSecond)));
        }
    }

    private void commit(int number, double betweenSeconds) {
        Random random = new Random(population.seed() + number);
        int device = number * Population.TEAM;
        ProjectId project = population.team(number);
        int port = number % ports.size();
        Optional<Sender> sender = Optional.empty();
        while (!stopped) {
            LockSupport.parkNanos((long) (betweenSeconds * 2e9 * random.nextDouble()));
            try {
                if (sender.isEmpty()) {
                    sender =
                            Optional.of(
                                    new Sender(
                                            ports.get(port), device, project, random, population));
                }
                note(sender.get().send("team-"));
            } catch (SynclineException e) {
                note(e);
                sender.ifPresent(Sender::close);
                sender = Optional.empty();
                // As a balancer does.
                port = (port + 1) % ports.size();
            }
        }
        sender.ifPresent(Sender::close);
    }

    private synchronized void note(long nanos) {
        answered.add(nanos);
    }

    private synchronized void note(SynclineException failure) {
        errors.merge(failure.code().toString(), 1, Integer::sum);
    }

    /** From sending a commit until its answer. */
    synchronized Delays answered() {
        Delays copy = new Delays();
        copy.addAll(answered);
        return copy;
    }

    synchronized Map<String, Integer> errors() {
        return Map.copyOf(errors);
    }

    synchronized void reset() {
        answered.clear();
        errors.clear();
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(LockSupport::unpark);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One device that commits to one project through one node. */
    static final class Sender implements AutoCloseable {
        private final HttpServerApi api;
        private final ProjectId project;
        private volatile Proof proof;
        private final ReplicaId replica;
        private final Random random;

        Sender(int port, int device, ProjectId project, Random random, Population population) {
            this.api =
                    new HttpServerApi(
                            ServerAddress.parse("http://127.0.0.1:" + port),
                            Optional.of(population.token(device)));
            this.project = project;
            this.random = random;
            this.replica = new ReplicaId(RandomId.next(random));
            boolean whole = false;
            try {
                this.proof = api.project(project).proof();
                whole = true;
            } finally {
                if (!whole) {
                    api.close();
                }
            }
        }

        /** Commits a directory with a name that begins so; how long the answer took. */
        long send(String prefix) {
            long began = System.nanoTime();
            byte[] body =
                    WireJson.COMMIT.toBytes(
                            new Commit(
                                    new CommitId(RandomId.next(random)),
                                    replica,
                                    proof,
                                    false,
                                    List.of(
                                            new Change.Create(
                                                    new NodeId(-1),
                                                    new Place(
                                                            NodeId.ROOT,
                                                            new Name(prefix + System.nanoTime())),
                                                    Item.DIRECTORY,
                                                    Optional.empty()))));
            // The newest, as a client does: an old one may be below what the server still knows.
            proof =
                    switch (api.commit(project, body)) {
                        case TreeApi.CommitOutcome.Answered(var answer) -> answer.proof();
                        case TreeApi.CommitOutcome.Expired(var mode, _) ->
                                throw new IllegalStateException(
                                        "the commit's base is gone: " + mode);
                    };
            return System.nanoTime() - began;
        }

        @Override
        public void close() {
            api.close();
        }
    }
}
