package io.syncline.server.admin;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.JsonWriter;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.WriteTransaction;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shows or sets quotas. Options: {@code project} or {@code account} says whose, neither the
 * standard one; {@code bytes}, {@code nodes} and {@code stored} set a part, {@code none-PART}
 * removes it.
 */
final class QuotaTask {
    private final MetadataStore metadata;
    private final InstantSource clock;

    QuotaTask(MetadataStore metadata, InstantSource clock) {
        this.clock = clock;
        this.metadata = metadata;
    }

    AdminAnswer run(AdminRequest request) {
        Optional<Project> project =
                request.text("project").map(name -> AdminTasks.project(metadata, name));
        Optional<Account> account = request.text("account").map(this::account);
        if (project.isPresent() && account.isPresent()) {
            throw SynclineException.invalid("a quota is a project's or an account's, not both");
        }
        if (account.isPresent() && request.flag("stored")) {
            throw SynclineException.invalid(
                    "what is stored is limited by project; give --project, or neither");
        }
        Quota quota =
                metadata.write(write -> {
                    Quota before = quota(write, project, account);
                    Quota after =
                            new Quota(
                                    part(request, "bytes", before.contentBytes()),
                                    part(request, "nodes", before.nodes()),
                                    part(request, "stored", before.frameBytes()));
                    if (!after.equals(before)) {
                        put(write.quotas(), project, account, after);
                        note(write, project, account, after);
                    }
                    return after;
                });
        return metadata.read(read -> answer(read, project, account, quota));
    }

    private void note(
            WriteTransaction write,
            Optional<Project> project,
            Optional<Account> account,
            Quota after) {
        Audit.add(
                write,
                Audit.Actor.LOCAL,
                new Audit.Deed(
                        Act.QUOTA_PUT,
                        project.map(Project::id),
                        account.map(one -> "account " + one.name())
                                .orElse(project.isPresent() ? "project" : "every project"),
                        told(after)),
                clock.instant());
    }

    private Account account(String name) {
        return metadata.<Optional<Account>>read(read -> read.accounts().byName(name))
                .orElseThrow(() ->
                        new SynclineException(ErrorCode.NOT_FOUND, "there is no account " + name));
    }

    private static Quota quota(
            ReadTransaction read, Optional<Project> project, Optional<Account> account) {
        Quotas quotas = read.quotas();
        return project.isPresent()
                ? quotas.of(project.get().id())
                : account.isPresent() ? quotas.of(account.get().id()) : quotas.standard();
    }

    private static void put(
            Quotas.Writable quotas,
            Optional<Project> project,
            Optional<Account> account,
            Quota quota) {
        if (project.isPresent()) {
            quotas.put(project.get().id(), quota);
        } else if (account.isPresent()) {
            quotas.put(account.get().id(), quota);
        } else {
            quotas.putStandard(quota);
        }
    }

    private static OptionalLong part(AdminRequest request, String name, OptionalLong before) {
        if (request.flag("none-" + name)) {
            return OptionalLong.empty();
        }
        OptionalLong wanted = request.number(name);
        return wanted.isPresent() ? wanted : before;
    }

    private static AdminAnswer answer(
            ReadTransaction read,
            Optional<Project> project,
            Optional<Account> account,
            Quota quota) {
        JsonWriter document = new JsonWriter().beginObject();
        String whose = "every project without a quota of its own";
        String held = "";
        if (project.isPresent()) {
            var usage = read.quotas().usage(project.get().key());
            long nodes = read.projects().find(project.get().key()).map(Project::nodes).orElse(0L);
            whose = "project " + project.get().name();
            held =
                    held(usage.contentBytes(), nodes)
                            + ", stored "
                            + Units.bytes(usage.frameBytes());
            document.member("project", project.get().id().value())
                    .member("bytes", usage.contentBytes())
                    .member("nodes", nodes)
                    .member("storedBytes", usage.frameBytes());
        } else if (account.isPresent()) {
            var owned = read.quotas().owned(account.get().id());
            whose = "all that account " + account.get().name() + " owns";
            held = held(owned.contentBytes(), owned.nodes());
            document.member("account", account.get().id().value())
                    .member("bytes", owned.contentBytes())
                    .member("nodes", owned.nodes());
        }
        limit(document, "bytesMax", quota.contentBytes());
        limit(document, "nodesMax", quota.nodes());
        limit(document, "storedBytesMax", quota.frameBytes());
        return AdminAnswer.of(
                document.endObject(), List.of("Quota of " + whose + ": " + told(quota) + held));
    }

    private static void limit(JsonWriter document, String name, OptionalLong limit) {
        if (limit.isPresent()) {
            document.member(name, limit.getAsLong());
        }
    }

    private static String held(long bytes, long nodes) {
        return "; there are " + Units.bytes(bytes) + " in " + Units.count(nodes, "node");
    }

    /** A quota in words. */
    static String told(Quota quota) {
        if (quota.equals(Quota.NONE)) {
            return "none";
        }
        StringBuilder told = new StringBuilder();
        quota.contentBytes().ifPresent(bytes -> told.append(Units.bytes(bytes)));
        quota.nodes()
                .ifPresent(nodes ->
                        told.append(told.isEmpty() ? "" : ", ").append(Units.count(nodes, "node")));
        quota.frameBytes()
                .ifPresent(bytes ->
                        told.append(told.isEmpty() ? "" : ", ")
                                .append("stored ")
                                .append(Units.bytes(bytes)));
        return told.toString();
    }
}
