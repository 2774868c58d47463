package io.syncline.client.api;

import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.DeletedPage;
import io.syncline.core.wire.HistoryJson;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.RestoreAnswer;
import io.syncline.core.wire.RestoreRequest;
import io.syncline.core.wire.Retention;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import java.util.Optional;
import java.util.OptionalLong;

/** {@link HistoryApi} over HTTP, repeating what fails for a while. */
public final class HttpHistory implements HistoryApi {
    private final Http http;
    private final Retries retries;

    /** A server asked with that token. Connects only when asked something. */
    public HttpHistory(ServerAddress address, Secret token, Retries retries) {
        this.http = new Http(address, Optional.of(token), new TrafficMeter());
        this.retries = retries;
    }

    @Override
    public LogPage log(ProjectId project, Filter filter, OptionalLong before, int limit) {
        StringBuilder query = new StringBuilder("/log?limit=" + limit);
        filter.device().ifPresent(device -> query.append("&device=").append(device));
        filter.since().ifPresent(time -> query.append("&since=").append(time));
        filter.until().ifPresent(time -> query.append("&until=").append(time));
        return get(project, query + before(before), WireJson.LOG_PAGE);
    }

    @Override
    public LogPage history(ProjectId project, NodeId id, OptionalLong before, int limit) {
        String path = "/nodes/" + id + "/history?limit=" + limit + before(before);
        return get(project, path, WireJson.LOG_PAGE);
    }

    private static String before(OptionalLong sequence) {
        return sequence.isPresent() ? "&before=" + sequence.getAsLong() : "";
    }

    @Override
    public DeletedPage deleted(ProjectId project, Where where, Optional<String> after, int limit) {
        String place =
                switch (where) {
                    case Everywhere() -> "";
                    case In(NodeId directory) -> "&dir=" + directory;
                    case At(String path) -> "&path=" + HttpServerApi.encode(path);
                };
        String next = after.map(from -> "&after=" + HttpServerApi.encode(from)).orElse("");
        return get(project, "/deleted?limit=" + limit + place + next, HistoryJson.DELETED_PAGE);
    }

    @Override
    public RestoreAnswer restore(ProjectId project, RestoreRequest request) {
        return retries.call(() ->
                HttpServerApi.json(
                        http.exchange(
                                HttpServerApi.json(
                                        Traffic.Category.OTHER,
                                        "POST",
                                        HttpServerApi.below(project, "/restore"),
                                        HistoryJson.RESTORE_REQUEST.toBytes(request))),
                        HistoryJson.RESTORE_ANSWER));
    }

    @Override
    public Retention retention(ProjectId project) {
        return get(project, "/retention", HistoryJson.RETENTION);
    }

    @Override
    public void retain(ProjectId project, Retention retention) {
        retries.call(() ->
                HttpServerApi.json(
                        http.exchange(
                                HttpServerApi.json(
                                        Traffic.Category.OTHER,
                                        "PUT",
                                        HttpServerApi.below(project, "/retention"),
                                        HistoryJson.RETENTION.toBytes(retention))),
                        HistoryJson.RETENTION));
    }

    private <T> T get(ProjectId project, String path, JsonCodec<T> codec) {
        return retries.call(() ->
                HttpServerApi.json(
                        http.exchange(
                                HttpServerApi.bare(
                                        Traffic.Category.OTHER,
                                        "GET",
                                        HttpServerApi.below(project, path),
                                        HttpServerApi.JSON_BYTES_MAX)),
                        codec));
    }
}
