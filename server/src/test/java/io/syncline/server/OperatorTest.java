package io.syncline.server;

import static io.syncline.server.Contract.list;
import static io.syncline.server.Contract.map;
import static io.syncline.server.TestServer.chunk;
import static io.syncline.server.TestServer.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.block.Block;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Content;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionRequest;
import io.syncline.core.wire.WireJson;
import io.syncline.server.collect.CollectReport;
import io.syncline.server.collect.CollectRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What operators see and steer over HTTP. */
final class OperatorTest {
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private TestServer t;
    private String operator = "";

    @BeforeEach
    void start() {
        t = new TestServer(now::get);
        operator = logIn("admin", TestServer.PASSWORD.value());
    }

    @AfterEach
    void stop() {
        t.close();
    }

    private void pass(Duration time) {
        now.updateAndGet(at -> at.plus(time));
    }

    private TestServer.Reply tryLogIn(String name, String password) {
        return t.send(
                "POST",
                "/v1/sessions",
                "",
                WireJson.SESSION_REQUEST.toBytes(new SessionRequest(name, new Secret(password))));
    }

    private String logIn(String name, String password) {
        return tryLogIn(name, password).as(WireJson.SESSION_ANSWER).token().value();
    }

    private TestServer.Reply send(String method, String path, String body) {
        return t.send(method, "/v1/admin/" + path, operator, body.getBytes(UTF_8));
    }

    private static Map<String, Object> json(TestServer.Reply reply) {
        return map(new Yaml().load(reply.expect(200).text()));
    }

    private Map<String, Object> get(String path) {
        return json(t.get("/v1/admin/" + path, operator));
    }

    private List<Map<String, Object>> rows(Map<String, Object> document, String member) {
        List<Map<String, Object>> rows = new ArrayList<>();
        list(document.get(member)).forEach(row -> rows.add(map(row)));
        return rows;
    }

    /** A new account with the password {@code pw}; its id. */
    private String account(String name) {
        Map<String, Object> made =
                json(
                        send(
                                "POST",
                                "accounts",
                                "{'name':'%s','password':'pw'}"
                                        .formatted(name)
                                        .replace('\'', '"')));
        return String.valueOf(map(made.get("account")).get("id"));
    }

    private TestServer.Reply change(String account, String change) {
        return send("PATCH", "accounts/" + account, change.replace('\'', '"'));
    }

    private void set(String name, long value) {
        send(
                        "PUT",
                        "settings",
                        "{\"changes\":[{\"name\":\"%s\",\"value\":%d}]}".formatted(name, value))
                .expect(200);
    }

    @Test
    void onlySessionsOfOperatorsMayLook() {
        t.get("/v1/admin/overview", "").expect(ErrorCode.UNAUTHENTICATED);
        // The device of an operator is no person.
        t.get("/v1/admin/overview", t.token).expect(ErrorCode.FORBIDDEN);
        String id = account("anna");
        String anna = logIn("anna", "pw");
        t.get("/v1/admin/overview", anna).expect(ErrorCode.FORBIDDEN);
        assertThat(t.get("/v1/sessions/current", anna).text()).doesNotContain("operator");

        change(id, "{'operator':true}").expect(200);
        t.get("/v1/admin/overview", anna).expect(200);
        assertThat(t.get("/v1/sessions/current", anna).text()).contains("\"operator\":true");
        change(id, "{'operator':false}").expect(200);
        t.get("/v1/admin/overview", anna).expect(ErrorCode.FORBIDDEN);
    }

    @Test
    void noOperatorCanLockThemselvesOut() {
        change(t.admin.value(), "{'operator':false}").expect(ErrorCode.FORBIDDEN);
        change(t.admin.value(), "{'disabled':true}").expect(ErrorCode.FORBIDDEN);
        change(t.admin.value(), "{'operator':true,'disabled':false}").expect(200);
    }

    @Test
    void disabledAccountIsRefusedUntilItIsEnabled() {
        String id = account("anna");
        String session = logIn("anna", "pw");
        String device = t.device(new io.syncline.core.tree.AccountId(id));
        t.get("/v1/projects", device).expect(200);

        change(id, "{'disabled':true}").expect(200);
        t.get("/v1/projects", device).expect(ErrorCode.UNAUTHENTICATED);
        t.get("/v1/projects", session).expect(ErrorCode.UNAUTHENTICATED);
        tryLogIn("anna", "pw").expect(ErrorCode.UNAUTHENTICATED);

        change(id, "{'disabled':false}").expect(200);
        t.get("/v1/projects", device).expect(200);
        t.get("/v1/projects", session).expect(ErrorCode.UNAUTHENTICATED);
        t.get("/v1/projects", logIn("anna", "pw")).expect(200);
    }

