package io.syncline.server.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.SynclineException;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.storage.metadata.AuditEntry;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.memory.MemoryMetadataStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Settings on several nodes, and the audit log beside them. */
final class RuntimeSettingsTest {
    private final MetadataStore store = new MemoryMetadataStore();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final RuntimeSettings here = new RuntimeSettings(store, () -> now, defaults());
    private final RuntimeSettings there = new RuntimeSettings(store, () -> now, defaults());

    private static Map<Setting, Long> defaults() {
        Map<Setting, Long> defaults = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            defaults.put(setting, setting.min());
        }
        return defaults;
    }

    private void set(Setting setting, OptionalLong value) {
        here.set(Map.of(setting, value), Audit.Actor.LOCAL);
    }

    @Test
    void otherNodesTakeAChangeUpSoon() {
        assertThat(there.value(Setting.LOGIN_FAILURES)).isEqualTo(1);
        set(Setting.LOGIN_FAILURES, OptionalLong.of(7));
        assertThat(here.value(Setting.LOGIN_FAILURES)).isEqualTo(7);
        assertThat(there.value(Setting.LOGIN_FAILURES)).isEqualTo(1);
        now = now.plus(RuntimeSettings.FRESH);
        assertThat(there.value(Setting.LOGIN_FAILURES)).isEqualTo(7);
        set(Setting.LOGIN_FAILURES, OptionalLong.empty());
        now = now.plus(RuntimeSettings.FRESH);
        assertThat(there.own(Setting.LOGIN_FAILURES)).isEmpty();
        assertThat(there.value(Setting.LOGIN_FAILURES)).isEqualTo(1);
    }

    @Test
    void allAreSetOrNone() {
        Map<Setting, OptionalLong> changes = new EnumMap<>(Setting.class);
        changes.put(Setting.LOGIN_FAILURES, OptionalLong.of(5));
        changes.put(Setting.COLLECTOR_ENABLED, OptionalLong.of(2));
        assertThatThrownBy(() -> here.set(changes, Audit.Actor.LOCAL))
                .isInstanceOf(SynclineException.class)
                .hasMessage("collector.enabled must be 0..1");
        assertThat(here.value(Setting.LOGIN_FAILURES)).isEqualTo(1);
    }

    @Test
    void whatAnotherVersionWroteIsAsIfItWerentSet() {
        for (String value : List.of("", "many", "99999999999999999999", "0")) {
            store.write(write -> {
                ByteBuffer bytes = StandardCharsets.US_ASCII.encode(value);
                write.settings().put("runtime.login.failures", bytes);
                return true;
            });
            now = now.plus(RuntimeSettings.FRESH);
            assertThat(here.value(Setting.LOGIN_FAILURES)).as(value).isEqualTo(1);
        }
    }

    @Test
    void storeThatIsAwayLeavesTheLastValues() {
        set(Setting.LOGIN_FAILURES, OptionalLong.of(7));
        store.close();
        now = now.plus(RuntimeSettings.FRESH.multipliedBy(2));
        assertThat(here.value(Setting.LOGIN_FAILURES)).isEqualTo(7);
    }

    @Test
    void failedAttemptsDontFloodTheAuditLog() {
        Audit audit = new Audit(store, () -> now);
        for (int i = 0; i < 250; i++) {
            audit.addFailure(Audit.Actor.LOCAL, Act.LOG_IN_FAILED, "name " + i);
        }
        assertThat(entries()).hasSize(100);
        now = now.plusSeconds(60);
        audit.addFailure(Audit.Actor.LOCAL, Act.LOG_IN_FAILED, "\uD800 name\0");
        assertThat(entries().getFirst().detail())
                .contains("150 more failed before and weren't noted");
        assertThat(entries().getFirst().subject()).contains("? name ");
    }

    private List<AuditEntry> entries() {
        return store.read(read -> read.audit().page(OptionalLong.empty(), Optional.empty(), 1_000));
    }
}
