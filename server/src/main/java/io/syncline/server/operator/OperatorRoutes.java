package io.syncline.server.operator;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Label;
import io.syncline.core.wire.Secret;
import io.syncline.server.account.Access;
import io.syncline.server.account.Accounts;
import io.syncline.server.account.Caller;
import io.syncline.server.activity.Activity;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.server.audit.AuditJson;
import io.syncline.server.background.LiveNodes;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.server.setting.RuntimeSettings;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.ReadTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The addresses below {@code /v1/admin/}, for the sessions of operators alone. */
public final class OperatorRoutes {
    /** Largest body here. */
    private static final int BODY_BYTES_MAX = 16 << 10;

    private static final int MINUTES_MAX = 24 * 60;
    private static final int PAGE_MAX = 100;
    private static final int AUDIT_PAGE_MAX = 500;

    private final MetadataStore store;
    private final Accounts accounts;
    private final Parts parts;

    /** What the figures come from, and what is steered. */
    public record Parts(
            Activity activity,
            Overview overview,
            Measurements measurements,
            RuntimeSettings settings,
            Collecting collecting,
            Audit audit,
            LiveNodes nodes) {}

    /** Routes to what is in this store. */
    public OperatorRoutes(MetadataStore store, Accounts accounts, Parts parts) {
        this.store = store;
        this.accounts = accounts;
        this.parts = parts;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/admin/overview", access.operator(this::overview))
                .add("GET", "/v1/admin/series", access.operator(this::series))
                .add("GET", "/v1/admin/projects", access.operator(this::projects))
                .add(
                        "PUT",
                        "/v1/admin/projects/{project}/quota",
                        access.operator(this::putProjectQuota))
                .add("GET", "/v1/admin/errors", access.operator(this::errors))
                .add("GET", "/v1/admin/accounts", access.operator(this::accounts))
                .add("POST", "/v1/admin/accounts", access.operator(this::create))
                .add("PATCH", "/v1/admin/accounts/{account}", access.operator(this::change))
                .add(
                        "PUT",
                        "/v1/admin/accounts/{account}/quota",
                        access.operator(this::putAccountQuota))
                .add("GET", "/v1/admin/settings", access.operator(this::settings))
                .add("PUT", "/v1/admin/settings", access.operator(this::putSettings))
                .add("GET", "/v1/admin/audit", access.operator(this::audit))
                .add("POST", "/v1/admin/collect", access.operator(this::collect));
    }

    // Figures.

    private Answer overview(Call call, Caller caller) {
        return Answer.json(parts.overview().toJson());
    }

    private Answer series(Call call, Caller caller) {
        int minutes = (int) call.query("minutes", 60, 1, MINUTES_MAX);
        return Answer.json(parts.activity().series(parts.nodes().self().name(), minutes));
    }

    private Answer errors(Call call, Caller caller) {
        return Answer.json(parts.activity().errors());
    }

    /** A project's figures of several sources. */
    private record Row(Activity.Project seen, Project project, Held held) {}

    private Answer projects(Call call, Caller caller) {
        int limit = (int) call.query("limit", 20, 1, PAGE_MAX);
        String sort = call.query("sort").orElse("largest");
        Totals measured = parts.measurements().last();
        List<Activity.Project> found =
                switch (sort) {
                    case "slowest" -> parts.activity().slowest(limit);
                    case "busiest" -> parts.activity().busiest(limit);
                    case "largest" ->
                            measured.largest().stream()
                                    .limit(limit)
                                    .map(size -> parts.activity().of(size.id()))
                                    .toList();
                    default ->
                            throw SynclineException.invalid(
                                    "sort must be slowest, largest or busiest");
                };
        List<Row> rows =
                store.read(read -> {
                    List<Row> known = new ArrayList<>();
                    for (Activity.Project one : found) {
                        read.projects()
                                .find(one.id())
                                .ifPresent(project ->
                                        known.add(new Row(one, project, Held.of(read, project))));
                    }
                    return known;
                });
        return Answer.json(
                new JsonWriter()
                        .beginObject()
                        .member("measuredAt", measured.at())
                        .array("projects", rows, OperatorRoutes::write)
                        .endObject()
                        .toBytes());
    }

    private static void write(JsonWriter out, Row row) {
        out.beginObject()
                .member("id", row.project().id().value())
                .member("name", row.project().name())
                .member("requests", row.seen().requests())
                .rounded("p50Millis", row.seen().p50Millis())
                .rounded("p99Millis", row.seen().p99Millis())
                .member("nodes", row.held().nodes())
                .member("contentBytes", row.held().bytes())
                .member("blockBytes", row.held().blockBytes())
                .member("storedBytes", row.held().storedBytes().orElse(0));
        row.held().writeLimits(out);
        out.endObject();
    }

    // Accounts and quotas.

    private Answer accounts(Call call, Caller caller) {
        int limit = (int) call.query("limit", 50, 1, PAGE_MAX);
        Optional<AccountId> after = call.query("after").map(AccountId::new);
        Optional<String> name = call.query("name").filter(text -> !text.isEmpty());
        name.ifPresent(text -> Label.check("what names begin with", text));
        return Answer.json(
                store.<byte[]>read(read -> {
                    List<Account> page =
                            name.isPresent()
                                    ? named(read, name.get(), after, limit + 1)
                                    : read.accounts().page(after, limit + 1);
                    boolean more = page.size() > limit;
                    List<AccountView> views =
                            page.stream()
                                    .limit(limit)
                                    .map(account -> AccountView.of(read, account))
                                    .toList();
                    JsonWriter out =
                            new JsonWriter()
                                    .beginObject()
                                    .array("accounts", views, AccountView::write);
                    if (more) {
                        out.member("after", page.get(limit - 1).id().value());
                    }
                    return out.member("total", read.accounts().count()).endObject().toBytes();
                }));
    }

