package io.syncline.server;

import static io.syncline.server.TestServer.directory;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.Hash;
import io.syncline.core.wire.DeviceRequest;
import io.syncline.core.wire.DeviceView;
import io.syncline.core.wire.JoinAnswer;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.JoinRequest;
import io.syncline.core.wire.LinkAnswer;
import io.syncline.core.wire.LinkRequest;
import io.syncline.core.wire.MemberRequest;
import io.syncline.core.wire.ProjectRequest;
import io.syncline.core.wire.ProjectView;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.RoleRequest;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionAnswer;
import io.syncline.core.wire.SessionRequest;
import io.syncline.core.wire.WireJson;
import io.syncline.server.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Accounts, sessions, devices, links and members over real HTTP. */
class AccountTest {
    private static final byte[] NOTHING = new byte[0];

    /** One for each test: failed attempts are counted by address. */
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply post(String path, String token, byte[] body, String... headers) {
        return server.send("POST", path, token, body, headers);
    }

    private Reply logIn(Secret password) {
        return post(
                "/v1/sessions",
                "",
                WireJson.SESSION_REQUEST.toBytes(new SessionRequest("admin", password)));
    }

    private Reply join(Secret secret) {
        return post(
                "/v1/join", "", WireJson.JOIN_REQUEST.toBytes(new JoinRequest(secret, "laptop")));
    }

    private LinkAnswer link(Role role, int uses) {
        return post(
                        server.at("/links"),
                        server.token,
                        WireJson.LINK_REQUEST.toBytes(new LinkRequest(role, uses, 3600)))
                .as(WireJson.LINK_ANSWER);
    }

    private String member(Role role) {
        return join(link(role, 1).secret()).as(WireJson.JOIN_ANSWER).token().value();
    }

    @Test
    void helloIsOpen() {
        assertThat(server.get("/v1/hello", "").as(WireJson.HELLO).product()).isEqualTo("Syncline");
    }

    @Test
    @DisplayName("R43 a client below the oldest protocol is told to upgrade; all hear the range")
    void protocolIsNegotiated() {
        server.get("/v1/hello", "", "Syncline-Protocol", "0").expect(ErrorCode.UPGRADE_REQUIRED);
        server.get("/v1/hello", "", "Syncline-Protocol", "x").expect(ErrorCode.INVALID);
        Reply reply = server.get("/v1/hello", "", "Syncline-Protocol", "9").expect(200);
        assertThat(reply.headers().firstValue("Syncline-Protocol")).contains("1-1");
    }

    @Test
    void problemsNameTheRequest() {
        Reply reply = server.get("/v1/projects", "");
        var problem = reply.expect(ErrorCode.UNAUTHENTICATED);
        assertThat(reply.headers().firstValue("Syncline-Request")).contains(problem.instance());
    }

    @Test
    void sessionsComeAsTokenAndCookie() {
        Reply reply = logIn(TestServer.PASSWORD);
        SessionAnswer session = reply.as(WireJson.SESSION_ANSWER);
        String cookie = reply.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .startsWith("syncline_session=" + session.token().value() + ";")
                .contains("HttpOnly", "SameSite=Strict", "Path=/")
                .doesNotContain("Secure");
        server.get("/v1/projects", session.token().value()).expect(200);
        String sent = "syncline_session=" + session.token().value();
        server.get("/v1/projects", "", "Cookie", sent).expect(200);

        server.send("DELETE", "/v1/sessions/current", "", NOTHING, "Cookie", sent).expect(204);
        server.get("/v1/projects", "", "Cookie", sent).expect(ErrorCode.UNAUTHENTICATED);
        server.get("/v1/projects", session.token().value()).expect(ErrorCode.UNAUTHENTICATED);
        // L8: ending it again is no error.
        server.send("DELETE", "/v1/sessions/current", "", NOTHING, "Cookie", sent).expect(204);
    }

