package io.syncline.client.api;

import io.syncline.client.bandwidth.Bandwidth;
import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.lineage.Proof;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesPage;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.ChunkAnswer;
import io.syncline.core.wire.DeviceAnswer;
import io.syncline.core.wire.DeviceRequest;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinRequest;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.Limits;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkRequest;
import io.syncline.core.wire.LinkView;
import io.syncline.core.wire.ListingForm;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.MemberView;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.Problem;
import io.syncline.core.wire.ProjectRequest;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.Resolved;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.RoleRequest;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionAnswer;
import io.syncline.core.wire.SessionRequest;
import io.syncline.core.wire.WantedJson;
import io.syncline.core.wire.WantedPage;
import io.syncline.core.wire.WireJson;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@link ServerApi} over HTTP. Sends every request once; {@link RetryingServerApi} repeats. The
 * connections kept are the platform's, five per server.
 */
public final class HttpServerApi implements ServerApi {
    /** For a question answered from memory or an index. */
    private static final Duration CALL_MAX = Duration.ofSeconds(60);

    /** For megabytes over a slow line: 4 MiB in this time are 7 KB/s. */
    private static final Duration BULK_MAX = Duration.ofMinutes(10);

    /** Largest JSON answer; a page of changes exceeds its 1 MiB by one entry at most. */
    static final int JSON_BYTES_MAX = 8 << 20;

    /** The plain bytes of a read, stored as they are, and a frame header for each block. */
    private static final int READ_BYTES_MAX =
            Limits.READ_BYTES_MAX + Limits.READ_HASHES_MAX * 128 + (64 << 10);

    private static final String JSON = "application/json";
    private static final String BINARY = "application/octet-stream";

    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

    private static final Pattern SNAPSHOT_NAME = Pattern.compile("[0-9a-f]{32}");

    private final TrafficMeter meter;
    private final Transport http;

    /** A server asked with that token, or as a stranger. Connects only when asked something. */
    public HttpServerApi(ServerAddress address, Optional<Secret> token) {
        this(address, token, new Bandwidth());
    }

    /** The same, which sends and receives contents no faster than that. */
    public HttpServerApi(ServerAddress address, Optional<Secret> token, Bandwidth bandwidth) {
        this.meter = new TrafficMeter();
        this.http = new Http(address, token, meter, bandwidth);
    }

    /** A server reached in another way, whose traffic isn't counted here. */
    public HttpServerApi(Transport transport) {
        this.meter = new TrafficMeter();
        this.http = transport;
    }

    @Override
    public Hello hello() {
        return json(get("/v1/hello"), WireJson.HELLO);
    }

    @Override
    public SessionAnswer signIn(String account, Secret password) {
        return json(
                send(
                        "POST",
                        "/v1/sessions",
                        WireJson.SESSION_REQUEST,
                        new SessionRequest(account, password)),
                WireJson.SESSION_ANSWER);
    }

    @Override
    public void signOut() {
        done(call("DELETE", "/v1/sessions/current"));
    }

    @Override
    public JoinAnswer join(Secret secret, String deviceName) {
        return json(
                send(
                        "POST",
                        "/v1/join",
                        WireJson.JOIN_REQUEST,
                        new JoinRequest(secret, deviceName)),
                WireJson.JOIN_ANSWER);
    }

    @Override
    public DeviceAnswer newDevice(String name) {
        return json(
                send("POST", "/v1/devices", WireJson.DEVICE_REQUEST, new DeviceRequest(name)),
                WireJson.DEVICE_ANSWER);
    }

    @Override
    public List<DeviceView> devices(Optional<ProjectId> project) {
        String query = project.map(id -> "?project=" + id).orElse("");
        return json(get("/v1/devices" + query), WireJson.DEVICES);
    }

    @Override
    public void revoke(DeviceId device) {
        done(call("DELETE", "/v1/devices/" + device));
    }

    @Override
    public List<ProjectView> projects() {
        return json(get("/v1/projects"), WireJson.PROJECTS);
    }

