package io.syncline.client.api;

import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.Transfer;
import io.syncline.core.wire.TransferJson;
import java.util.List;
import java.util.Optional;

/** The transfers under way on all devices of a project, asked for over HTTP. Thread-safe. */
public final class HttpTransfers {
    private final Http http;

    /** A server asked with that token. Connects only when asked something. */
    public HttpTransfers(ServerAddress address, Secret token) {
        this.http = new Http(address, Optional.of(token), new TrafficMeter());
    }

    /** What the server knows of now; fails as {@link ServerApi} says. */
    public List<Transfer> list(ProjectId project) {
        return HttpServerApi.json(
                http.exchange(
                        HttpServerApi.bare(
                                Traffic.Category.OTHER,
                                "GET",
                                HttpServerApi.below(project, "/transfers"),
                                HttpServerApi.JSON_BYTES_MAX)),
                TransferJson.TRANSFERS);
    }
}
