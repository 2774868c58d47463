package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.DeviceAnswer;
import io.syncline.core.wire.DeviceRequest;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinRequest;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionAnswer;
import io.syncline.core.wire.SessionRequest;
import io.syncline.core.wire.SessionView;
import io.syncline.core.wire.WireJson;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.server.lineage.Proofs;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The addresses of sessions, joining and devices. */
public final class AccountRoutes {
    /** Largest body here: a name, a password, a secret. */
    private static final int BODY_BYTES_MAX = 16 << 10;

    private final Accounts accounts;
    private final Access access;
    private final MetadataStore store;
    private final Proofs proofs;
    private final LoginThrottle throttle;
    private final Audit audit;

    /** Routes to these accounts. */
    public AccountRoutes(
            Accounts accounts,
            Access access,
            MetadataStore store,
            Proofs proofs,
            LoginThrottle throttle,
            Audit audit) {
        this.audit = audit;
        this.accounts = accounts;
        this.access = access;
        this.store = store;
        this.proofs = proofs;
        this.throttle = throttle;
    }

    /** Adds the addresses. */
    public void route(Router router) {
        router.add("POST", "/v1/sessions", this::logIn)
                .add("GET", "/v1/sessions/current", this::session)
                .add("DELETE", "/v1/sessions/current", this::logOut)
                .add("POST", "/v1/join", this::join)
                .add("POST", "/v1/devices", access.caller(this::addDevice))
                .add("GET", "/v1/devices", access.caller(this::devices))
                .add("PATCH", "/v1/devices/{device}", access.caller(this::rename))
                .add("DELETE", "/v1/devices/{device}", access.caller(this::revoke));
    }

    private Answer logIn(Call call) throws IOException {
        SessionRequest request = open(call, WireJson.SESSION_REQUEST);
        Accounts.NewSession session =
                guessed(
                        call,
                        Act.LOG_IN_FAILED,
                        request.account(),
                        () ->
                                accounts.logIn(
                                        request.account(),
                                        request.password(),
                                        Audit.Actor.unknown(call)));
        return Answer.json(
                        WireJson.SESSION_ANSWER.toBytes(
                                new SessionAnswer(
                                        session.token(), session.account(), session.expires())))
                .with(
                        "Set-Cookie",
                        cookie(call, session.token().value(), Accounts.SESSION.toSeconds()));
    }

