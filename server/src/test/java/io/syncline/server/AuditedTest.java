package io.syncline.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.server.edge.EdgeSettings;
import io.syncline.storage.block.memory.MemoryBlockStore;
import io.syncline.storage.block.memory.MemorySnapshotFiles;
import io.syncline.storage.event.memory.MemoryEventBus;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Acts and their entries in the audit log, when the server dies in between. */
class AuditedTest {
    private final MemoryMetadataStore metadata = new MemoryMetadataStore();
    private final Mortal mortal = new Mortal(metadata);
    private Server server;
    private TestServer t;

    /** While armed, nobody lives to see what was committed. */
    private static final class Mortal implements MetadataStore {
        private final MetadataStore store;
        private volatile boolean armed;

        Mortal(MetadataStore store) {
            this.store = store;
        }

        @Override
        public <T> T read(Read<T> work) {
            return store.read(work);
        }

        @Override
        public <T> T write(Write<T> work) {
            T result = store.write(work);
            if (armed) {
                throw new SynclineException(ErrorCode.UNAVAILABLE, "dead after the commit");
            }
            return result;
        }

        @Override
        public <T> T writeBehind(Write<T> work) {
            return store.writeBehind(work);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @BeforeEach
    void start() {
        server =
                Server.start(
                        new ServerSettings(
                                Path.of("unused"),
                                EdgeSettings.loopback(0),
                                Optional.of(TestServer.PASSWORD),
                                "test"),
                        new Stores(
                                mortal,
                                new MemoryBlockStore(new Random(3)),
                                new MemorySnapshotFiles(InstantSource.system()),
                                new MemoryEventBus()),
                        InstantSource.system());
        t = new TestServer(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<AuditEntry> entries() {
        return metadata.read(read -> read.audit().page(OptionalLong.empty(), Optional.empty(), 99));
    }

    private String logIn() {
        String body =
                "{\"account\":\"admin\",\"password\":\"" + TestServer.PASSWORD.value() + "\"}";
        String answer = t.send("POST", "/v1/sessions", "", body.getBytes(UTF_8)).expect(200).text();
        return answer.replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    }

    /** Does it with a server that dies right after its first commit: the entry is there. */
    private void dies(String action, String method, String address, String token, String body) {
        int before = entries().size();
        mortal.armed = true;
        try {
            t.send(method, address, token, body.getBytes(UTF_8)).expect(503);
        } finally {
            mortal.armed = false;
        }
        List<AuditEntry> after = entries();
        assertThat(after).as(action).hasSize(before + 1);
        assertThat(after.getFirst().action()).isEqualTo(action);
    }

    private String link() {
        String body = "{\"role\":\"editor\",\"uses\":1,\"expiresSeconds\":600}";
        String answer =
                t.send(
                                "POST",
                                "/v1/projects/" + t.project + "/links",
                                logIn(),
                                body.getBytes(UTF_8))
                        .expect(200)
                        .text();
        return answer.replaceAll(".*\"secret\":\"([^\"]+)\".*", "$1");
    }

    @Test
    @DisplayName("L8 what was done is in the audit log, also if the server died right after it")
    void entryIsDurableWithItsAct() {
        String session = logIn();
        String here = "/v1/projects/" + t.project;
        String ben =
                server.admin().ensureAccount("ben", new io.syncline.core.wire.Secret("pw")).value();
        String laptop = server.admin().addDevice(t.admin, "laptop").device().value();
        String secret = link();
        t.applied(TestServer.directory(-1, 0, "a"));

        dies("log_in", "POST", "/v1/sessions", "", "{\"account\":\"ben\",\"password\":\"pw\"}");
        dies("log_out", "DELETE", "/v1/sessions/current", logIn(), "");
        dies(
                "join",
                "POST",
                "/v1/join",
                "",
                "{\"secret\":\"" + secret + "\",\"deviceName\":\"d\"}");
        dies("device_add", "POST", "/v1/devices", session, "{\"name\":\"new\"}");
        dies("device_rename", "PATCH", "/v1/devices/" + laptop, session, "{\"name\":\"x\"}");
        dies("device_revoke", "DELETE", "/v1/devices/" + laptop, session, "");
        dies("project_create", "POST", "/v1/projects", session, "{\"name\":\"p\"}");
        dies(
                "member_put",
                "POST",
                here + "/members",
                session,
                "{\"name\":\"ben\",\"role\":\"viewer\"}");
        dies("member_put", "PUT", here + "/members/" + ben, session, "{\"role\":\"editor\"}");
        dies("member_remove", "DELETE", here + "/members/" + ben, session, "");
        dies(
                "link_create",
                "POST",
                here + "/links",
                session,
                "{\"role\":\"viewer\",\"uses\":1,\"expiresSeconds\":600}");
        dies("link_revoke", "DELETE", here + "/links/" + "0".repeat(32), session, "");
        dies("retention_put", "PUT", here + "/retention", session, "{\"seconds\":86400}");
        dies("account_create", "POST", "/v1/admin/accounts", session, "{\"name\":\"zoe\"}");
        dies(
                "account_change",
                "PATCH",
                "/v1/admin/accounts/" + ben,
                session,
                "{\"disabled\":true}");
        dies(
                "quota_put",
                "PUT",
                "/v1/admin/accounts/" + ben + "/quota",
                session,
                "{\"nodesMax\":9}");
        dies("quota_put", "PUT", "/v1/admin/projects/" + t.project + "/quota", session, "{}");
        dies(
                "setting_put",
                "PUT",
                "/v1/admin/settings",
                session,
                "{\"changes\":[{\"name\":\"login.failures\",\"value\":9}]}");
        dies("collect", "POST", "/v1/admin/collect", session, "{\"dryRun\":true}");
        String device =
                t.get(here + "/nodes/1")
                        .expect(200)
                        .text()
                        .replaceAll(".*\"device\":\"([^\"]+)\".*", "$1");
        String undo =
                "{\"id\":\"%s\",\"since\":\"1970-01-01T00:00:00Z\",\"device\":\"%s\"}"
                        .formatted("0".repeat(32), device);
        dies("undo", "POST", here + "/restore", session, undo);
    }
}
