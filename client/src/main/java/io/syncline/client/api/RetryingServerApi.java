package io.syncline.client.api;

import io.syncline.core.delta.Signature;
import io.syncline.core.delta.SignatureRequest;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.ChangesRequest;
import io.syncline.core.wire.Checkpoint;
import io.syncline.core.wire.ChildrenPage;
import io.syncline.core.wire.DeviceAnswer;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkView;
import io.syncline.core.wire.ListingOrder;
import io.syncline.core.wire.LogPage;
import io.syncline.core.wire.MemberView;
import io.syncline.core.wire.PageMap;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.Resolved;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.SearchPage;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionAnswer;
import io.syncline.core.wire.WantedPage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Repeats the calls to a server that may be repeated, as {@link Retries} says. Those that make
 * something new are sent once.
 */
public final class RetryingServerApi implements ServerApi {
    private final ServerApi server;
    private final Retries retries;

    /** The same server, asked more patiently; closing this closes it. */
    public RetryingServerApi(ServerApi server, Retries retries) {
        this.server = server;
        this.retries = retries;
    }

    @Override
    public Hello hello() {
        return retries.call(() -> server.hello());
    }

    @Override
    public SessionAnswer signIn(String account, Secret password) {
        return server.signIn(account, password);
    }

    @Override
    public void signOut() {
        server.signOut();
    }

    @Override
    public JoinAnswer join(Secret secret, String deviceName) {
        return server.join(secret, deviceName);
    }

    @Override
    public DeviceAnswer newDevice(String name) {
        return server.newDevice(name);
    }

    @Override
    public List<DeviceView> devices(Optional<ProjectId> project) {
        return retries.call(() -> server.devices(project));
    }

    @Override
    public void revoke(DeviceId device) {
        retries.call(() -> {
            server.revoke(device);
            return Boolean.TRUE;
        });
    }

    @Override
    public List<ProjectView> projects() {
        return retries.call(() -> server.projects());
    }

    @Override
    public ProjectView newProject(String name, boolean portableNames) {
        return server.newProject(name, portableNames);
    }

    @Override
    public ProjectView project(ProjectId project) {
        return retries.call(() -> server.project(project));
    }

    @Override
    public LinkAnswer newLink(ProjectId project, Role role, int uses, Duration expiresAfter) {
        return server.newLink(project, role, uses, expiresAfter);
    }

    @Override
    public List<LinkView> links(ProjectId project) {
        return retries.call(() -> server.links(project));
    }

    @Override
    public void removeLink(ProjectId project, String link) {
        retries.call(() -> {
            server.removeLink(project, link);
            return Boolean.TRUE;
        });
    }

    @Override
    public List<MemberView> members(ProjectId project) {
        return retries.call(() -> server.members(project));
    }

    @Override
    public void setRole(ProjectId project, AccountId account, Role role) {
        retries.call(() -> {
            server.setRole(project, account, role);
            return Boolean.TRUE;
        });
    }

    @Override
    public void removeMember(ProjectId project, AccountId account) {
        retries.call(() -> {
            server.removeMember(project, account);
            return Boolean.TRUE;
        });
    }

    @Override
    public List<ReplicaView> replicas(ProjectId project) {
        return retries.call(() -> server.replicas(project));
    }

    @Override
    public ChangesOutcome changes(ProjectId project, ChangesRequest request) {
        return retries.call(() -> server.changes(project, request));
    }

    @Override
    public SnapshotOutcome snapshot(
            ProjectId project, ReplicaId replica, Optional<String> name, long offset, int length) {
        return retries.call(() -> server.snapshot(project, replica, name, offset, length));
    }

    @Override
    public CommitOutcome commit(ProjectId project, byte[] body) {
        return retries.call(() -> server.commit(project, body));
    }

    @Override
    public CheckpointOutcome checkpoint(ProjectId project, Checkpoint checkpoint) {
        return retries.call(() -> server.checkpoint(project, checkpoint));
    }

    @Override
    public ChildrenPage children(
            ProjectId project,
            NodeId directory,
            ListingOrder order,
            Optional<String> after,
            int limit) {
        return retries.call(() -> server.children(project, directory, order, after, limit));
    }

    @Override
    public ChildrenPage childrenFrom(
            ProjectId project, NodeId directory, ListingOrder order, String from, int limit) {
        return retries.call(() -> server.childrenFrom(project, directory, order, from, limit));
    }

    @Override
    public PageMap pageMap(ProjectId project, NodeId directory, ListingOrder order, int size) {
        return retries.call(() -> server.pageMap(project, directory, order, size));
    }

    @Override
    public SearchPage search(ProjectId project, String text, Optional<String> after, int limit) {
        return retries.call(() -> server.search(project, text, after, limit));
    }

    @Override
    public Optional<Node> node(ProjectId project, NodeId id) {
        return retries.call(() -> server.node(project, id));
    }

    @Override
    public Optional<Resolved> resolve(ProjectId project, String path) {
        return retries.call(() -> server.resolve(project, path));
    }

    @Override
    public LogPage log(ProjectId project, OptionalLong before, int limit) {
        return retries.call(() -> server.log(project, before, limit));
    }

    @Override
    public BitSet missing(ProjectId project, List<Hash> hashes) {
        return retries.call(() -> server.missing(project, hashes));
    }

    @Override
    public ChunkOutcome putChunk(ProjectId project, Hash name, ByteBuffer chunk) {
        return retries.call(() -> server.putChunk(project, name, chunk));
    }

    @Override
    public List<Signature> signatures(ProjectId project, SignatureRequest request) {
        return retries.call(() -> server.signatures(project, request));
    }

    @Override
    public WantedPage wanted(ProjectId project, long after) {
        return retries.call(() -> server.wanted(project, after));
    }

    @Override
    public BlocksOutcome readBlocks(ProjectId project, List<Hash> hashes) {
        return retries.call(() -> server.readBlocks(project, hashes));
    }

    @Override
    public Traffic traffic() {
        return server.traffic();
    }

    @Override
    public void close() {
        server.close();
    }
}
