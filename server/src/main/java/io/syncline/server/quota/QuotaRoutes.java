package io.syncline.server.quota;

import io.syncline.core.wire.QuotaJson;
import io.syncline.core.wire.QuotaView;
import io.syncline.core.wire.Role;
import io.syncline.server.account.Access;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Router;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.Quota;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Usage;

/** {@code GET /v1/projects/{p}/quota}: what a project holds and may hold, for its members. */
public final class QuotaRoutes {
    private final MetadataStore store;

    /** Quotas in this store. */
    public QuotaRoutes(MetadataStore store) {
        this.store = store;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add(
                "GET",
                "/v1/projects/{p}/quota",
                access.member(
                        Role.VIEWER,
                        (_, member) ->
                                Answer.json(
                                        QuotaJson.CODEC.toBytes(
                                                store.read(
                                                        read -> view(read, member.project()))))));
    }

    private static QuotaView view(ReadTransaction read, Project before) {
        Project project = read.projects().find(before.key()).orElseThrow(Access::noSuchProject);
        Quotas quotas = read.quotas();
        Usage usage = quotas.usage(project.key());
        Quota quota = quotas.of(project.id()).or(quotas.standard());
        return new QuotaView(
                usage.contentBytes(),
                project.nodes(),
                usage.frameBytes(),
                quota.contentBytes(),
                quota.nodes(),
                Stored.limit(quotas, project));
    }
}
