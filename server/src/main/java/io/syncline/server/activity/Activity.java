package io.syncline.server.activity;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.ProjectId;
import io.syncline.server.background.Rounds;
import io.syncline.server.edge.RequestObserver;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntSupplier;

/** What this node did lately, counted while it does it. Thread-safe. */
public final class Activity implements RequestObserver, AutoCloseable {
    /** Where changes are committed. */
    private static final String COMMITS = "/v1/projects/{p}/commits";

    private final InstantSource clock;
    private final IntSupplier sockets;
    private final Series series = new Series();
    private final RecentErrors errors = new RecentErrors();
    private final BusyProjects projects = new BusyProjects();
    private final Rounds rounds =
            new Rounds("activity", () -> Duration.ofSeconds(Series.FINE_SECONDS), this::tick);

    /**
     * Nothing yet.
     *
     * @param sockets how many event sockets are open
     */
    public Activity(InstantSource clock, IntSupplier sockets) {
        this.clock = clock;
        this.sockets = sockets;
    }

    /** One project's requests. */
    public record Project(ProjectId id, long requests, double p50Millis, double p99Millis) {
        private static Project of(BusyProjects.Busy busy) {
            return new Project(
                    new ProjectId(busy.project()),
                    busy.requests(),
                    busy.p50Millis(),
                    busy.p99Millis());
        }
    }

    /** Begins to make points of what is counted. Call once. */
    public void start() {
        rounds.start();
    }

    /** Ends the point that is counted now. */
    public void tick() {
        series.tick(
                clock.instant(),
                sockets.getAsInt(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    @Override
    public void answered(Seen request) {
        boolean commit =
                request.method().equals("POST")
                        && request.template().equals(COMMITS)
                        && request.status() == 200;
        series.answered(request.status(), request.nanos(), commit);
        if (request.status() >= 500 || request.status() == ErrorCode.LIMITED.httpStatus()) {
            errors.add(clock.instant(), request);
        }
        // Whoever isn't a member gets 404, so that made-up ids aren't counted.
        if (request.status() < 400) {
            request.project()
                    .ifPresent(id -> projects.answered(id, request.nanos(), clock.instant()));
        }
    }

    @Override
    public void turnedAway(Seen request) {
        series.turnedAway();
        errors.add(clock.instant(), request);
    }

    @Override
    public void moved(long bytesIn, long bytesOut) {
        series.moved(bytesIn, bytesOut);
    }

    /** The last minutes as a document of columns. */
    public byte[] series(String node, int minutes) {
        return series.toJson(node, minutes, clock.instant());
    }

    /** The last failures as a document. */
    public byte[] errors() {
        return errors.toJson();
    }

    /** The projects with the slowest requests. */
    public List<Project> slowest(int limit) {
        return first(Comparator.comparingDouble(BusyProjects.Busy::p99Millis), limit);
    }

    /** The projects with the most requests. */
    public List<Project> busiest(int limit) {
        return first(Comparator.comparingLong(BusyProjects.Busy::requests), limit);
    }

    private List<Project> first(Comparator<BusyProjects.Busy> order, int limit) {
        return projects.first(order.reversed(), limit, clock.instant()).stream()
                .map(Project::of)
                .toList();
    }

    /** A project's requests; zeros without any. */
    public Project of(ProjectId project) {
        return Project.of(projects.of(project.value(), clock.instant()));
    }

    @Override
    public void close() {
        rounds.close();
    }
}
