package io.syncline.server.event;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.server.account.Caller;
import io.syncline.server.edge.Socket;
import io.syncline.server.edge.SocketFeature;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One open event socket. Its memory is fixed: the projects it watches, and for each at most one
 * message that waits and is overwritten by the next. One message at a time is with the library.
 */
final class Watcher implements SocketFeature.Listener {
    private final EventHub hub;
    private final Caller caller;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<ProjectId, Message> pending = new LinkedHashMap<>();

    @GuardedBy("lock")
    private Set<ProjectId> projects = Set.of();

    @GuardedBy("lock")
    private @Nullable Socket socket;

    @GuardedBy("lock")
    private @Nullable Instant sendingSince;

    @GuardedBy("lock")
    private boolean closed;

    private volatile Instant heard;
    private volatile Instant pinged;
    private volatile Instant checked;

    Watcher(EventHub hub, Caller caller, Instant now) {
        this.hub = hub;
        this.caller = caller;
        this.heard = now;
        this.pinged = now;
        this.checked = now;
    }

    Caller caller() {
        return caller;
    }

    /** The projects that it watches now. */
    Set<ProjectId> projects() {
        synchronized (lock) {
            return projects;
        }
    }

    /** Replaces what is watched; returns what was watched before. */
    Set<ProjectId> watch(Set<ProjectId> wanted) {
        synchronized (lock) {
            Set<ProjectId> before = projects;
            projects = closed ? Set.of() : Set.copyOf(wanted);
            pending.keySet().retainAll(projects);
            return before;
        }
    }

    /** Stops watching one project and says so. */
    void lost(ProjectId project) {
        synchronized (lock) {
            Set<ProjectId> rest = new HashSet<>(projects);
            rest.remove(project);
            projects = Set.copyOf(rest);
            pending.put(project, Message.of(new Event.Unsubscribed(project)));
        }
        pump();
    }

    /** A head to tell of, unless it is older than the one that waits. */
    void offer(Message head) {
        synchronized (lock) {
            if (!projects.contains(head.project())) {
                return;
            }
            pending.merge(head.project(), head, (old, next) -> next.isNewerThan(old) ? next : old);
        }
        pump();
    }

    private void pump() {
        Socket to;
        Message next;
        synchronized (lock) {
            if (socket == null || closed || sendingSince != null || pending.isEmpty()) {
                return;
            }
            var first = pending.entrySet().iterator();
            next = first.next().getValue();
            first.remove();
            sendingSince = hub.now();
            to = socket;
        }
        to.send(next.text(), this::sent);
    }

    private void sent(boolean arrived) {
        synchronized (lock) {
            sendingSince = null;
        }
        if (arrived) {
            pump();
        } else {
            cut();
        }
    }

    @Override
    public void opened(Socket opened) {
        synchronized (lock) {
            socket = opened;
        }
        heard = hub.now();
        hub.opened(this);
    }

    @Override
    public void text(String message) {
        heard = hub.now();
        hub.message(this, message);
    }

    @Override
    public void alive() {
        heard = hub.now();
    }

    @Override
    public void closed() {
        synchronized (lock) {
            closed = true;
            pending.clear();
        }
        hub.closed(this);
    }

    /** Pings, or cuts off who is silent or doesn't read. */
    void tick(Instant now) {
        Optional<Instant> stuck;
        synchronized (lock) {
            stuck = Optional.ofNullable(sendingSince);
        }
        if (stuck.filter(since -> passed(since, EventHub.SLOW, now)).isPresent()
                || passed(heard, EventHub.SILENT, now)) {
            cut();
        } else if (passed(pinged, EventHub.PING, now)) {
            pinged = now;
            current().ifPresent(Socket::ping);
        }
    }

    /** Whether its rights should be looked at again; says so once per period. */
    boolean dueForCheck(Instant now) {
        boolean due = passed(checked, EventHub.RECHECK, now);
        if (due) {
            checked = now;
        }
        return due;
    }

    private static boolean passed(Instant since, Duration period, Instant now) {
        return !since.plus(period).isAfter(now);
    }

    void close(int status, String reason) {
        current().ifPresent(open -> open.close(status, reason));
    }

    private void cut() {
        current().ifPresent(Socket::cut);
    }

    private Optional<Socket> current() {
        synchronized (lock) {
            return closed ? Optional.empty() : Optional.ofNullable(socket);
        }
    }
}