    @Test
    void passwordThatIsMadeUpIsShownOnce() {
        String id = account("anna");
        String session = logIn("anna", "pw");
        Map<String, Object> answer = json(change(id, "{'resetPassword':true}"));
        t.get("/v1/projects", session).expect(ErrorCode.UNAUTHENTICATED);
        tryLogIn("anna", "pw").expect(ErrorCode.UNAUTHENTICATED);
        t.get("/v1/projects", logIn("anna", String.valueOf(answer.get("password")))).expect(200);
        change(id, "{'resetPassword':true,'password':'x'}").expect(ErrorCode.INVALID);
        assertThat(get("audit").toString()).doesNotContain(String.valueOf(answer.get("password")));
    }

    @Test
    void accountsComeInPages() {
        for (int i = 0; i < 5; i++) {
            account("account " + i);
        }
        List<Object> names = new ArrayList<>();
        String after = "";
        do {
            Map<String, Object> page = get("accounts?limit=2" + after);
            assertThat(page.get("total")).isEqualTo(6);
            rows(page, "accounts").forEach(row -> names.add(row.get("name")));
            after = page.containsKey("after") ? "&after=" + page.get("after") : "";
        } while (!after.isEmpty());
        assertThat(names).hasSize(6).doesNotHaveDuplicates().contains("admin", "account 4");
    }

    @Test
    void accountsAreFoundByHowTheirNamesBegin() {
        List.of("Anna", "anna", "annabel", "a b", "ben").forEach(this::account);
        List<Object> names = new ArrayList<>();
        String after = "";
        do {
            Map<String, Object> page = get("accounts?limit=2&name=ANN" + after);
            assertThat(page.get("total")).isEqualTo(6);
            rows(page, "accounts").forEach(row -> names.add(row.get("name")));
            after = page.containsKey("after") ? "&after=" + page.get("after") : "";
        } while (!after.isEmpty());
        assertThat(names).containsExactly("Anna", "anna", "annabel");
        assertThat(rows(get("accounts?name=nn"), "accounts")).isEmpty();
        assertThat(rows(get("accounts?name="), "accounts")).hasSize(6);
        send("GET", "accounts?name=" + "a".repeat(256), "").expect(ErrorCode.INVALID);
        send("GET", "accounts?name=a&after=" + "0".repeat(32), "").expect(ErrorCode.NOT_FOUND);
    }

    @Test
    void quotasHold() {
        send("PUT", "projects/" + t.project + "/quota", "{\"bytesMax\":1000}").expect(200);
        Content content = t.upload(t.randomBytes(5_000));
        Change change = file(-1, 0, "too large", content);
        assertThat(t.commit(change).results().getFirst())
                .isInstanceOfSatisfying(
                        ChangeResult.Refused.class,
                        refused ->
                                assertThat(refused.reason()).isEqualTo(ChangeResult.Reason.QUOTA));
        send("PUT", "projects/" + t.project + "/quota", "{}").expect(200);
        send("PUT", "accounts/" + t.admin + "/quota", "{\"nodesMax\":0}").expect(200);
        assertThat(t.commit(change).results().getFirst()).isInstanceOf(ChangeResult.Refused.class);
        assertThat(send("PUT", "accounts/" + t.admin + "/quota", "{}").expect(200).text())
                .doesNotContain("Max");
        t.applied(change);
    }

    @Test
    void overviewSaysWhatThereIs() {
        byte[] bytes = new byte[100_000];
        Content content = t.upload(bytes);
        t.applied(file(-1, 0, "a", content));
        t.applied(file(-1, 0, "b", content));
        t.server.measure();
        Map<String, Object> storage = map(get("overview").get("storage"));
        assertThat(storage)
                .containsEntry("projects", 1)
                .containsEntry("nodes", 2)
                .containsEntry("contentBytes", 200_000)
                .containsEntry("estimated", true);
        assertThat(whole(storage, "blockBytes")).isBetween(1L, 100_100L);
        assertThat(whole(storage, "storedBytes")).isBetween(1L, 50_000L);
        Map<String, Object> devices = map(get("overview").get("devices"));
        assertThat(devices)
                .containsEntry("accounts", 1)
                .containsEntry("devices", 1)
                .containsEntry("seenWithinDay", 1)
                .containsEntry("connected", 0);
        assertThat(rows(get("overview"), "nodes"))
                .singleElement()
                .satisfies(node -> assertThat(node.get("version")).isEqualTo("test"));
    }