    /**
     * Reads what anybody may send. The try is taken before the body comes: somebody who sends many
     * of them slowly would else hold all places for requests. What is only malformed proves
     * nothing, and gives the try back.
     */
    private <T> T open(Call call, JsonCodec<T> codec) throws IOException {
        throttle.tryOne(call.peer());
        try {
            return codec.fromBytes(call.body(BODY_BYTES_MAX));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.INVALID || e.code() == ErrorCode.TOO_LARGE) {
                throttle.succeeded(call.peer());
            }
            throw e;
        }
    }

    /** Shows a secret, which may be a guess. */
    private <T> T guessed(Call call, Act failed, String subject, Supplier<T> shown) {
        T result;
        try {
            result = shown.get();
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.NOT_FOUND) {
                throttle.failed(call.peer());
                audit.addFailure(Audit.Actor.unknown(call), failed, subject);
            }
            throw e;
        }
        throttle.succeeded(call.peer());
        return result;
    }

    private static String cookie(Call call, String value, long seconds) {
        return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
                .formatted(Access.COOKIE, value, seconds, call.secure() ? "; Secure" : "");
    }

    /** Open to all, and no failure without a session: the page asks this first of all. */
    private Answer session(Call call) {
        Optional<SessionView> session;
        try {
            session = access.authenticate(call).session().flatMap(accounts::session);
        } catch (SynclineException e) {
            if (e.code() != ErrorCode.UNAUTHENTICATED) {
                throw e;
            }
            session = Optional.empty();
        }
        return session.map(WireJson.SESSION::toBytes)
                .map(Answer::json)
                .orElseGet(Answer::noContent);
    }

    /** Open to all: a session that has ended already is ended again without complaint (L8). */
    private Answer logOut(Call call) {
        Optional<String> bearer =
                call.header("Authorization")
                        .filter(h -> h.regionMatches(true, 0, "Bearer ", 0, 7))
                        .map(h -> h.substring(7).strip());
        bearer.or(() -> call.cookie(Access.COOKIE))
                .filter(token -> !token.isEmpty() && token.length() <= Secret.CHARS_MAX)
                .ifPresent(token -> accounts.logOut(new Secret(token), Audit.Actor.unknown(call)));
        return Answer.noContent().with("Set-Cookie", cookie(call, "", 0));
    }

    private Answer join(Call call) throws IOException {
        JoinRequest request = open(call, WireJson.JOIN_REQUEST);
        Optional<AccountId> known =
                call.header("Authorization").isPresent()
                        ? Optional.of(access.authenticate(call).account())
                        : Optional.empty();
        Accounts.Joined joined =
                guessed(
                        call,
                        Act.JOIN_FAILED,
                        request.deviceName(),
                        () ->
                                accounts.join(
                                        request.secret(),
                                        request.deviceName(),
                                        known,
                                        Audit.Actor.unknown(call)));
        return Answer.json(
                WireJson.JOIN_ANSWER.toBytes(
                        new JoinAnswer(
                                joined.device().token(),
                                joined.device().device(),
                                joined.device().account(),
                                view(proofs, joined.project(), joined.role()))));
    }

    /** A project as a member with this role sees it. */
    public static ProjectView view(Proofs proofs, Project project, Role role) {
        return new ProjectView(
                project.id(),
                project.name(),
                role,
                project.format(),
                proofs.of(project),
                project.nodes(),
                project.created());
    }

    private Answer addDevice(Call call, Caller caller) throws IOException {
        DeviceRequest request = WireJson.DEVICE_REQUEST.fromBytes(call.body(BODY_BYTES_MAX));
        var _ = caller.requireSession();
        Accounts.NewDevice device =
                accounts.addDevice(caller.account(), request.name(), caller.actor(call));
        return Answer.json(
                WireJson.DEVICE_ANSWER.toBytes(new DeviceAnswer(device.token(), device.device())));
    }

    private Answer devices(Call call, Caller caller) {
        Optional<String> project = call.query("project");
        List<DeviceView> views =
                store.read(read -> {
                    Map<DeviceId, Device> found = new LinkedHashMap<>();
                    read.devices()
                            .ofAccount(caller.account())
                            .forEach(device -> found.put(device.id(), device));
                    if (project.isPresent()) {
                        joined(read, caller, project.get())
                                .forEach(device -> found.put(device.id(), device));
                    }
                    return found.values().stream()
                            .filter(device -> !Accounts.isBrowser(device))
                            .map(device -> view(device, caller))
                            .toList();
                });
        return Answer.json(WireJson.DEVICES.toBytes(views));
    }

    private static List<Device> joined(ReadTransaction read, Caller caller, String id) {
        Project project =
                read.projects().find(new ProjectId(id)).orElseThrow(Access::noSuchProject);
        Role role =
                read.members(project.key())
                        .role(caller.account())
                        .orElseThrow(Access::noSuchProject);
        if (role != Role.OWNER) {
            throw new SynclineException(ErrorCode.FORBIDDEN, "this needs the role owner");
        }
        return read.devices().ofProject(project.key());
    }

    private static DeviceView view(Device device, Caller caller) {
        return new DeviceView(
                device.id(),
                device.name(),
                device.account(),
                device.created(),
                Optional.of(device.seen()),
                device.revoked().isPresent(),
                caller.device().filter(device.id()::equals).isPresent());
    }

    private Answer rename(Call call, Caller caller) throws IOException {
        DeviceRequest request = WireJson.DEVICE_REQUEST.fromBytes(call.body(BODY_BYTES_MAX));
        DeviceId device = new DeviceId(call.variable("device"));
        accounts.rename(caller, device, request.name(), caller.actor(call));
        return Answer.noContent();
    }

    private Answer revoke(Call call, Caller caller) {
        DeviceId device = new DeviceId(call.variable("device"));
        accounts.revoke(caller, device, caller.actor(call));
        return Answer.noContent();
    }
}
