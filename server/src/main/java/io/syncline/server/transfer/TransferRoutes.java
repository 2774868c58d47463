package io.syncline.server.transfer;

import io.syncline.core.wire.Role;
import io.syncline.core.wire.TransferJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.Member;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;

/** {@code GET /v1/projects/{p}/transfers}. */
public final class TransferRoutes {
    private final TransferBoard board;

    /** Lists what is on this board. */
    public TransferRoutes(TransferBoard board) {
        this.board = board;
    }

    /** Adds the address. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects/{p}/transfers", access.member(Role.VIEWER, this::list));
    }

    private Answer list(Call call, Member member) {
        board.expire();
        return Answer.json(TransferJson.TRANSFERS.toBytes(board.list(member.project().id())));
    }
}