    @Test
    void seriesAreColumnsOfOneLength() {
        for (int i = 0; i < 20; i++) {
            t.get("/v1/projects").expect(200);
        }
        t.upload(t.randomBytes(50_000));
        t.server.tick();
        pass(Duration.ofSeconds(10));
        t.server.tick();
        Map<String, Object> series = get("series?minutes=10");
        assertThat(series.get("stepSeconds")).isEqualTo(10);
        for (Map.Entry<String, Object> column : series.entrySet()) {
            if (column.getValue() instanceof List<?> values) {
                assertThat(values).as(column.getKey()).hasSize(2);
            }
        }
        assertThat(number(series, "requestsPerSecond", 0)).isBetween(2.0, 3.0);
        assertThat(number(series, "bytesInPerSecond", 0)).isGreaterThan(5_000);
        assertThat(number(series, "bytesOutPerSecond", 0)).isPositive();
        assertThat(number(series, "requestP99Millis", 0)).isPositive();
        assertThat(number(series, "requestsPerSecond", 1)).isZero();
        pass(Duration.ofMinutes(11));
        assertThat(list(get("series?minutes=10").get("times"))).isEmpty();
    }

    private static long whole(Map<String, Object> row, String member) {
        return ((Number) Objects.requireNonNull(row.get(member))).longValue();
    }

    private static double number(Map<String, Object> series, String column, int index) {
        return ((Number) list(series.get(column)).get(index)).doubleValue();
    }

    @Test
    void whatWasTurnedAwayIsShown() {
        set("login.failures", 1);
        tryLogIn("admin", "wrong").expect(401);
        TestServer.Reply refused = tryLogIn("admin", "wrong").expect(429);
        assertThat(rows(get("errors"), "errors").getFirst())
                .containsEntry("template", "/v1/sessions")
                .containsEntry("status", 429)
                .containsEntry("code", "LIMITED")
                .containsEntry("method", "POST")
                .containsEntry(
                        "request", refused.headers().firstValue("Syncline-Request").orElseThrow());
    }

    @Test
    void auditLogSaysWhoDidWhat() {
        String id = account("anna");
        tryLogIn("anna", "wrong").expect(401);
        String anna = logIn("anna", "pw");
        byte[] request = "{\"name\":\"her project\"}".getBytes(UTF_8);
        String project =
                t.send("POST", "/v1/projects", anna, request).as(WireJson.PROJECT).id().value();
        t.send(
                        "POST",
                        "/v1/projects/" + project + "/members",
                        anna,
                        "{\"name\":\"admin\",\"role\":\"viewer\"}".getBytes(UTF_8))
                .expect(200);
        t.send("DELETE", "/v1/projects/" + project + "/members/" + t.admin, anna, new byte[0])
                .expect(204);
        t.send("POST", "/v1/devices", anna, "{\"name\":\"laptop\"}".getBytes(UTF_8)).expect(200);
        t.send("DELETE", "/v1/sessions/current", anna, new byte[0]).expect(204);
        set("audit.retention", 100_000);

        List<Map<String, Object>> entries = rows(get("audit"), "entries");
        assertThat(entries)
                .extracting(entry -> entry.get("action"))
                .startsWith(
                        "setting_put",
                        "log_out",
                        "device_add",
                        "member_remove",
                        "member_put",
                        "project_create",
                        "log_in",
                        "log_in_failed",
                        "account_create");
        assertThat(entries.get(4))
                .containsEntry("account", id)
                .containsEntry("accountName", "anna")
                .containsEntry("project", project)
                .containsEntry("subject", "admin")
                .containsEntry("detail", "viewer")
                .containsEntry("peer", "127.0.0.1");
        assertThat(entries.get(7)).doesNotContainKey("account").containsEntry("subject", "anna");
        assertThat(rows(get("audit?account=" + id), "entries")).hasSize(6);
        assertThat(rows(get("audit?limit=2&before=" + entries.get(2).get("id")), "entries"))
                .isEqualTo(entries.subList(3, 5));
    }

    // Settings: each of them is taken up.

