package io.syncline.server.event;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Event;
import io.syncline.core.wire.Transfer;
import io.syncline.server.account.Caller;
import io.syncline.server.edge.Socket;
import io.syncline.server.edge.SocketFeature;
import io.syncline.storage.event.TransferHint;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One open event socket. Its memory is fixed: the projects it watches, and for each at most one
 * message that waits and is overwritten by the next, and as many for transfers as are named. One
 * message at a time is with the library.
 */
final class Watcher implements SocketFeature.Listener {
    /** Transfers of which something waits to be told. */
    static final int TRANSFERS_MAX = 64;

    private final EventHub hub;
    private final Caller caller;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<ProjectId, Message> pending = new LinkedHashMap<>();

    /** Transfers to tell of, after the heads; further ones are dropped. */
    @GuardedBy("lock")
    private final Map<TransferHint.Key, Transfer> transfers = new LinkedHashMap<>();

    @GuardedBy("lock")
    private Set<ProjectId> projects = Set.of();

    @GuardedBy("lock")
    private @Nullable Socket socket;

    @GuardedBy("lock")
    private @Nullable Instant sendingSince;

    @GuardedBy("lock")
    private boolean closed;

    private volatile boolean wantsTransfers;
    private volatile @Nullable String deviceName;
    private volatile Instant heard;
    private volatile Instant pinged;
    private volatile Instant checked;

    /** Up to where it was considered what is taken from accounts. */
    private volatile long judged;

    Watcher(EventHub hub, Caller caller, Instant now, long judged) {
        this.judged = judged;
        this.hub = hub;
        this.caller = caller;
        this.heard = now;
        this.pinged = now;
        this.checked = now;
    }

    Caller caller() {
        return caller;
    }

    long judged() {
        return judged;
    }

    void judgedAt(long sequence) {
        judged = sequence;
    }

    /** Says whether it is to be told of transfers, before it watches anything. */
    void wantTransfers(boolean wants) {
        wantsTransfers = wants;
    }

    boolean wantsTransfers() {
        return wantsTransfers;
    }

    /** What its device is called; looked up once. */
    String deviceName(Function<DeviceId, String> names) {
        String name = deviceName;
        if (name == null) {
            name = caller.device().map(names).orElse("");
            deviceName = name;
        }
        return name;
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
            Set<ProjectId> after = closed ? Set.of() : Set.copyOf(wanted);
            projects = after;
            pending.keySet().retainAll(after);
            transfers.values().removeIf(transfer -> !after.contains(transfer.project()));
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
            transfers.values().removeIf(transfer -> transfer.project().equals(project));
        }
        pump();
    }

    /** A head to tell of, unless it is older than the one that waits. */
    void offer(Message head) {
        synchronized (lock) {
            if (!projects.contains(head.project())) {
                return;
            }
            pending.merge(head.project(), head, Message::newer);
        }
        pump();
    }

    /** A device's transfer to tell of, in place of what waits of the same one. */
    void offer(Transfer transfer) {
        synchronized (lock) {
            if (!wantsTransfers
                    || !projects.contains(transfer.project())
                    || transfer.device().isEmpty()) {
                return;
            }
            TransferHint.Key key = new TransferHint.Key(transfer.device().get(), transfer.id());
            if (transfers.size() < TRANSFERS_MAX || transfers.containsKey(key)) {
                transfers.put(key, transfer);
            }
        }
        pump();
    }

    private void pump() {
        Socket to;
        Message next;
        synchronized (lock) {
            if (socket == null
                    || closed
                    || sendingSince != null
                    || (pending.isEmpty() && transfers.isEmpty())) {
                return;
            }
            if (pending.isEmpty()) {
                var first = transfers.entrySet().iterator();
                next = Message.of(new Event.Progress(first.next().getValue()));
                first.remove();
            } else {
                var first = pending.entrySet().iterator();
                next = first.next().getValue();
                first.remove();
            }
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
            transfers.clear();
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

    /** Whether its rights should be looked at again. */
    boolean isDueForCheck(Instant now) {
        return passed(checked, EventHub.RECHECK, now);
    }

    /** Its rights were looked at. */
    void checked(Instant now) {
        checked = now;
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