    private static List<Account> named(
            ReadTransaction read, String name, Optional<AccountId> after, int limit) {
        Optional<Account> last =
                after.map(
                        id -> read.accounts().find(id).orElseThrow(OperatorRoutes::noSuchAccount));
        return read.accounts().named(name, last, limit);
    }

    private Answer create(Call call, Caller caller) throws IOException {
        AdminJson.AccountRequest request = AdminJson.accountRequest(call.body(BODY_BYTES_MAX));
        Optional<Secret> madeUp =
                request.password().isPresent()
                        ? Optional.empty()
                        : Optional.of(accounts.randomPassword());
        AccountId made =
                accounts.create(
                        request.name(),
                        request.password().or(() -> madeUp).orElseThrow(),
                        request.operator(),
                        caller.actor(call));
        return Answer.json(shown(made, madeUp));
    }

    private Answer change(Call call, Caller caller) throws IOException {
        AccountId account = new AccountId(call.variable("account"));
        AdminJson.AccountChange change = AdminJson.accountChange(call.body(BODY_BYTES_MAX));
        boolean locksOut =
                change.operator().equals(Optional.of(false))
                        || change.disabled().equals(Optional.of(true));
        if (locksOut && account.equals(caller.account())) {
            // So there is always an operator left.
            throw new SynclineException(
                    ErrorCode.FORBIDDEN, "another operator has to do this to your account");
        }
        Optional<Secret> madeUp =
                change.resetPassword() ? Optional.of(accounts.randomPassword()) : Optional.empty();
        accounts.change(
                account,
                new Accounts.Change(
                        change.operator(), change.disabled(), change.password().or(() -> madeUp)),
                caller.actor(call));
        return Answer.json(shown(account, madeUp));
    }

    private byte[] shown(AccountId id, Optional<Secret> password) {
        AccountView view =
                store.read(read ->
                        AccountView.of(
                                read,
                                read.accounts()
                                        .find(id)
                                        .orElseThrow(OperatorRoutes::noSuchAccount)));
        return new JsonWriter()
                .beginObject()
                .member("account", view, AccountView::write)
                .optional("password", password, (out, secret) -> out.text(secret.value()))
                .endObject()
                .toBytes();
    }

    private static SynclineException noSuchAccount() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such account");
    }

    private Answer putProjectQuota(Call call, Caller caller) throws IOException {
        ProjectId id = new ProjectId(call.variable("project"));
        Quota quota = AdminJson.quota(call.body(BODY_BYTES_MAX));
        Held held =
                store.write(write -> {
                    Project project = write.projects().find(id).orElseThrow(Access::noSuchProject);
                    write.quotas().put(id, quota);
                    parts.audit()
                            .add(
                                    write,
                                    caller.actor(call),
                                    Audit.Deed.in(id, Act.QUOTA_PUT, "project", Held.told(quota)));
                    return Held.of(write, project);
                });
        return Answer.json(held.toJson());
    }

    private Answer putAccountQuota(Call call, Caller caller) throws IOException {
        AccountId id = new AccountId(call.variable("account"));
        Quota quota = AdminJson.quota(call.body(BODY_BYTES_MAX));
        if (quota.frameBytes().isPresent()) {
            throw SynclineException.invalid("storedBytesMax is of projects only");
        }
        Account account =
                store.write(write -> {
                    Account found =
                            write.accounts().find(id).orElseThrow(OperatorRoutes::noSuchAccount);
                    write.quotas().put(id, quota);
                    parts.audit()
                            .add(
                                    write,
                                    caller.actor(call),
                                    Audit.Deed.of(
                                            Act.QUOTA_PUT,
                                            "account " + found.name(),
                                            Held.told(quota)));
                    return found;
                });
        return Answer.json(store.<Held>read(read -> Held.of(read, account)).toJson());
    }

    // Settings, the audit log, the collector.

    private Answer settings(Call call, Caller caller) {
        return Answer.json(AdminJson.settings(parts.settings()));
    }

    private Answer putSettings(Call call, Caller caller) throws IOException {
        parts.settings().set(AdminJson.settings(call.body(BODY_BYTES_MAX)), caller.actor(call));
        return settings(call, caller);
    }

    private Answer audit(Call call, Caller caller) {
        int limit = (int) call.query("limit", 100, 1, AUDIT_PAGE_MAX);
        long before = call.query("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        Optional<AccountId> account = call.query("account").map(AccountId::new);
        return Answer.json(
                store.<byte[]>read(read -> audit(read, OptionalLong.of(before), account, limit)));
    }

    private static byte[] audit(
            ReadTransaction read, OptionalLong before, Optional<AccountId> account, int limit) {
        return AuditJson.page(read, before, account, limit).toBytes();
    }

    private Answer collect(Call call, Caller caller) throws IOException {
        AdminJson.CollectWish wish = AdminJson.collect(call.body(BODY_BYTES_MAX));
        if (wish.project().isPresent() && !isThere(wish.project().get())) {
            throw Access.noSuchProject();
        }
        String told = wish.dryRun() ? "dry run" : "";
        parts.audit()
                .addFirst(
                        caller.actor(call), new Audit.Deed(Act.COLLECT, wish.project(), "", told));
        try {
            parts.collecting().begin(wish);
        } catch (SynclineException e) {
            parts.audit()
                    .addFirst(
                            caller.actor(call),
                            new Audit.Deed(Act.COLLECT, wish.project(), "", "not begun"));
            throw e;
        }
        return Answer.noContent();
    }

    private boolean isThere(ProjectId project) {
        return store.<Boolean>read(read -> read.projects().find(project).isPresent());
    }
}
