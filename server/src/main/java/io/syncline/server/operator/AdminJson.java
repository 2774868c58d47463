package io.syncline.server.operator;

import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Secret;
import io.syncline.server.setting.RuntimeSettings;
import io.syncline.server.setting.Setting;
import io.syncline.storage.metadata.Quota;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The bodies that operators send, and the smaller answers. */
final class AdminJson {
    /** Numbers that every reader of JSON holds. */
    private static final long NUMBER_MAX = (1L << 53) - 1;

    private static final int CHANGES_MAX = 50;

    /** A new account. */
    record AccountRequest(String name, Optional<Secret> password, boolean operator) {}

    /** What is to be changed of an account. */
    record AccountChange(
            Optional<Boolean> operator,
            Optional<Boolean> disabled,
            Optional<Secret> password,
            boolean resetPassword) {}

    /** What is to be collected. */
    record CollectWish(Optional<ProjectId> project, boolean dryRun, OptionalLong deletionsMax) {}

    private record SettingChange(Setting setting, OptionalLong value) {}

    private AdminJson() {}

    static AccountRequest accountRequest(byte[] body) {
        return read(body, AdminJson::readAccountRequest);
    }

    private static AccountRequest readAccountRequest(JsonReader in) {
        String name = null;
        Optional<Secret> password = Optional.empty();
        boolean operator = false;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "name" -> name = in.text();
                case "password" -> password = Optional.of(in.text(Secret::new));
                case "operator" -> operator = in.bool();
                default -> in.unknown();
            }
        }
        return new AccountRequest(in.required("name", name), password, operator);
    }

    static AccountChange accountChange(byte[] body) {
        return read(body, AdminJson::readAccountChange);
    }

    private static AccountChange readAccountChange(JsonReader in) {
        Optional<Boolean> operator = Optional.empty();
        Optional<Boolean> disabled = Optional.empty();
        Optional<Secret> password = Optional.empty();
        boolean reset = false;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "operator" -> operator = Optional.of(in.bool());
                case "disabled" -> disabled = Optional.of(in.bool());
                case "password" -> password = Optional.of(in.text(Secret::new));
                case "resetPassword" -> reset = in.bool();
                default -> in.unknown();
            }
        }
        if (reset && password.isPresent()) {
            throw SynclineException.invalid("a password is set or made up, not both");
        }
        return new AccountChange(operator, disabled, password, reset);
    }

    static Quota quota(byte[] body) {
        return read(body, AdminJson::readQuota);
    }

    private static Quota readQuota(JsonReader in) {
        OptionalLong bytes = OptionalLong.empty();
        OptionalLong nodes = OptionalLong.empty();
        OptionalLong stored = OptionalLong.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "bytesMax" -> bytes = OptionalLong.of(in.number(0, NUMBER_MAX));
                case "nodesMax" -> nodes = OptionalLong.of(in.number(0, NUMBER_MAX));
                case "storedBytesMax" -> stored = OptionalLong.of(in.number(0, NUMBER_MAX));
                default -> in.unknown();
            }
        }
        return new Quota(bytes, nodes, stored);
    }

    static CollectWish collect(byte[] body) {
        return read(body, AdminJson::readCollect);
    }

    private static CollectWish readCollect(JsonReader in) {
        Optional<ProjectId> project = Optional.empty();
        boolean dryRun = false;
        OptionalLong deletions = OptionalLong.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "project" -> project = Optional.of(in.text(ProjectId::new));
                case "dryRun" -> dryRun = in.bool();
                case "deletionsMax" -> deletions = OptionalLong.of(in.number(0, NUMBER_MAX));
                default -> in.unknown();
            }
        }
        return new CollectWish(project, dryRun, deletions);
    }

    /** What settings are to be; without a value the default. */
    static Map<Setting, OptionalLong> settings(byte[] body) {
        Map<Setting, OptionalLong> changes = new EnumMap<>(Setting.class);
        for (SettingChange change : read(body, AdminJson::readChanges)) {
            if (changes.put(change.setting(), change.value()) != null) {
                throw SynclineException.invalid(
                        change.setting().text() + " is to be changed twice");
            }
        }
        return changes;
    }

    private static List<SettingChange> readChanges(JsonReader in) {
        List<SettingChange> changes = null;
        in.beginObject();
        while (in.nextMember()) {
            if (in.member().equals("changes")) {
                changes = in.array(CHANGES_MAX, AdminJson::readSettingChange);
            } else {
                in.unknown();
            }
        }
        return in.required("changes", changes);
    }

    private static SettingChange readSettingChange(JsonReader in) {
        String name = null;
        OptionalLong value = OptionalLong.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "name" -> name = in.text();
                case "value" -> value = OptionalLong.of(in.number());
                default -> in.unknown();
            }
        }
        String wanted = in.required("name", name);
        return new SettingChange(
                Setting.named(wanted)
                        .orElseThrow(() -> SynclineException.invalid("there is no such setting")),
                value);
    }

    private static <T> T read(byte[] body, java.util.function.Function<JsonReader, T> reader) {
        return new JsonCodec<T>((_, _) -> {}, reader).fromBytes(body);
    }

    /** All settings with the values that hold. */
    static byte[] settings(RuntimeSettings settings) {
        List<Setting> all = new ArrayList<>(List.of(Setting.values()));
        return new JsonWriter()
                .beginObject()
                .array(
                        "settings",
                        all,
                        (out, setting) ->
                                out.beginObject()
                                        .member("name", setting.text())
                                        .member("value", settings.value(setting))
                                        .member("default", settings.standard(setting))
                                        .member("unit", setting.unit())
                                        .member("min", setting.min())
                                        .member("max", setting.max())
                                        .member("changed", settings.own(setting).isPresent())
                                        .member("description", setting.description())
                                        .endObject())
                .endObject()
                .toBytes();
    }
}
