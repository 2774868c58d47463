package io.syncline.server.heal;

import io.syncline.core.tree.Node;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.WantedJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;

/** {@code GET /v1/projects/{p}/blocks/wanted}: for those who may send them. */
public final class WantedRoutes {
    private final WantedFiles wanted;

    /** Tells of these. */
    public WantedRoutes(WantedFiles wanted) {
        this.wanted = wanted;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/blocks/wanted", access.member(Role.EDITOR, this::page));
    }

    private Answer page(Call call, Member member) {
        long after = call.query("after", 0, 0, Node.MAX_SEQUENCE);
        return Answer.json(WantedJson.CODEC.toBytes(wanted.page(member.project(), after)));
    }
}