    @Test
    void cookieIsWorthNothingToAnotherPage() {
        String token = logIn(TestServer.PASSWORD).as(WireJson.SESSION_ANSWER).token().value();
        String cookie = "syncline_session=" + token;
        server.get("/v1/projects", "", "Cookie", cookie, "Origin", "https://evil.example")
                .expect(ErrorCode.FORBIDDEN);
        server.get("/v1/projects", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site")
                .expect(ErrorCode.FORBIDDEN);
        server.get("/v1/projects", "", "Cookie", cookie, "Origin", server.server.url().toString())
                .expect(200);
    }

    @Test
    void badCredentialsAreAllTheSame() {
        String wrong = logIn(new Secret("wrong")).expect(ErrorCode.UNAUTHENTICATED).detail();
        String unknown =
                post(
                                "/v1/sessions",
                                "",
                                WireJson.SESSION_REQUEST.toBytes(
                                        new SessionRequest("nobody", new Secret("x"))))
                        .expect(ErrorCode.UNAUTHENTICATED)
                        .detail();
        assertThat(unknown).isEqualTo(wrong);
        for (String token :
                List.of("x", "sld_", "sls_" + "A".repeat(43), "sld_" + "A".repeat(43))) {
            server.get("/v1/projects", token).expect(ErrorCode.UNAUTHENTICATED);
        }
        server.get("/v1/projects", "", "Authorization", "Basic YTpi")
                .expect(ErrorCode.UNAUTHENTICATED);
        server.get("/v1/projects", "", "Authorization", "Bearer " + "A".repeat(3_000))
                .expect(ErrorCode.UNAUTHENTICATED);
    }

    @Test
    @DisplayName("L9 guesses are throttled by address")
    void guessesAreThrottled() {
        try (TestServer fresh = new TestServer()) {
            byte[] body = WireJson.JOIN_REQUEST.toBytes(new JoinRequest(new Secret("guess"), "x"));
            for (int i = 0; i < 10; i++) {
                fresh.send("POST", "/v1/join", "", body).expect(ErrorCode.NOT_FOUND);
            }
            Reply limited = fresh.send("POST", "/v1/join", "", body);
            limited.expect(ErrorCode.LIMITED);
            assertThat(limited.headers().firstValue("Retry-After")).contains("6");
            // Who has a token isn't concerned.
            fresh.get("/v1/projects").expect(200);
        }
    }

    @Test
    void joiningMakesAnAccountAMemberAndADevice() {
        LinkAnswer link = link(Role.EDITOR, 1);
        JoinLink parsed = JoinLink.parse(link.link().value());
        assertThat(parsed.port()).isEqualTo(server.server.url().getPort());
        assertThat(parsed.tls()).isFalse();
        JoinAnswer joined = join(parsed.secret()).as(WireJson.JOIN_ANSWER);
        assertThat(joined.project().id()).isEqualTo(server.project);
        assertThat(joined.project().role()).isEqualTo(Role.EDITOR);
        assertThat(
                        server
                                .get("/v1/projects", joined.token().value())
                                .as(WireJson.PROJECTS)
                                .stream()
                                .map(ProjectView::id))
                .containsExactly(server.project);
        // Its one use is taken; an unknown link gets the same answer.
        String used = join(parsed.secret()).expect(ErrorCode.NOT_FOUND).detail();
        assertThat(join(new Secret("A".repeat(43))).expect(ErrorCode.NOT_FOUND).detail())
                .isEqualTo(used);
    }

    @Test
    void linkOfThreeUsesMakesThreeDevicesHoweverManyAskAtOnce() throws Exception {
        Secret secret = link(Role.VIEWER, 3).secret();
        long before = accounts();
        var statuses = new ConcurrentLinkedQueue<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                var _ = threads.submit(() -> statuses.add(join(secret).status()));
            }
        }
        assertThat(statuses.stream().filter(s -> s == 200).count()).isEqualTo(3);
        assertThat(statuses.stream().filter(s -> s == 404).count()).isEqualTo(5);
        assertThat(accounts()).isEqualTo(before + 3);
    }

    @Test
    void knownAccountJoinsByALinkWithoutLosingItsRole() {
        byte[] body =
                WireJson.JOIN_REQUEST.toBytes(
                        new JoinRequest(link(Role.VIEWER, 1).secret(), "second"));
        JoinAnswer joined = post("/v1/join", server.token, body).as(WireJson.JOIN_ANSWER);
        assertThat(joined.account()).isEqualTo(server.admin);
        assertThat(joined.project().role()).isEqualTo(Role.OWNER);
    }

    @Test
    void withdrawnLinkOpensNothing() {
        LinkAnswer link = link(Role.VIEWER, 5);
        assertThat(server.get(server.at("/links")).as(WireJson.LINKS))
                .singleElement()
                .matches(view -> view.id().equals(link.id()) && view.usesLeft() == 5);
        String path = server.at("/links/" + link.id());
        server.send("DELETE", path, server.token, NOTHING).expect(204);
        server.send("DELETE", path, server.token, NOTHING).expect(204);
        join(link.secret()).expect(ErrorCode.NOT_FOUND);
        assertThat(server.get(server.at("/links")).as(WireJson.LINKS)).isEmpty();
    }

    @Test
    void revokedDeviceIsRefusedAtOnce() {
        String token = member(Role.EDITOR);
        DeviceView device =
                server.get("/v1/devices", token).as(WireJson.DEVICES).stream()
                        .filter(DeviceView::current)
                        .findFirst()
                        .orElseThrow();
        String path = "/v1/devices/" + device.id();
        // Another account that shares no project doesn't learn that it exists (L7).
        server.send("DELETE", path, server.stranger(), NOTHING).expect(ErrorCode.NOT_FOUND);
        // The owner of all its projects may revoke it.
        server.send("DELETE", path, server.token, NOTHING).expect(204);
        server.get("/v1/projects", token).expect(ErrorCode.UNAUTHENTICATED);
        server.send("DELETE", path, server.token, NOTHING).expect(204);
        assertThat(
                        server
                                .get("/v1/devices?project=" + server.project)
                                .as(WireJson.DEVICES)
                                .stream()
                                .filter(d -> d.id().equals(device.id())))
                .singleElement()
                .matches(DeviceView::revoked);
    }

    @Test
    void deviceIsRenamedByWhoeverMayRevokeIt() {
        String token = member(Role.VIEWER);
        DeviceView device =
                server.get("/v1/devices", token).as(WireJson.DEVICES).stream()
                        .filter(DeviceView::current)
                        .findFirst()
                        .orElseThrow();
        String path = "/v1/devices/" + device.id();
        byte[] name = WireJson.DEVICE_REQUEST.toBytes(new DeviceRequest("Ann's phone"));
        server.send("PATCH", path, server.stranger(), name).expect(ErrorCode.NOT_FOUND);
        byte[] wrong = "{\"name\":\"a\\u0007b\"}".getBytes(StandardCharsets.UTF_8);
        server.send("PATCH", path, token, wrong).expect(ErrorCode.INVALID);
        for (String allowed : List.of(token, server.token, server.token)) {
            server.send("PATCH", path, allowed, name).expect(204);
        }
        assertThat(server.get("/v1/devices", token).as(WireJson.DEVICES))
                .extracting(DeviceView::name)
                .containsExactly("Ann's phone");
        post("/v1/projects", token, "{\"name\":\"own\"}".getBytes(StandardCharsets.UTF_8))
                .expect(200);
        server.send("PATCH", path, server.token, name).expect(ErrorCode.FORBIDDEN);
    }

    @Test
    void accountIsMadeAMemberByItsNameAndKeepsAHigherRole() {
        String token = member(Role.EDITOR);
        String path = server.at("/members");
        // An account that a device made by joining is named after it.
        for (Role role : List.of(Role.VIEWER, Role.EDITOR)) {
            assertThat(addMember(server.token, "laptop", role).as(WireJson.MEMBER).role())
                    .isEqualTo(Role.EDITOR);
        }
        assertThat(addMember(server.token, "laptop", Role.OWNER).as(WireJson.MEMBER).role())
                .isEqualTo(Role.OWNER);
        assertThat(server.get(server.at(""), token).as(WireJson.PROJECT).role())
                .isEqualTo(Role.OWNER);
        var admin =
                server.get(path).as(WireJson.MEMBERS).stream()
                        .filter(member -> member.name().equals("admin"))
                        .findFirst()
                        .orElseThrow();
        String gone = path + "/" + admin.account();
        server.send("DELETE", gone, token, NOTHING).expect(204);
        addMember(server.token, "admin", Role.VIEWER).expect(ErrorCode.NOT_FOUND);
        assertThat(addMember(token, "admin", Role.VIEWER).as(WireJson.MEMBER).account())
                .isEqualTo(admin.account());
        addMember(server.token, "laptop", Role.VIEWER).expect(ErrorCode.FORBIDDEN);
    }

    @Test
    void namesOfAccountsAreNotGuessedForLong() {
        for (int i = 0; i < 10; i++) {
            addMember(server.token, "guess " + i, Role.VIEWER).expect(ErrorCode.NOT_FOUND);
        }
        addMember(server.token, "admin", Role.VIEWER).expect(ErrorCode.LIMITED);
    }

    private Reply addMember(String token, String name, Role role) {
        return post(
                server.at("/members"),
                token,
                WireJson.MEMBER_REQUEST.toBytes(new MemberRequest(name, role)));
    }

    @Test
    void devicesAreMadeByPeopleOnly() {
        byte[] body = WireJson.DEVICE_REQUEST.toBytes(new DeviceRequest("new"));
        post("/v1/devices", server.token, body).expect(ErrorCode.FORBIDDEN);
        String session = logIn(TestServer.PASSWORD).as(WireJson.SESSION_ANSWER).token().value();
        String made = post("/v1/devices", session, body).as(WireJson.DEVICE_ANSWER).token().value();
        server.get("/v1/projects", made).expect(200);
        // A browser's commits are written down to a device that isn't listed.
        server.send(
                        "POST",
                        server.at("/commits"),
                        session,
                        WireJson.COMMIT.toBytes(
                                server.commitOf(false, List.of(directory(-1, 0, "d")))))
                .expect(200);
        assertThat(
                        server.get(server.at("/log"))
                                .as(WireJson.LOG_PAGE)
                                .entries()
                                .getFirst()
                                .deviceName())
                .isEqualTo("browser");
        assertThat(server.get("/v1/devices", session).as(WireJson.DEVICES))
                .noneMatch(d -> d.name().equals("browser"));
    }

    @Test
    void rolesAreKept() {
        String viewer = member(Role.VIEWER);
        String editor = member(Role.EDITOR);
        byte[] commit =
                WireJson.COMMIT.toBytes(server.commitOf(false, List.of(directory(-1, 0, "d"))));
        post(server.at("/commits"), viewer, commit).expect(ErrorCode.FORBIDDEN);
        post(server.at("/blocks/missing"), viewer, NOTHING).expect(ErrorCode.FORBIDDEN);
        server.get(server.at("/changes"), viewer).expect(200);
        post(server.at("/commits"), editor, commit).expect(200);
        byte[] link = WireJson.LINK_REQUEST.toBytes(new LinkRequest(Role.OWNER, 1, 60));
        post(server.at("/links"), editor, link).expect(ErrorCode.FORBIDDEN);
        server.get(server.at("/links"), editor).expect(ErrorCode.FORBIDDEN);
    }

    private long accounts() {
        return server.metadata.read(read -> read.accounts().count());
    }

    private AccountId accountOf(String token) {
        return server.get("/v1/devices", token).as(WireJson.DEVICES).getFirst().account();
    }

    @Test
    void lastOwnerStays() {
        AccountId editor = accountOf(member(Role.EDITOR));
        byte[] owner = WireJson.ROLE_REQUEST.toBytes(new RoleRequest(Role.OWNER));
        byte[] viewer = WireJson.ROLE_REQUEST.toBytes(new RoleRequest(Role.VIEWER));
        String self = server.at("/members/" + server.admin);
        String other = server.at("/members/" + editor);
        server.send("PUT", self, server.token, viewer).expect(ErrorCode.FORBIDDEN);
        server.send("DELETE", self, server.token, NOTHING).expect(ErrorCode.FORBIDDEN);
        server.send("PUT", other, server.token, owner).expect(204);
        server.send("PUT", self, server.token, viewer).expect(204);
        server.send("PUT", other, server.token, viewer).expect(ErrorCode.FORBIDDEN);
        server.send("DELETE", self, server.token, NOTHING).expect(204);
        server.get(server.at("")).expect(ErrorCode.NOT_FOUND);
    }

    @Test
    @DisplayName("L7 without membership a project's every address answers as if it didn't exist")
    void noPeeking() {
        Content content = server.upload("secret".getBytes(StandardCharsets.UTF_8));
        server.applied(directory(-1, 0, "d"));
        String stranger = server.stranger();
        String real = server.project.value();
        String fake = "f".repeat(32);
        byte[] hash = content.hash().toBytes();
        String chunk = Hash.sha256(hash).toHex();
        record Try(String method, String path, boolean withHash) {
            byte[] body(byte[] hash) {
                return withHash ? hash : NOTHING;
            }
        }
        List<Try> tries = new ArrayList<>();
        for (String path :
                List.of(
                        "",
                        "/nodes/1",
                        "/nodes/0/children",
                        "/nodes/1/content",
                        "/resolve?path=d",
                        "/changes",
                        "/log",
                        "/links",
                        "/members",
                        "/replicas")) {
            tries.add(new Try("GET", path, false));
        }
        tries.add(new Try("HEAD", "/nodes/1/content", false));
        tries.add(new Try("POST", "/commits", false));
        tries.add(new Try("POST", "/blocks/missing", true));
        tries.add(new Try("POST", "/blocks/read", true));
        tries.add(new Try("POST", "/blocks/signatures", true));
        tries.add(new Try("PUT", "/chunks/" + chunk, true));
        tries.add(new Try("PUT", "/checkpoint", false));
        tries.add(new Try("POST", "/links", false));
        tries.add(new Try("DELETE", "/links/" + fake, false));
        tries.add(new Try("PUT", "/members/" + server.admin, false));
        tries.add(new Try("DELETE", "/members/" + server.admin, false));
        for (Try one : tries) {
            Reply foreign =
                    server.send(
                            one.method,
                            "/v1/projects/" + real + one.path,
                            stranger,
                            one.body(hash));
            Reply unknown =
                    server.send(
                            one.method,
                            "/v1/projects/" + fake + one.path,
                            stranger,
                            one.body(hash));
            Reply malformed =
                    server.send(one.method, "/v1/projects/x" + one.path, stranger, one.body(hash));
            assertThat(foreign.status()).as("%s %s", one.method, one.path).isEqualTo(404);
            assertThat(shape(foreign)).isEqualTo(shape(unknown)).isEqualTo(shape(malformed));
            server.send(one.method, "/v1/projects/" + real + one.path, "", one.body(hash))
                    .expect(401);
        }
    }

    /** All of an answer but what differs from request to request. */
    private static String shape(Reply reply) {
        var headers = new java.util.TreeMap<>(reply.headers().map());
        headers.keySet().removeAll(Set.of("syncline-request", "date"));
        String id = reply.headers().firstValue("Syncline-Request").orElseThrow();
        return reply.status() + " " + headers + " " + reply.text().replace(id, "ID");
    }

    @Test
    @DisplayName("L7 a block of another project is missing here")
    void blocksStayInTheirProject() {
        Content content = server.upload("secret".getBytes(StandardCharsets.UTF_8));
        String stranger = server.stranger();
        ProjectView own =
                post(
                                "/v1/projects",
                                stranger,
                                WireJson.PROJECT_REQUEST.toBytes(new ProjectRequest("own", false)))
                        .as(WireJson.PROJECT);
        byte[] hash = content.hash().toBytes();
        String at = "/v1/projects/" + own.id();
        assertThat(post(at + "/blocks/missing", stranger, hash).expect(200).bytes())
                .containsExactly((byte) 1);
        post(at + "/blocks/read", stranger, hash).expect(ErrorCode.NOT_FOUND);
    }

    @Test
    void localAdminSetsUpWithoutHttp() {
        var admin = server.server.admin();
        assertThat(admin.ensureProject(server.admin, "again"))
                .isEqualTo(admin.ensureProject(server.admin, "again"));
        JoinLink link = admin.invite(server.project, Role.EDITOR, 1, Duration.ofMinutes(5));
        join(JoinLink.parse(link.format()).secret()).expect(200);
        AccountId account = admin.ensureAccount("changing", new Secret("old"));
        admin.setPassword(account, new Secret("new"));
        post(
                        "/v1/sessions",
                        "",
                        WireJson.SESSION_REQUEST.toBytes(
                                new SessionRequest("changing", new Secret("new"))))
                .expect(200);
    }
}
