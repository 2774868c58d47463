package io.syncline.client.doctor;

import io.syncline.client.api.EventChannel;
import io.syncline.client.api.HttpServerApi;
import io.syncline.client.api.ServerAddress;
import io.syncline.client.api.ServerApi;
import io.syncline.client.api.ServerProbe;
import io.syncline.client.api.WebSocketEvents;
import io.syncline.client.daemon.FolderLink;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WantedPage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A folder's server: reachable, understood, in time, and letting this device into the project. */
final class ServerCheck {
    /** A clock further off than this makes "last changed" and "deleted since" misleading. */
    private static final Duration SKEW_MAX = Duration.ofSeconds(2);

    private static final Duration SOCKET_WAIT = Duration.ofSeconds(10);

    private final FolderLink link;
    private final InstantSource clock;
    private final RandomGenerator random;

    ServerCheck(FolderLink link, InstantSource clock, RandomGenerator random) {
        this.link = link;
        this.clock = clock;
        this.random = random;
    }

    void run(Checks checks) {
        ServerAddress address = new ServerAddress(link.server(), link.trusted());
        if (!isReachable(checks, address)) {
            return;
        }
        try (ServerApi server = new HttpServerApi(address, Optional.of(link.token()))) {
            Optional<ProjectView> project = access(checks, server);
            if (project.isPresent()) {
                events(checks, address);
                damage(checks, server, project.get());
            }
        }
    }

    private boolean isReachable(Checks checks, ServerAddress address) {
        try {
            ServerProbe probe = ServerProbe.of(address, clock);
            String how =
                    link.server().getScheme().equals("https")
                            ? link.trusted().isPresent()
                                    ? "TLS with the certificate that was pinned"
                                    : "TLS"
                            : "no TLS";
            checks.ok(
                    "server",
                    "%s %s at %s answers in %d ms (%s, protocol %d-%d, ours %d-%d)"
                            .formatted(
                                    probe.hello().product(),
                                    probe.hello().version(),
                                    link.server(),
                                    probe.roundTrip().toMillis(),
                                    how,
                                    probe.hello().protocolMin(),
                                    probe.hello().protocolMax(),
                                    Limits.PROTOCOL_MIN,
                                    Limits.PROTOCOL));
            probe.ahead().ifPresent(ahead -> clock(checks, ahead));
            return true;
        } catch (SynclineException e) {
            checks.fault("server", String.valueOf(e.getMessage()), about(e.code()));
            return false;
        }
    }

    private static String about(ErrorCode code) {
        return switch (code) {
            case UPGRADE_REQUIRED -> "install the newer Syncline on the side that is older";
            case INVALID -> "put the certificate back that was given when the folder was joined";
            default ->
                    "see that the server runs and can be reached from here, as by a browser at"
                            + " that address; until then nothing is lost, and it goes on by itself";
        };
    }

    private static void clock(Checks checks, Duration ahead) {
        String text =
                String.format(
                        Locale.ROOT,
                        "%.1f s %s the server's",
                        Math.abs(ahead.toMillis()) / 1000.0,
                        ahead.isNegative() ? "ahead of" : "behind");
        if (ahead.abs().compareTo(SKEW_MAX) > 0) {
            checks.warning(
                    "clock",
                    text,
                    "set this machine's clock: 'sudo timedatectl set-ntp true'. Nothing is decided"
                            + " by clocks, but times in 'syncline log' and file dates mislead");
        } else {
            checks.ok("clock", "in step with the server's");
        }
    }

    private Optional<ProjectView> access(Checks checks, ServerApi server) {
        try {
            ProjectView project = server.project(link.project());
            String text = "'%s' as %s".formatted(project.name(), role(project.role()));
            if (project.role() == link.role()) {
                checks.ok("project", text + ", at change " + project.head());
            } else {
                checks.warning(
                        "project",
                        text + ", joined as " + role(link.role()),
                        "join it again with a new link, in another folder, to use the new role");
            }
            return Optional.of(project);
        } catch (SynclineException e) {
            switch (e.code()) {
                case UNAUTHENTICATED ->
                        checks.fault(
                                "project",
                                "the server doesn't know this device's token: it was revoked",
                                "ask the project's owner for a new link, and 'syncline join LINK"
                                        + " OTHER-DIR'; what is in this folder stays");
                case NOT_FOUND, FORBIDDEN ->
                        checks.fault(
                                "project",
                                "this device's account isn't a member of '"
                                        + link.projectName()
                                        + "' any more, or the project is gone",
                                "ask its owner; nothing is deleted here because of that, and"
                                        + " 'syncline resume' goes on once it is a member again");
                default ->
                        checks.fault("project", String.valueOf(e.getMessage()), "try again later");
            }
            return Optional.empty();
        }
    }

    private static String role(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private void events(Checks checks, ServerAddress address) {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (EventChannel _ =
                new WebSocketEvents(address, link.token(), new First(heard), clock, random)) {
            String first = heard.poll(SOCKET_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            if (first == null) {
                checks.warning(
                        "events",
                        "no event socket within " + SOCKET_WAIT.toSeconds() + " s",
                        "let WebSocket through to /v1/events, as in the reverse proxy; without,"
                                + " changes arrive within five minutes only");
            } else if (first.isEmpty()) {
                checks.ok("events", "the event socket opens");
            } else {
                checks.warning("events", first, "see above");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells the first thing that happens: nothing is "connected". */
    private record First(BlockingQueue<String> heard) implements EventChannel.Listener {
        @Override
        public void connected() {
            heard.add("");
        }

        @Override
        public void disconnected(String reason) {
            heard.add("the event socket closes: " + reason);
        }

        @Override
        public void head(ProjectId project, Cursor head, Optional<ChangesPage> news) {}

        @Override
        public void unsubscribed(ProjectId project) {}

        @Override
        public void stopped(ErrorCode code, String reason) {
            heard.add(reason);
        }
    }

    private static void damage(Checks checks, ServerApi server, ProjectView project) {
        if (project.role() == Role.VIEWER) {
            return;
        }
        try {
            WantedPage wanted = server.wanted(project.id(), 0);
            if (wanted.blocks() > 0) {
                checks.warning(
                        "server's blocks",
                        "%s damaged there, in %s so far"
                                .formatted(
                                        Checks.count(wanted.blocks(), "block"),
                                        Checks.count(wanted.files().size(), "live file")),
                        "let each device that has the files run: it sends them again by itself");
            }
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                checks.warning("server's blocks", String.valueOf(e.getMessage()), "try again");
            }
        }
    }
}
