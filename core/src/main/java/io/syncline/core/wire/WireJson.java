package io.syncline.core.wire;

import io.syncline.core.tree.Node;
import java.util.List;

/**
 * Every JSON message of the protocol with its codec: {@code WireJson.CHANGES_PAGE.toBytes(page)},
 * {@code WireJson.COMMIT.fromStream(body, Limits.JSON_BODY_BYTES_MAX)}. {@code docs/protocol.md}
 * says which request carries which.
 *
 * <p>Unknown members are ignored, unless their name begins with {@code must_}; unknown kinds of
 * nodes are kept (R43).
 */
public final class WireJson {
    /** A node. */
    public static final JsonCodec<Node> NODE =
            new JsonCodec<>(TreeJson::writeNode, TreeJson::readNode);

    /** {@code GET …/changes}. */
    public static final JsonCodec<ChangesPage> CHANGES_PAGE =
            new JsonCodec<>(TreeJson::writeChangesPage, TreeJson::readChangesPage);

    /** {@code GET …/children}. */
    public static final JsonCodec<ChildrenPage> CHILDREN_PAGE =
            new JsonCodec<>(ListingJson::writeChildrenPage, ListingJson::readChildrenPage);

    /** {@code GET …/pages}. */
    public static final JsonCodec<PageMap> PAGE_MAP =
            new JsonCodec<>(ListingJson::writePageMap, ListingJson::readPageMap);

    /** {@code GET …/position}. */
    public static final JsonCodec<ListingPosition> LISTING_POSITION =
            new JsonCodec<>(ListingJson::writePosition, ListingJson::readPosition);

    /** {@code GET …/search}. */
    public static final JsonCodec<SearchPage> SEARCH_PAGE =
            new JsonCodec<>(ListingJson::writeSearchPage, ListingJson::readSearchPage);

    /** {@code GET …/nodes/{id}/ancestors}: {@code {directories: […]}}. */
    public static final JsonCodec<List<SearchPage.Directory>> ANCESTORS =
            Members.list("directories", ListingJson::writeDirectory, ListingJson::readDirectory);

    /** {@code GET …/resolve}. */
    public static final JsonCodec<Resolved> RESOLVED =
            new JsonCodec<>(TreeJson::writeResolved, TreeJson::readResolved);

    /** {@code GET …/log}. */
    public static final JsonCodec<LogPage> LOG_PAGE =
            new JsonCodec<>(TreeJson::writeLogPage, TreeJson::readLogPage);

    /** {@code POST …/commits}. */
    public static final JsonCodec<Commit> COMMIT =
            new JsonCodec<>(CommitJson::writeCommit, CommitJson::readCommit);

    /** The answer to a commit. */
    public static final JsonCodec<CommitAnswer> COMMIT_ANSWER =
            new JsonCodec<>(CommitJson::writeAnswer, CommitJson::readAnswer);

    /** {@code PUT …/checkpoint}. */
    public static final JsonCodec<Checkpoint> CHECKPOINT =
            new JsonCodec<>(TreeJson::writeCheckpoint, TreeJson::readCheckpoint);

    /** Any failure. */
    public static final JsonCodec<Problem> PROBLEM =
            new JsonCodec<>(ProblemJson::write, ProblemJson::read);

    /** A message on the event socket. */
    public static final JsonCodec<Event> EVENT = new JsonCodec<>(EventJson::write, EventJson::read);

    /** {@code GET /v1/hello}. */
    public static final JsonCodec<Hello> HELLO =
            new JsonCodec<>(AccountJson::writeHello, AccountJson::readHello);

    /** {@code POST /v1/sessions}. */
    public static final JsonCodec<SessionRequest> SESSION_REQUEST =
            new JsonCodec<>(AccountJson::writeSessionRequest, AccountJson::readSessionRequest);

    /** The answer to it. */
    public static final JsonCodec<SessionAnswer> SESSION_ANSWER =
            new JsonCodec<>(AccountJson::writeSessionAnswer, AccountJson::readSessionAnswer);

