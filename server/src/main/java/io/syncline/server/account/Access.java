package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Handler;
import io.syncline.server.edge.SharedBytes;
import io.syncline.server.rate.Rates;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Stands before the features' handlers: finds out who calls, and lets into a project only its
 * members. Whoever isn't one gets the same answer as for a project that doesn't exist (L7).
 * Thread-safe.
 */
public final class Access {
    /** The cookie that a browser's session is in. */
    static final String COOKIE = "syncline_session";

    /** How exactly it is known when a device was last seen. */
    private static final Duration SEEN_PRECISION = Duration.ofMinutes(1);

    /** Most devices whose time is remembered until {@link #flushSeen}; further ones wait. */
    private static final int SEEN_MAX = 100_000;

    private final MetadataStore store;
    private final InstantSource clock;
    private final Rates rates;
    private final Map<DeviceId, Instant> seen = new ConcurrentHashMap<>();

    /** Access by the accounts, devices and members in this store, within these rates. */
    public Access(MetadataStore store, InstantSource clock, Rates rates) {
        this.store = store;
        this.clock = clock;
        this.rates = rates;
    }

    /** Answers a request of a known caller. */
    @FunctionalInterface
    public interface CallerHandler {
        /** As {@link Handler#handle}. */
        Answer handle(Call call, Caller caller) throws IOException;
    }

    /** Answers a request of a member about the project in the address's variable {@code p}. */
    @FunctionalInterface
    public interface MemberHandler {
        /** As {@link Handler#handle}. */
        Answer handle(Call call, Member member) throws IOException;
    }

    /** Lets in whoever has a valid token. */
    public Handler caller(CallerHandler handler) {
        return call -> {
            Caller caller = look(call, read -> authenticate(read, call));
            return limited(call, caller, () -> handler.handle(call, caller));
        };
    }

    /** Lets in the members of the project whose role includes the needed one. */
    public Handler member(Role needed, MemberHandler handler) {
        return call -> {
            Member member = look(call, read -> member(read, call, needed));
            return limited(call, member.caller(), () -> handler.handle(call, member));
        };
    }

    /** Lets in the sessions of operators: people, never devices. */
    public Handler operator(CallerHandler handler) {
        return call -> {
            Caller caller = look(call, read -> operator(read, call));
            return limited(call, caller, () -> handler.handle(call, caller));
        };
    }

    private interface Work {
        Answer run() throws IOException;
    }

    /** Looks up who calls; a caller that runs away costs no look at the metadata. */
    private <T> T look(Call call, MetadataStore.Read<T> who) {
        if (rates.anyRefused()) {
            credential(call).ifPresent(rates::checkRefused);
        }
        return store.read(who);
    }

    /** Answers, within the caller's rates. */
    private Answer limited(Call call, Caller caller, Work work) throws IOException {
        take(call, caller);
        try {
            return counted(call, caller, work.run());
        } finally {
            rates.takeBytes(caller.account(), caller.device(), call.bodyBytes());
        }
    }

    private void take(Call call, Caller caller) {
        rates.takeRequest(caller.account(), caller.device(), () -> credential(call));
    }