    @Test
    void settingsHaveBoundsAndDefaults() {
        for (Map<String, Object> setting : rows(get("settings"), "settings")) {
            String name = String.valueOf(setting.get("name"));
            long max = whole(setting, "max");
            long min = whole(setting, "min");
            long standard = whole(setting, "default");
            assertThat(standard).as(name).isBetween(min, max);
            assertThat(setting).as(name).containsEntry("changed", false);
            for (long wrong : new long[] {min - 1, max + 1}) {
                send(
                                "PUT",
                                "settings",
                                "{\"changes\":[{\"name\":\"%s\",\"value\":%d}]}"
                                        .formatted(name, wrong))
                        .expect(ErrorCode.INVALID);
            }
            set(name, min);
            assertThat(rows(get("settings"), "settings"))
                    .anySatisfy(changed ->
                            assertThat(changed)
                                    .containsEntry("name", name)
                                    .containsEntry("value", (int) min)
                                    .containsEntry("changed", true));
            send("PUT", "settings", "{\"changes\":[{\"name\":\"%s\"}]}".formatted(name))
                    .expect(200);
        }
        assertThat(rows(get("settings"), "settings"))
                .allSatisfy(setting -> assertThat(setting).containsEntry("changed", false));
    }

    @Test
    void retentionIsTakenUp() {
        long id = t.applied(file(-1, 0, "a", t.upload(t.randomBytes(100))));
        long sequence = t.view().proof().cursor().sequence();
        t.applied(new Change.Delete(new NodeId(id), sequence));
        assertThat(t.get(t.at("/retention")).text()).contains("2592000");
        pass(Duration.ofDays(3));
        t.server.maintain();
        operator = logIn("admin", TestServer.PASSWORD.value());
        assertThat(t.get(t.at("/deleted")).expect(200).text()).contains("\"a\"");
        set("history.retention", 86_400);
        assertThat(t.get(t.at("/retention")).text()).contains("86400");
        t.server.maintain();
        assertThat(t.get(t.at("/deleted")).expect(200).text()).doesNotContain("\"a\"");
    }

    @Test
    void collectorsBoundsAreTakenUp() {
        List<Block> blocks = new ArrayList<>();
        var _ = TestServer.cut(t.randomBytes(300_000), blocks);
        t.put(chunk(blocks), t.token).expect(200);
        set("collector.grace", 20 * 86_400);
        // The upload's own session is over.
        pass(Duration.ofDays(10));
        t.server.maintain();
        assertThat(collect().condemned()).isZero();
        set("collector.grace", 3_600);
        assertThat(collect().condemned()).isEqualTo(blocks.size());

        pass(Duration.ofDays(15));
        operator = logIn("admin", TestServer.PASSWORD.value());
        set("collector.deletions", 1);
        CollectReport one = collect();
        assertThat(one.deleted()).isEqualTo(1);
        assertThat(one.capped()).isTrue();
        set("collector.deletions", 1_000);
        set("collector.rewrite", 0);
        assertThat(collect().deleted()).isEqualTo(blocks.size() - 1L);
        assertThat(t.server.collector().settings().rewriteBytesMax()).isZero();
        set("collector.enabled", 0);
        assertThat(t.server.collector().settings().enabled()).isFalse();

        List<Map<String, Object>> runs = rows(map(get("overview").get("collector")), "runs");
        assertThat(runs.getFirst())
                .containsEntry("projectName", "first")
                .containsEntry("deleted", blocks.size() - 1);
    }

    private CollectReport collect() {
        return t.server.collector().collect(t.project, CollectRequest.full());
    }

    @Test
    void collectorsIntervalIsTakenUp() {
        t.server.maintain();
        int runs = runs();
        assertThat(runs).isEqualTo(1);
        pass(Duration.ofMinutes(11));
        t.server.maintain();
        assertThat(runs()).isEqualTo(1);
        set("collector.interval", 600);
        t.server.maintain();
        assertThat(runs()).isEqualTo(2);
    }

    private int runs() {
        return rows(map(get("overview").get("collector")), "runs").size();
    }

    @Test
    void auditRetentionIsTakenUp() {
        account("anna");
        pass(Duration.ofDays(3));
        t.server.maintain();
        operator = logIn("admin", TestServer.PASSWORD.value());
        assertThat(get("audit").toString()).contains("anna");
        set("audit.retention", 86_400);
        t.server.maintain();
        assertThat(get("audit").toString()).doesNotContain("anna");
    }
}
