package io.syncline.server;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.server.account.Accounts;
import io.syncline.server.audit.Audit;
import io.syncline.server.project.Projects;
import java.net.URI;
import java.time.Duration;

/**
 * What whoever runs the server may do from the same process, without a password: the command line's
 * way to set things up. Thread-safe.
 */
public final class LocalAdmin {
    private final Accounts accounts;
    private final Projects projects;
    private final URI url;

    LocalAdmin(Accounts accounts, Projects projects, URI url) {
        this.accounts = accounts;
        this.projects = projects;
        this.url = url;
    }

    /** The account of this name; {@code NOT_FOUND} when there is none. */
    public AccountId account(String name) {
        return accounts.find(name)
                .orElseThrow(() ->
                        new SynclineException(ErrorCode.NOT_FOUND, "there is no account " + name));
    }

    /** The account of this name, made with this password if there is none. */
    public AccountId ensureAccount(String name, Secret password) {
        var _ = accounts.ensure(name, password);
        return account(name);
    }

    /** Gives an account another password and ends its sessions. */
    public void setPassword(AccountId account, Secret password) {
        accounts.setPassword(account, password);
    }

    /** The account's first project of this name, made if there is none. */
    public ProjectId ensureProject(AccountId owner, String name) {
        return projects.of(owner).stream()
                .map(membership -> membership.project())
                .filter(project -> project.name().equals(name))
                .findFirst()
                .orElseGet(() -> projects.create(owner, name, false, Audit.Actor.LOCAL))
                .id();
    }

    /** A new device of the account, with the only copy of its token. */
    public Accounts.NewDevice addDevice(AccountId account, String name) {
        return accounts.addDevice(account, name, Audit.Actor.LOCAL);
    }

    /** A new join link, spelt with the address that this server listens on. */
    public JoinLink invite(ProjectId project, Role role, int uses, Duration life) {
        Projects.NewLink link = projects.invite(project, role, uses, life, Audit.Actor.LOCAL);
        return new JoinLink(
                url.getHost(), url.getPort(), url.getScheme().equals("https"), link.secret());
    }
}