    /** What is known of a caller before it is looked up. */
    private static Optional<Hash> credential(Call call) {
        return call.header("Authorization")
                .or(() -> call.cookie(COOKIE))
                .map(text -> Hash.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Answer counted(Call call, Caller caller, Answer answer) {
        if (call.method().equals("HEAD")) {
            return answer;
        }
        switch (answer.body()) {
            case Answer.None() -> {}
            case Answer.Bytes(SharedBytes bytes) -> took(caller, bytes.length());
            case Answer.Stream(long length, _) -> took(caller, length);
            case Answer.Unmeasured(Answer.UnmeasuredWriter writer) -> {
                return new Answer(
                        answer.status(),
                        answer.headers(),
                        new Answer.Unmeasured(
                                out -> writer.write(new CountedOutput(out, n -> took(caller, n)))));
            }
        }
        return answer;
    }

    private void took(Caller caller, long bytes) {
        rates.takeBytes(caller.account(), caller.device(), bytes);
    }

    private Caller operator(ReadTransaction read, Call call) {
        Caller caller = authenticate(read, call);
        var _ = caller.requireSession();
        if (read.accounts().find(caller.account()).filter(Account::operator).isEmpty()) {
            throw new SynclineException(ErrorCode.FORBIDDEN, "this is for operators only");
        }
        return caller;
    }

    private Member member(ReadTransaction read, Call call, Role needed) {
        Caller caller = authenticate(read, call);
        Project project =
                parse(call.variable("p"))
                        .flatMap(read.projects()::find)
                        .orElseThrow(Access::noSuchProject);
        Role role =
                read.members(project.key())
                        .role(caller.account())
                        .orElseThrow(Access::noSuchProject);
        if (!role.includes(needed)) {
            throw new SynclineException(
                    ErrorCode.FORBIDDEN,
                    "this needs the role " + needed.name().toLowerCase(Locale.ROOT));
        }
        return new Member(caller, project, role);
    }

    /** A malformed id is one more project that doesn't exist. */
    private static Optional<ProjectId> parse(String id) {
        try {
            return Optional.of(new ProjectId(id));
        } catch (SynclineException e) {
            return Optional.empty();
        }
    }

    /** The one answer to everything that a caller may not know of. */
    public static SynclineException noSuchProject() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such project");
    }

    /**
     * Who sent this request; {@code UNAUTHENTICATED} without a valid token, {@code LIMITED} beyond
     * its rates.
     */
    public Caller authenticate(Call call) {
        Caller caller = look(call, read -> authenticate(read, call));
        take(call, caller);
        return caller;
    }

    private Caller authenticate(ReadTransaction read, Call call) {
        Optional<String> header = call.header("Authorization");
        if (header.isPresent()) {
            String[] words = header.get().strip().split(" +", 2);
            if (words.length != 2
                    || !words[0].equalsIgnoreCase("Bearer")
                    || words[1].length() > Secret.CHARS_MAX) {
                throw unauthenticated();
            }
            return byToken(read, new Secret(words[1])).orElseThrow(Access::unauthenticated);
        }
        Optional<String> cookie =
                call.cookie(COOKIE).filter(c -> !c.isEmpty() && c.length() <= Secret.CHARS_MAX);
        if (cookie.isEmpty()) {
            throw unauthenticated();
        }
        checkSameOrigin(call);
        return bySession(read, new Secret(cookie.get())).orElseThrow(Access::unauthenticated);
    }

    private Optional<Caller> byToken(ReadTransaction read, Secret token) {
        return token.value().startsWith(Tokens.SESSION)
                ? bySession(read, token)
                : byDevice(read, token);
    }

    private Optional<Caller> byDevice(ReadTransaction read, Secret token) {
        Optional<Device> device =
                read.devices().byToken(Tokens.hash(token)).filter(d -> d.revoked().isEmpty());
        device.ifPresent(this::noteSeen);
        return device.map(d -> new Caller(d.account(), Optional.of(d.id()), Optional.empty()));
    }

    private Optional<Caller> bySession(ReadTransaction read, Secret token) {
        Hash hash = Tokens.hash(token);
        return read.accounts()
                .session(hash)
                .filter(session -> session.expires().isAfter(clock.instant()))
                .map(Session::account)
                .map(account -> new Caller(account, Optional.empty(), Optional.of(hash)));
    }

    /**
     * A cookie is sent by the browser, not by whoever made it send the request: what another page
     * caused is refused even where SameSite isn't kept.
     */
    private static void checkSameOrigin(Call call) {
        Optional<String> site = call.header("Sec-Fetch-Site");
        boolean foreignSite =
                site.isPresent() && !List.of("same-origin", "none").contains(site.get());
        Optional<String> origin = call.header("Origin");
        String own = (call.secure() ? "https://" : "http://") + call.authority();
        if (foreignSite || (origin.isPresent() && !origin.get().equalsIgnoreCase(own))) {
            throw new SynclineException(ErrorCode.FORBIDDEN, "the request comes from another page");
        }
    }

    private static SynclineException unauthenticated() {
        return new SynclineException(ErrorCode.UNAUTHENTICATED, "no valid token");
    }

    /**
     * Looks at many callers in one read, each thing once.
     *
     * @param callers those that are asked about
     */
    public Look look(ReadTransaction read, Collection<Caller> callers) {
        return new Look(
                read,
                read.devices()
                        .find(
                                callers.stream()
                                        .flatMap(caller -> caller.device().stream())
                                        .collect(Collectors.toSet())),
                read.accounts()
                        .find(callers.stream().map(Caller::account).collect(Collectors.toSet())));
    }

    /** What many callers still may. For the read that it was made in only. */
    public final class Look {
        private final ReadTransaction read;
        private final Map<DeviceId, Device> devices;
        private final Map<AccountId, Account> accounts;
        private final Map<Hash, Boolean> sessions = new HashMap<>();
        private final Map<ProjectId, Optional<Project>> projects = new HashMap<>();
        private final Map<Seat, Boolean> seats = new HashMap<>();

        private record Seat(AccountId account, ProjectId project) {}

        private Look(
                ReadTransaction read,
                Map<DeviceId, Device> devices,
                Map<AccountId, Account> accounts) {
            this.read = read;
            this.accounts = accounts;
            this.devices = devices;
        }

        /** Whether this caller's token is still valid. */
        public boolean isStillValid(Caller caller) {
            boolean device =
                    caller.device()
                            .flatMap(id -> Optional.ofNullable(devices.get(id)))
                            .filter(found -> found.revoked().isEmpty())
                            .isPresent();
            Account account = accounts.get(caller.account());
            return (account == null || !account.disabled())
                    && (device || caller.session().filter(this::isOpen).isPresent());
        }

        private boolean isOpen(Hash session) {
            return sessions.computeIfAbsent(
                    session,
                    token ->
                            read.accounts()
                                    .session(token)
                                    .filter(found -> found.expires().isAfter(clock.instant()))
                                    .isPresent());
        }

        /** Whether the project is this caller's to see. */
        public boolean mayStillWatch(Caller caller, ProjectId project) {
            return seats.computeIfAbsent(
                    new Seat(caller.account(), project),
                    seat ->
                            projects.computeIfAbsent(project, id -> read.projects().find(id))
                                    .flatMap(
                                            found -> read.members(found.key()).role(seat.account()))
                                    .isPresent());
        }
    }

    private void noteSeen(Device device) {
        Instant now = clock.instant();
        if (device.seen().plus(SEEN_PRECISION).isBefore(now) && seen.size() < SEEN_MAX) {
            seen.put(device.id(), now);
        }
    }

    /** Writes down when devices were seen; called now and then, behind what people wait for. */
    public void flushSeen(int limit) {
        Map<DeviceId, Instant> batch = new HashMap<>();
        for (var entry : seen.entrySet()) {
            if (batch.size() == limit) {
                break;
            }
            batch.put(entry.getKey(), entry.getValue());
        }
        if (!batch.isEmpty()) {
            store.writeBehind(write -> {
                batch.forEach(write.devices()::touch);
                return batch.size();
            });
            batch.forEach(seen::remove);
        }
    }
}
