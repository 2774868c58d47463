package io.syncline.server.project;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Label;
import io.syncline.core.wire.MemberView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.server.account.Access;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.JoinLink;
import io.syncline.storage.metadata.LinkId;
import io.syncline.storage.metadata.Membership;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.NewProject;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.WriteTransaction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Projects, members and links as operations; {@link ProjectRoutes} puts them on the wire.
 * Thread-safe.
 */
public final class Projects {
    /** The one format so far: FastCDC 16/64/256 KiB, SHA-256, no cipher (R41). */
    public static final int FORMAT = 1;

    /** Projects that one account is a member of. */
    private static final int PROJECTS_MAX = 1_000;

    /** Open links of one project. */
    private static final int LINKS_MAX = 1_000;

    private static final int SECRET_BYTES = 32;

    private final MetadataStore store;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Projects in this store. */
    public Projects(MetadataStore store, InstantSource clock, SecureRandom random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /** A new join link and the only copy of its secret. */
    public record NewLink(LinkId id, Secret secret, Role role, int uses, Instant expires) {}

    /** Makes a project that this account owns. */
    public Project create(AccountId owner, String name, boolean portableNames, Audit.Actor actor) {
        Label.check("the project's name", name);
        NewProject project =
                new NewProject(
                        new ProjectId(RandomId.next(random)),
                        name,
                        FORMAT,
                        portableNames,
                        new Epoch(RandomId.next(random)),
                        clock.instant());
        return store.write(write -> {
            if (write.projects().ofAccount(owner).size() >= PROJECTS_MAX) {
                throw new SynclineException(
                        ErrorCode.LIMITED, "an account has at most " + PROJECTS_MAX + " projects");
            }
            Project made = write.projects().add(project);
            write.members(made.key()).put(owner, Role.OWNER);
            note(write, actor, Audit.Deed.in(made.id(), Act.PROJECT_CREATE, name, ""));
            return made;
        });
    }

    /** The projects of an account. */
    public List<Membership> of(AccountId account) {
        return store.read(read -> read.projects().ofAccount(account));
    }

    /** Makes a join link. */
    public NewLink invite(
            ProjectId project, Role role, int uses, Duration life, Audit.Actor actor) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        Secret secret = new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        LinkId id = new LinkId(RandomId.next(random));
        Instant now = clock.instant();
        Instant expires = now.plus(life);
        return store.write(write -> {
            Project found = write.projects().lock(project).orElseThrow(Access::noSuchProject);
            if (write.links().list(found.key(), now).size() >= LINKS_MAX) {
                throw new SynclineException(
                        ErrorCode.LIMITED, "a project has at most " + LINKS_MAX + " open links");
            }
            write.links()
                    .add(
                            new JoinLink(
                                    id,
                                    io.syncline.core.tree.Hash.sha256(
                                            secret.value().getBytes(StandardCharsets.UTF_8)),
                                    found.key(),
                                    role,
                                    uses,
                                    expires));
            String detail = role.word() + ", uses " + uses;
            note(write, actor, Audit.Deed.in(project, Act.LINK_CREATE, id.value(), detail));
            return new NewLink(id, secret, role, uses, expires);
        });
    }

    private void note(WriteTransaction write, Audit.Actor actor, Audit.Deed deed) {
        Audit.add(write, actor, deed, clock.instant());
    }

    /** An account's name, as far as it is known. */
    private static String name(WriteTransaction write, AccountId account) {
        return write.accounts().find(account).map(Account::name).orElse(account.value());
    }

    /** Withdraws a link; one that is gone stays gone. */
    void withdraw(Project project, LinkId link, Audit.Actor actor) {
        store.write(write -> {
            note(write, actor, Audit.Deed.in(project.id(), Act.LINK_REVOKE, link.value(), ""));
            return write.links().delete(project.key(), link);
        });
    }

    /** Gives a member another role; the last owner can't be lowered. */
    void setRole(Project project, AccountId account, Role role, Audit.Actor actor) {
        store.write(write -> {
            Optional<Role> before = lockedRole(write, project, account);
            if (before.isEmpty()) {
                throw noMember();
            }
            if (role != Role.OWNER) {
                checkNotLastOwner(write, project, before.get());
            }
            write.members(project.key()).put(account, role);
            String name = name(write, account);
            note(write, actor, Audit.Deed.in(project.id(), Act.MEMBER_PUT, name, role.word()));
            return role;
        });
    }

    /**
     * Makes the account of this name a member; one that is a member keeps a higher role. Doing it
     * again changes nothing.
     *
     * @throws SynclineException NOT_FOUND for a name that no account has; LIMITED where the account
     *     is a member of too many projects
     */
    MemberView add(Project project, String name, Role role, Audit.Actor actor) {
        return store.write(write -> {
            Account account =
                    write.accounts()
                            .byName(name)
                            .orElseThrow(() ->
                                    new SynclineException(
                                            ErrorCode.NOT_FOUND,
                                            "there is no account of this name"));
            Optional<Role> before = lockedRole(write, project, account.id());
            if (before.isEmpty()
                    && write.projects().ofAccount(account.id()).size() >= PROJECTS_MAX) {
                throw new SynclineException(
                        ErrorCode.LIMITED,
                        "this account is a member of " + PROJECTS_MAX + " projects, the most");
            }
            Role has = before.filter(known -> known.includes(role)).orElse(role);
            write.members(project.key()).put(account.id(), has);
            note(write, actor, Audit.Deed.in(project.id(), Act.MEMBER_PUT, name, role.word()));
            return new MemberView(account.id(), account.name(), has);
        });
    }

    /** Ends a membership; ending it again is no error. */
    void remove(Project project, AccountId account, Audit.Actor actor) {
        store.write(write -> {
            Optional<Role> before = lockedRole(write, project, account);
            before.ifPresent(role -> checkNotLastOwner(write, project, role));
            if (before.isPresent()) {
                write.rightChanges().add(account, clock.instant());
            }
            String name = name(write, account);
            note(write, actor, Audit.Deed.in(project.id(), Act.MEMBER_REMOVE, name, ""));
            return write.members(project.key()).remove(account);
        });
    }

    private static Optional<Role> lockedRole(
            WriteTransaction write, Project project, AccountId account) {
        // Of two owners who leave at once, one must stay.
        var _ = write.projects().lock(project.id()).orElseThrow(Access::noSuchProject);
        return write.members(project.key()).role(account);
    }

    private static void checkNotLastOwner(WriteTransaction write, Project project, Role role) {
        if (role == Role.OWNER && write.members(project.key()).count(Role.OWNER) == 1) {
            throw new SynclineException(
                    ErrorCode.FORBIDDEN, "a project's last owner can't leave or be lowered");
        }
    }

    private static SynclineException noMember() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such member");
    }
}