    @Override
    public ProjectView newProject(String name, boolean portableNames) {
        return json(
                send(
                        "POST",
                        "/v1/projects",
                        WireJson.PROJECT_REQUEST,
                        new ProjectRequest(name, portableNames)),
                WireJson.PROJECT);
    }

    @Override
    public ProjectView project(ProjectId project) {
        return json(get(below(project, "")), WireJson.PROJECT);
    }

    @Override
    public LinkAnswer newLink(ProjectId project, Role role, int uses, Duration expiresAfter) {
        return json(
                send(
                        "POST",
                        below(project, "/links"),
                        WireJson.LINK_REQUEST,
                        new LinkRequest(role, uses, expiresAfter.toSeconds())),
                WireJson.LINK_ANSWER);
    }

    @Override
    public List<LinkView> links(ProjectId project) {
        return json(get(below(project, "/links")), WireJson.LINKS);
    }

    @Override
    public void removeLink(ProjectId project, String link) {
        done(call("DELETE", below(project, "/links/" + encode(link))));
    }

    @Override
    public List<MemberView> members(ProjectId project) {
        return json(get(below(project, "/members")), WireJson.MEMBERS);
    }

    @Override
    public void setRole(ProjectId project, AccountId account, Role role) {
        done(
                http.exchange(
                        json(
                                Traffic.Category.OTHER,
                                "PUT",
                                below(project, "/members/" + account),
                                WireJson.ROLE_REQUEST.toBytes(new RoleRequest(role)))));
    }

    @Override
    public void removeMember(ProjectId project, AccountId account) {
        done(call("DELETE", below(project, "/members/" + account)));
    }

    @Override
    public List<ReplicaView> replicas(ProjectId project) {
        return json(get(below(project, "/replicas")), WireJson.REPLICAS);
    }

    @Override
    public ChangesOutcome changes(ProjectId project, ChangesRequest request) {
        String query =
                "/changes?since="
                        + request.since()
                        + "&limit="
                        + request.limit()
                        + request.proof().map(proof -> "&proof=" + proof).orElse("")
                        + request.floor().map(floor -> "&floor=" + floor).orElse("")
                        + request.replica().map(replica -> "&replica=" + replica).orElse("");
        Transport.Answer answer =
                http.exchange(
                        bare(
                                Traffic.Category.CHANGES,
                                "GET",
                                below(project, query),
                                JSON_BYTES_MAX));
        Optional<Problem> expired = expired(answer);
        if (expired.isPresent()) {
            return new ChangesOutcome.Expired(
                    expired.get().resync().orElseThrow(), expired.get().fork());
        }
        ChangesPage page = json(answer, WireJson.CHANGES_PAGE);
        if (page.from() != request.since()) {
            throw SynclineException.corrupt(
                    "asked for changes since "
                            + request.since()
                            + ", got a page from "
                            + page.from());
        }
        return new ChangesOutcome.Page(page);
    }