    /** {@code GET /v1/sessions/current}. */
    public static final JsonCodec<SessionView> SESSION =
            new JsonCodec<>(SessionJson::writeView, SessionJson::readView);

    /** {@code POST /v1/join}. */
    public static final JsonCodec<JoinRequest> JOIN_REQUEST =
            new JsonCodec<>(AccountJson::writeJoinRequest, AccountJson::readJoinRequest);

    /** The answer to it. */
    public static final JsonCodec<JoinAnswer> JOIN_ANSWER =
            new JsonCodec<>(AccountJson::writeJoinAnswer, AccountJson::readJoinAnswer);

    /** {@code POST /v1/devices}. */
    public static final JsonCodec<DeviceRequest> DEVICE_REQUEST =
            new JsonCodec<>(AccountJson::writeDeviceRequest, AccountJson::readDeviceRequest);

    /** The answer to it. */
    public static final JsonCodec<DeviceAnswer> DEVICE_ANSWER =
            new JsonCodec<>(AccountJson::writeDeviceAnswer, AccountJson::readDeviceAnswer);

    /** {@code GET /v1/devices}: {@code {devices: […]}}. */
    public static final JsonCodec<List<DeviceView>> DEVICES =
            Members.list("devices", AccountJson::writeDevice, AccountJson::readDevice);

    /** {@code POST /v1/projects}. */
    public static final JsonCodec<ProjectRequest> PROJECT_REQUEST =
            new JsonCodec<>(ProjectJson::writeRequest, ProjectJson::readRequest);

    /** One project. */
    public static final JsonCodec<ProjectView> PROJECT =
            new JsonCodec<>(ProjectJson::writeProject, ProjectJson::readProject);

    /** {@code GET /v1/projects}: {@code {projects: […]}}. */
    public static final JsonCodec<List<ProjectView>> PROJECTS =
            Members.list("projects", ProjectJson::writeProject, ProjectJson::readProject);

    /** {@code POST …/links}. */
    public static final JsonCodec<LinkRequest> LINK_REQUEST =
            new JsonCodec<>(ProjectJson::writeLinkRequest, ProjectJson::readLinkRequest);

    /** The answer to it. */
    public static final JsonCodec<LinkAnswer> LINK_ANSWER =
            new JsonCodec<>(ProjectJson::writeLinkAnswer, ProjectJson::readLinkAnswer);

    /** {@code GET …/links}: {@code {links: […]}}. */
    public static final JsonCodec<List<LinkView>> LINKS =
            Members.list("links", ProjectJson::writeLink, ProjectJson::readLink);

    /** {@code GET …/members}: {@code {members: […]}}. */
    public static final JsonCodec<List<MemberView>> MEMBERS =
            Members.list("members", ProjectJson::writeMember, ProjectJson::readMember);

    /** {@code POST …/members}. */
    public static final JsonCodec<MemberRequest> MEMBER_REQUEST =
            new JsonCodec<>(MemberJson::writeRequest, MemberJson::readRequest);

    /** The answer to it. */
    public static final JsonCodec<MemberView> MEMBER =
            new JsonCodec<>(ProjectJson::writeMember, ProjectJson::readMember);

    /** {@code PUT …/members/{account}}. */
    public static final JsonCodec<RoleRequest> ROLE_REQUEST =
            new JsonCodec<>(ProjectJson::writeRole, ProjectJson::readRole);

    /** {@code GET …/replicas}: {@code {replicas: […]}}. */
    public static final JsonCodec<List<ReplicaView>> REPLICAS =
            Members.list("replicas", ProjectJson::writeReplica, ProjectJson::readReplica);

    /** The answer to {@code PUT …/chunks/{name}}. */
    public static final JsonCodec<ChunkAnswer> CHUNK_ANSWER =
            new JsonCodec<>(ProjectJson::writeChunkAnswer, ProjectJson::readChunkAnswer);

    private WireJson() {}
}
