package io.syncline.core.wire;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a server says about itself, sessions, join links in use, and devices. */
final class AccountJson {
    /** Most words for what a server can do. */
    private static final int CAPABILITIES_MAX = 256;

    private AccountJson() {}

    static void writeHello(JsonWriter out, Hello hello) {
        out.beginObject()
                .member("product", hello.product())
                .member("version", hello.version())
                .member("protocol", hello, AccountJson::writeProtocol)
                .array("capabilities", hello.capabilities(), JsonWriter::text)
                .endObject();
    }

    private static void writeProtocol(JsonWriter out, Hello hello) {
        out.beginObject()
                .member("min", hello.protocolMin())
                .member("max", hello.protocolMax())
                .endObject();
    }

    static Hello readHello(JsonReader in) {
        String product = null;
        String version = null;
        ProtocolRange protocol = null;
        List<String> capabilities = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "product" -> product = in.text();
                case "version" -> version = in.text();
                case "protocol" -> protocol = readProtocol(in);
                case "capabilities" -> capabilities = in.array(CAPABILITIES_MAX, JsonReader::text);
                default -> in.unknown();
            }
        }
        String productName = in.required("product", product);
        String productVersion = in.required("version", version);
        ProtocolRange range = in.required("protocol", protocol);
        List<String> words = in.required("capabilities", capabilities);
        return in.make(() -> new Hello(productName, productVersion, range.min, range.max, words));
    }

    private record ProtocolRange(int min, int max) {}

    private static ProtocolRange readProtocol(JsonReader in) {
        Integer min = null;
        Integer max = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "min" -> min = in.integer(0, Integer.MAX_VALUE);
                case "max" -> max = in.integer(0, Integer.MAX_VALUE);
                default -> in.unknown();
            }
        }
        return new ProtocolRange(in.required("min", min), in.required("max", max));
    }

    static void writeSessionRequest(JsonWriter out, SessionRequest request) {
        out.beginObject()
                .member("account", request.account())
                .member("password", request.password().value())
                .endObject();
    }

    static SessionRequest readSessionRequest(JsonReader in) {
        String account = null;
        Secret password = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "account" -> account = in.text();
                case "password" -> password = in.text(Secret::new);
                default -> in.unknown();
            }
        }
        return new SessionRequest(
                in.required("account", account), in.required("password", password));
    }

    static void writeSessionAnswer(JsonWriter out, SessionAnswer answer) {
        out.beginObject()
                .member("token", answer.token().value())
                .member("account", answer.account().value())
                .member("expires", answer.expires())
                .endObject();
    }

    static SessionAnswer readSessionAnswer(JsonReader in) {
        Secret token = null;
        AccountId account = null;
        Instant expires = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "token" -> token = in.text(Secret::new);
                case "account" -> account = in.text(AccountId::new);
                case "expires" -> expires = in.instant();
                default -> in.unknown();
            }
        }
        return new SessionAnswer(
                in.required("token", token),
                in.required("account", account),
                in.required("expires", expires));
    }

    static void writeJoinRequest(JsonWriter out, JoinRequest request) {
        out.beginObject()
                .member("secret", request.secret().value())
                .member("deviceName", request.deviceName())
                .endObject();
    }

    static JoinRequest readJoinRequest(JsonReader in) {
        Secret secret = null;
        String deviceName = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "secret" -> secret = in.text(Secret::new);
                case "deviceName" -> deviceName = in.text();
                default -> in.unknown();
            }
        }
        Secret theSecret = in.required("secret", secret);
        String theDeviceName = in.required("deviceName", deviceName);
        return in.make(() -> new JoinRequest(theSecret, theDeviceName));
    }

    static void writeJoinAnswer(JsonWriter out, JoinAnswer answer) {
        out.beginObject()
                .member("token", answer.token().value())
                .member("device", answer.device().value())
                .member("account", answer.account().value())
                .member("project", answer.project(), ProjectJson::writeProject)
                .endObject();
    }

    static JoinAnswer readJoinAnswer(JsonReader in) {
        Secret token = null;
        DeviceId device = null;
        AccountId account = null;
        ProjectView project = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "token" -> token = in.text(Secret::new);
                case "device" -> device = in.device();
                case "account" -> account = in.text(AccountId::new);
                case "project" -> project = ProjectJson.readProject(in);
                default -> in.unknown();
            }
        }
        return new JoinAnswer(
                in.required("token", token),
                in.required("device", device),
                in.required("account", account),
                in.required("project", project));
    }

    static void writeDeviceRequest(JsonWriter out, DeviceRequest request) {
        out.beginObject().member("name", request.name()).endObject();
    }

    static DeviceRequest readDeviceRequest(JsonReader in) {
        String name = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "name" -> name = in.text();
                default -> in.unknown();
            }
        }
        String theName = in.required("name", name);
        return in.make(() -> new DeviceRequest(theName));
    }

    static void writeDeviceAnswer(JsonWriter out, DeviceAnswer answer) {
        out.beginObject()
                .member("token", answer.token().value())
                .member("device", answer.device().value())
                .endObject();
    }

    static DeviceAnswer readDeviceAnswer(JsonReader in) {
        Secret token = null;
        DeviceId device = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "token" -> token = in.text(Secret::new);
                case "device" -> device = in.device();
                default -> in.unknown();
            }
        }
        return new DeviceAnswer(in.required("token", token), in.required("device", device));
    }

    static void writeDevice(JsonWriter out, DeviceView view) {
        out.beginObject()
                .member("id", view.id().value())
                .member("name", view.name())
                .member("account", view.account().value())
                .member("created", view.created())
                .optional("seen", view.seen(), (o, at) -> o.text(at.toString()))
                .member("revoked", view.revoked())
                .member("current", view.current())
                .endObject();
    }

    static DeviceView readDevice(JsonReader in) {
        DeviceId id = null;
        String name = null;
        AccountId account = null;
        Instant created = null;
        Optional<Instant> seen = Optional.empty();
        Boolean revoked = null;
        Boolean current = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "id" -> id = in.device();
                case "name" -> name = in.text();
                case "account" -> account = in.text(AccountId::new);
                case "created" -> created = in.instant();
                case "seen" -> seen = Optional.of(in.instant());
                case "revoked" -> revoked = in.bool();
                case "current" -> current = in.bool();
                default -> in.unknown();
            }
        }
        return new DeviceView(
                in.required("id", id),
                in.required("name", name),
                in.required("account", account),
                in.required("created", created),
                seen,
                in.required("revoked", revoked),
                in.required("current", current));
    }
}