    @Override
    public SnapshotOutcome snapshot(
            ProjectId project, ReplicaId replica, Optional<String> name, long offset, int length) {
        String path =
                name.map(known -> "/snapshots/" + known).orElse("/snapshot?replica=" + replica);
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        Transport.Answer answer =
                http.exchange(
                        new Transport.Request(
                                Traffic.Category.CHANGES,
                                "GET",
                                below(project, path),
                                Optional.empty(),
                                BULK_MAX,
                                length + JSON_BYTES_MAX,
                                Optional.of(range),
                                Transport.Load.ANSWER,
                                Transport.Request.ANYTHING));
        if (answer.status() == ErrorCode.NOT_FOUND.httpStatus()) {
            return new SnapshotOutcome.None();
        }
        check(answer);
        Optional<Matcher> part = answer.header("Content-Range").map(CONTENT_RANGE::matcher);
        String at =
                name.or(() -> answer.header("Content-Location").map(HttpServerApi::lastPart))
                        .orElse("");
        if (answer.status() != 206
                || part.filter(Matcher::matches).isEmpty()
                || Long.parseLong(part.get().group(1)) != offset
                || !SNAPSHOT_NAME.matcher(at).matches()
                || answer.header("Syncline-Proof").isEmpty()
                || answer.body().remaining() > length) {
            throw SynclineException.corrupt("asked for a piece of a snapshot, got something else");
        }
        return new SnapshotOutcome.Piece(
                at,
                Long.parseLong(part.get().group(2)),
                Proof.parse(answer.header("Syncline-Proof").get()),
                answer.body());
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public CommitOutcome commit(ProjectId project, byte[] body) {
        Transport.Answer answer =
                http.exchange(
                        json(Traffic.Category.COMMITS, "POST", below(project, "/commits"), body));
        Optional<Problem> expired = expired(answer);
        return expired.isPresent()
                ? new CommitOutcome.Expired(
                        expired.get().resync().orElseThrow(), expired.get().fork())
                : new CommitOutcome.Answered(json(answer, WireJson.COMMIT_ANSWER));
    }

    @Override
    public CheckpointOutcome checkpoint(ProjectId project, Checkpoint checkpoint) {
        Transport.Answer answer =
                send("PUT", below(project, "/checkpoint"), WireJson.CHECKPOINT, checkpoint);
        if (expired(answer).isPresent()) {
            return new CheckpointOutcome.Expired();
        }
        if (answer.status() == ErrorCode.STALE.httpStatus()) {
            return new CheckpointOutcome.Stale();
        }
        done(answer);
        return new CheckpointOutcome.Accepted();
    }

    @Override
    public ChildrenPage children(
            ProjectId project,
            NodeId directory,
            ListingOrder order,
            Optional<String> after,
            int limit) {
        String query = after.map(key -> "&after=" + encode(key)).orElse("");
        return children(project, directory, order, limit, query);
    }

    @Override
    public ChildrenPage childrenFrom(
            ProjectId project, NodeId directory, ListingOrder order, String from, int limit) {
        return children(project, directory, order, limit, "&from=" + encode(from));
    }

    private ChildrenPage children(
            ProjectId project, NodeId directory, ListingOrder order, int limit, String query) {
        String path = "/nodes/" + directory + "/children?limit=" + limit + sorted(order) + query;
        Transport.Answer answer =
                http.exchange(
                        new Transport.Request(
                                Traffic.Category.OTHER,
                                "GET",
                                below(project, path),
                                Optional.empty(),
                                CALL_MAX,
                                JSON_BYTES_MAX,
                                Optional.empty(),
                                Transport.Load.NONE,
                                ListingForm.COLUMNS.mediaType() + ", " + JSON + ";q=0.5"));
        // A server that doesn't know the columns answers as it always did.
        ListingForm form =
                answer.header("Content-Type").flatMap(ListingForm::of).orElse(ListingForm.JSON);
        return parsed(answer, form::read);
    }

    @Override
    public PageMap pageMap(ProjectId project, NodeId directory, ListingOrder order, int size) {
        String path = "/nodes/" + directory + "/pages?size=" + size + sorted(order);
        return json(get(below(project, path)), WireJson.PAGE_MAP);
    }

    private static String sorted(ListingOrder order) {
        return "&sort=" + order.sort().word() + "&order=" + order.orderWord();
    }

    @Override
    public SearchPage search(ProjectId project, String text, Optional<String> after, int limit) {
        String query = after.map(key -> "&after=" + encode(key)).orElse("");
        String path = "/search?q=" + encode(text) + "&limit=" + limit + query;
        return json(get(below(project, path)), WireJson.SEARCH_PAGE);
    }

    @Override
    public Optional<Node> node(ProjectId project, NodeId id) {
        return found(get(below(project, "/nodes/" + id)), project, WireJson.NODE);
    }

    @Override
    public Optional<Resolved> resolve(ProjectId project, String path) {
        return found(
                get(below(project, "/resolve?path=" + encode(path))), project, WireJson.RESOLVED);
    }

    @Override
    public LogPage log(ProjectId project, OptionalLong before, int limit) {
        String query = before.isPresent() ? "&before=" + before.getAsLong() : "";
        return json(get(below(project, "/log?limit=" + limit + query)), WireJson.LOG_PAGE);
    }

    @Override
    public BitSet missing(ProjectId project, List<Hash> hashes) {
        Transport.Answer answer =
                http.exchange(
                        blocks(
                                "POST",
                                below(project, "/blocks/missing"),
                                bytes(hashes),
                                (hashes.size() + 7) / 8 + JSON_BYTES_MAX,
                                Transport.Load.NONE));
        check(answer);
        if (answer.body().remaining() != (hashes.size() + 7) / 8) {
            throw SynclineException.corrupt(
                    "asked for "
                            + hashes.size()
                            + " blocks, got a bitmap of "
                            + answer.body().remaining()
                            + " bytes");
        }
        return BitSet.valueOf(answer.body());
    }

    @Override
    public ChunkOutcome putChunk(ProjectId project, Hash name, ByteBuffer chunk) {
        Transport.Answer answer =
                http.exchange(
                        blocks(
                                "PUT",
                                below(project, "/chunks/" + name),
                                chunk,
                                JSON_BYTES_MAX,
                                Transport.Load.BODY));
        if (answer.status() == ErrorCode.STALE.httpStatus()) {
            List<Hash> missing = problem(answer).missing();
            if (!missing.isEmpty()) {
                return new ChunkOutcome.MissingChildren(missing);
            }
        }
        ChunkAnswer stored = json(answer, WireJson.CHUNK_ANSWER);
        return new ChunkOutcome.Stored(stored.stored(), stored.known());
    }

    @Override
    public List<Signature> signatures(ProjectId project, SignatureRequest request) {
        Transport.Answer answer =
                http.exchange(
                        blocks(
                                "POST",
                                below(project, "/blocks/signatures"),
                                request.write(),
                                JSON_BYTES_MAX,
                                Transport.Load.ANSWER));
        check(answer);
        return Signature.read(answer.body());
    }

    @Override
    public WantedPage wanted(ProjectId project, long after) {
        return json(get(below(project, "/blocks/wanted?after=" + after)), WantedJson.CODEC);
    }

    @Override
    public BlocksOutcome readBlocks(ProjectId project, List<Hash> hashes) {
        Transport.Answer answer =
                http.exchange(
                        blocks(
                                "POST",
                                below(project, "/blocks/read"),
                                bytes(hashes),
                                READ_BYTES_MAX,
                                Transport.Load.ANSWER));
        if (answer.status() == ErrorCode.NOT_FOUND.httpStatus()) {
            List<Hash> missing = problem(answer).missing();
            if (!missing.isEmpty()) {
                return new BlocksOutcome.NotStored(missing);
            }
        }
        check(answer);
        return new BlocksOutcome.Frames(answer.body());
    }

    @Override
    public Traffic traffic() {
        return meter.read();
    }

    /** Nothing to do: the platform ends its idle connections after a few seconds. */
    @Override
    public void close() {}

    static String below(ProjectId project, String path) {
        return "/v1/projects/" + project + path;
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static ByteBuffer bytes(List<Hash> hashes) {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * Hash.BYTES);
        hashes.forEach(hash -> hash.write(bytes));
        return bytes.flip();
    }

    private Transport.Answer get(String path) {
        return call("GET", path);
    }

    private Transport.Answer call(String method, String path) {
        return http.exchange(bare(Traffic.Category.OTHER, method, path, JSON_BYTES_MAX));
    }

    private <T> Transport.Answer send(String method, String path, JsonCodec<T> codec, T value) {
        return http.exchange(json(Traffic.Category.OTHER, method, path, codec.toBytes(value)));
    }

    static Transport.Request bare(
            Traffic.Category category, String method, String path, int answerBytesMax) {
        return new Transport.Request(
                category, method, path, Optional.empty(), CALL_MAX, answerBytesMax);
    }

    static Transport.Request json(
            Traffic.Category category, String method, String path, byte[] body) {
        var json = new Transport.Body(JSON, ByteBuffer.wrap(body));
        return new Transport.Request(
                category, method, path, Optional.of(json), CALL_MAX, JSON_BYTES_MAX);
    }

    private static Transport.Request blocks(
            String method, String path, ByteBuffer body, int answerBytesMax, Transport.Load load) {
        var binary = new Transport.Body(BINARY, body);
        return new Transport.Request(
                Traffic.Category.BLOCKS,
                method,
                path,
                Optional.of(binary),
                BULK_MAX,
                answerBytesMax,
                Optional.empty(),
                load,
                Transport.Request.ANYTHING);
    }

    /** The value that a good answer spells. */
    static <T> T json(Transport.Answer answer, JsonCodec<T> codec) {
        return parsed(answer, codec::fromBytes);
    }

    private static <T> T parsed(Transport.Answer answer, Function<byte[], T> parser) {
        check(answer);
        try {
            return parser.apply(bytes(answer.body()));
        } catch (SynclineException e) {
            throw new SynclineException(
                    ErrorCode.CORRUPT, "malformed answer: " + e.getMessage(), e);
        }
    }

    /** As {@link #json}; empty where the project, but not this part of it, is found. */
    private <T> Optional<T> found(Transport.Answer answer, ProjectId project, JsonCodec<T> codec) {
        if (answer.status() == ErrorCode.NOT_FOUND.httpStatus()) {
            // Without membership the project itself answers 404, which throws here (L7).
            project(project);
            return Optional.empty();
        }
        return Optional.of(json(answer, codec));
    }

    private static void done(Transport.Answer answer) {
        check(answer);
    }

    private static byte[] bytes(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return bytes;
    }

    private static Optional<Problem> expired(Transport.Answer answer) {
        return answer.status() == ErrorCode.EXPIRED.httpStatus()
                ? Optional.of(problem(answer)).filter(problem -> problem.resync().isPresent())
                : Optional.empty();
    }

    private static void check(Transport.Answer answer) {
        if (answer.status() / 100 == 2) {
            return;
        }
        Problem problem = problem(answer);
        throw new ServerFailure(
                problem.code(),
                inWords(problem) + " (request " + problem.instance() + ")",
                answer.retryAfter());
    }

    /**
     * What a refusal means to a person here. The server says as little as it can to whom it doesn't
     * know; being refused never deletes anything here (R29).
     */
    private static String inWords(Problem problem) {
        return switch (problem.detail()) {
            case "no valid token" ->
                    "the server doesn't accept this device: its access was revoked, or the server"
                            + " was set up anew; nothing here is deleted; a new link and"
                            + " 'syncline join' add the device again, with another folder";
            case "there is no such project" ->
                    "there is no such project for this device: its membership ended, or the project"
                            + " is gone; nothing here is deleted";
            default -> problem.detail();
        };
    }

    /** What a bad answer says; where that can't be read, what its status says. */
    private static Problem problem(Transport.Answer answer) {
        try {
            return WireJson.PROBLEM.fromBytes(bytes(answer.body()));
        } catch (SynclineException _) {
            // A proxy's page, or an answer cut short: the status is all there is.
            return new Problem(
                    codeOf(answer.status()),
                    "the server answered with status " + answer.status(),
                    "unknown",
                    Optional.empty(),
                    0,
                    List.of());
        }
    }

    private static ErrorCode codeOf(int status) {
        return switch (status) {
            case 400, 405, 415, 431 -> ErrorCode.INVALID;
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 409 -> ErrorCode.STALE;
            case 410 -> ErrorCode.EXPIRED;
            case 413 -> ErrorCode.TOO_LARGE;
            case 426 -> ErrorCode.UPGRADE_REQUIRED;
            case 429 -> ErrorCode.LIMITED;
            case 500 -> ErrorCode.INTERNAL;
            default -> ErrorCode.UNAVAILABLE;
        };
    }
}
