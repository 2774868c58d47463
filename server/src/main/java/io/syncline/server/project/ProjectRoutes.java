package io.syncline.server.project;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkRequest;
import io.syncline.core.wire.LinkView;
import io.syncline.core.wire.MemberRequest;
import io.syncline.core.wire.MemberView;
import io.syncline.core.wire.ProjectRequest;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.RoleRequest;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.WireJson;
import io.syncline.server.account.Access;
import io.syncline.server.account.AccountRoutes;
import io.syncline.server.account.Caller;
import io.syncline.server.account.LoginThrottle;
import io.syncline.server.account.Member;
import io.syncline.server.audit.Audit;
import io.syncline.server.edge.Answer;
import io.syncline.server.edge.Call;
import io.syncline.server.edge.Router;
import io.syncline.server.lineage.Proofs;
import io.syncline.storage.metadata.LinkId;
import io.syncline.storage.metadata.MetadataStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** The addresses of projects, members and links. */
public final class ProjectRoutes {
    /** Largest body here: a name and a few words. */
    private static final int BODY_BYTES_MAX = 16 << 10;

    private final Projects projects;
    private final MetadataStore store;
    private final Proofs proofs;
    private final InstantSource clock;
    private final Consumer<AccountId> membershipChanged;
    private final LoginThrottle guesses;

    /**
     * Routes to these projects.
     *
     * @param membershipChanged told of each account that lost a membership, so that its sockets
     *     hear no more of the project
     * @param guesses bounds wrong names
     */
    public ProjectRoutes(
            Projects projects,
            MetadataStore store,
            Proofs proofs,
            InstantSource clock,
            Consumer<AccountId> membershipChanged,
            LoginThrottle guesses) {
        this.projects = projects;
        this.store = store;
        this.proofs = proofs;
        this.clock = clock;
        this.membershipChanged = membershipChanged;
        this.guesses = guesses;
    }

    /** Adds the addresses. */
    public void route(Router router, Access access) {
        router.add("GET", "/v1/projects", access.caller(this::list))
                .add("POST", "/v1/projects", access.caller(this::create))
                .add("GET", "/v1/projects/{p}", access.member(Role.VIEWER, this::show))
                .add("POST", "/v1/projects/{p}/links", access.member(Role.OWNER, this::invite))
                .add("GET", "/v1/projects/{p}/links", access.member(Role.OWNER, this::links))
                .add(
                        "DELETE",
                        "/v1/projects/{p}/links/{link}",
                        access.member(Role.OWNER, this::withdraw))
                .add("GET", "/v1/projects/{p}/members", access.member(Role.VIEWER, this::members))
                .add("POST", "/v1/projects/{p}/members", access.member(Role.OWNER, this::addMember))
                .add(
                        "PUT",
                        "/v1/projects/{p}/members/{account}",
                        access.member(Role.OWNER, this::setRole))
                .add(
                        "DELETE",
                        "/v1/projects/{p}/members/{account}",
                        access.member(Role.VIEWER, this::remove));
    }

    private Answer list(Call call, Caller caller) {
        List<ProjectView> views =
                projects.of(caller.account()).stream()
                        .map(m -> AccountRoutes.view(proofs, m.project(), m.role()))
                        .toList();
        return Answer.json(WireJson.PROJECTS.toBytes(views));
    }

    private Answer create(Call call, Caller caller) throws IOException {
        ProjectRequest request = WireJson.PROJECT_REQUEST.fromBytes(call.body(BODY_BYTES_MAX));
        var project =
                projects.create(
                        caller.account(),
                        request.name(),
                        request.portableNames(),
                        caller.actor(call));
        return Answer.json(
                WireJson.PROJECT.toBytes(AccountRoutes.view(proofs, project, Role.OWNER)));
    }

    private Answer show(Call call, Member member) {
        return Answer.json(
                WireJson.PROJECT.toBytes(
                        AccountRoutes.view(proofs, member.project(), member.role())));
    }

    private Answer invite(Call call, Member member) throws IOException {
        LinkRequest request = WireJson.LINK_REQUEST.fromBytes(call.body(BODY_BYTES_MAX));
        Projects.NewLink link =
                projects.invite(
                        member.project().id(),
                        request.role(),
                        request.uses(),
                        Duration.ofSeconds(request.expiresSeconds()),
                        actor(call, member));
        String spelt = link(call, link.secret()).format();
        return Answer.json(
                WireJson.LINK_ANSWER.toBytes(
                        new LinkAnswer(
                                link.id().value(),
                                link.secret(),
                                new Secret(spelt),
                                link.role(),
                                link.uses(),
                                link.expires())));
    }

    private static Audit.Actor actor(Call call, Member member) {
        return member.caller().actor(call);
    }

    /** Where this caller reached the server is where those it invites will, too. */
    private static JoinLink link(Call call, Secret secret) {
        URI here;
        try {
            here = URI.create("syncline://" + call.authority());
        } catch (IllegalArgumentException e) {
            throw SynclineException.invalid("the request's Host isn't an address");
        }
        if (here.getHost() == null) {
            throw SynclineException.invalid("the request's Host isn't an address");
        }
        int standard = call.secure() ? 443 : 80;
        int port = here.getPort() < 0 ? standard : here.getPort();
        return new JoinLink(here.getHost(), port, call.secure(), secret);
    }

    private Answer links(Call call, Member member) {
        List<LinkView> views =
                store.read(read ->
                        read.links().list(member.project().key(), clock.instant()).stream()
                                .map(l ->
                                        new LinkView(
                                                l.id().value(),
                                                l.role(),
                                                l.usesLeft(),
                                                l.expires()))
                                .toList());
        return Answer.json(WireJson.LINKS.toBytes(views));
    }

    private Answer withdraw(Call call, Member member) {
        LinkId link = new LinkId(call.variable("link"));
        projects.withdraw(member.project(), link, actor(call, member));
        return Answer.noContent();
    }

    private Answer members(Call call, Member member) {
        List<MemberView> views =
                store.read(read ->
                        read.members(member.project().key()).list().stream()
                                .map(m -> new MemberView(m.account(), m.name(), m.role()))
                                .toList());
        return Answer.json(WireJson.MEMBERS.toBytes(views));
    }

    /** Who owns a project may ask for any name: wrong guesses are limited by the asking account. */
    private Answer addMember(Call call, Member member) throws IOException {
        MemberRequest request = WireJson.MEMBER_REQUEST.fromBytes(call.body(BODY_BYTES_MAX));
        String caller = member.caller().account().value();
        guesses.tryOne(caller);
        MemberView added;
        try {
            added =
                    projects.add(
                            member.project(), request.name(), request.role(), actor(call, member));
        } catch (SynclineException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                guesses.failed(caller);
            }
            throw e;
        }
        guesses.succeeded(caller);
        return Answer.json(WireJson.MEMBER.toBytes(added));
    }

    private Answer setRole(Call call, Member member) throws IOException {
        RoleRequest request = WireJson.ROLE_REQUEST.fromBytes(call.body(BODY_BYTES_MAX));
        AccountId account = new AccountId(call.variable("account"));
        projects.setRole(member.project(), account, request.role(), actor(call, member));
        return Answer.noContent();
    }

    private Answer remove(Call call, Member member) {
        AccountId account = new AccountId(call.variable("account"));
        boolean self = account.equals(member.caller().account());
        if (!self && member.role() != Role.OWNER) {
            throw new SynclineException(ErrorCode.FORBIDDEN, "this needs the role owner");
        }
        projects.remove(member.project(), account, actor(call, member));
        membershipChanged.accept(account);
        return Answer.noContent();
    }
}
