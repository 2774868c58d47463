package io.syncline.client.api;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.DeviceAnswer;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.Hello;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkView;
import io.syncline.core.wire.MemberView;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.ReplicaView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Accounts, devices, projects and their members on the server. For guarantees and failures see
 * {@link ServerApi}. Calls that make something new ({@link #signIn}, {@link #join}, {@link
 * #newDevice}, {@link #newProject}, {@link #newLink}) are never repeated unasked, because a second
 * one would make a second thing.
 */
public interface AccountApi {

    /**
     * What the server is; needs no token. Throws UPGRADE_REQUIRED when the two have no protocol
     * version in common (R43).
     */
    Hello hello();

    /** Opens a session; needs no token. UNAUTHENTICATED when account or password are wrong. */
    SessionAnswer signIn(String account, Secret password);

    /** Ends the session whose token this client holds. */
    void signOut();

    /**
     * Enrols this installation by a join link; needs no token. NOT_FOUND for an unknown, used-up or
     * expired secret.
     */
    JoinAnswer join(Secret secret, String deviceName);

    /** Enrols a device of the signed-in account; needs a session's token. */
    DeviceAnswer newDevice(String name);

    /** The account's devices, or with a project, for its owner, all that joined it. */
    List<DeviceView> devices(Optional<ProjectId> project);

    /** Revokes a device's token; its sockets are closed. May be repeated. */
    void revoke(DeviceId device);

    /** The account's projects. */
    List<ProjectView> projects();

    /** Makes a project of which the account is the owner. */
    ProjectView newProject(String name, boolean portableNames);

    /** One project; NOT_FOUND where the account is no member (L7, R29). */
    ProjectView project(ProjectId project);

    /** Makes a join link. */
    LinkAnswer newLink(ProjectId project, Role role, int uses, Duration expiresAfter);

    /** The links that may still be used. */
    List<LinkView> links(ProjectId project);

    /** Makes a link unusable. May be repeated. */
    void removeLink(ProjectId project, String link);

    /** The project's members. */
    List<MemberView> members(ProjectId project);

    /** Gives a member another role. May be repeated. */
    void setRole(ProjectId project, AccountId account, Role role);

    /** Removes a member. May be repeated. */
    void removeMember(ProjectId project, AccountId account);

    /** How far the project's replicas are. */
    List<ReplicaView> replicas(ProjectId project);
}
