package io.syncline.client.daemon;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.JsonCodec;
import io.syncline.core.wire.JsonReader;
import io.syncline.core.wire.JsonWriter;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a {@link FolderLink} is spelt in its file. */
final class FolderLinkJson {
    static final JsonCodec<FolderLink> CODEC =
            new JsonCodec<>(FolderLinkJson::write, FolderLinkJson::read);

    private FolderLinkJson() {}

    private static void write(JsonWriter out, FolderLink link) {
        out.beginObject()
                .member("replica", link.replica().value())
                .member("folder", link.folder().toString())
                .member("server", link.server().toString())
                .optional("trusted", link.trusted(), (json, pem) -> json.text(pem.toString()))
                .member("token", link.token().value())
                .member("device", link.device().value())
                .member("deviceName", link.deviceName())
                .member("account", link.account().value())
                .member("project", link.project().value())
                .member("projectName", link.projectName())
                .member("role", link.role())
                .endObject();
    }

    private static FolderLink read(JsonReader in) {
        @Nullable ReplicaId replica = null;
        @Nullable Path folder = null;
        @Nullable URI server = null;
        Optional<Path> trusted = Optional.empty();
        @Nullable Secret token = null;
        @Nullable DeviceId device = null;
        @Nullable String deviceName = null;
        @Nullable AccountId account = null;
        @Nullable ProjectId project = null;
        @Nullable String projectName = null;
        @Nullable Role role = null;
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "replica" -> replica = in.text(ReplicaId::new);
                case "folder" -> folder = in.text(Spelling::path);
                case "server" -> server = in.text(Spelling::uri);
                case "trusted" -> trusted = Optional.of(in.text(Spelling::path));
                case "token" -> token = in.text(Secret::new);
                case "device" -> device = in.device();
                case "deviceName" -> deviceName = in.text();
                case "account" -> account = in.text(AccountId::new);
                case "project" -> project = in.text(ProjectId::new);
                case "projectName" -> projectName = in.text();
                case "role" -> role = in.word(Role.class);
                default -> in.unknown();
            }
        }
        return new FolderLink(
                in.required("replica", replica),
                in.required("folder", folder),
                in.required("server", server),
                trusted,
                in.required("token", token),
                in.required("device", device),
                in.required("deviceName", deviceName),
                in.required("account", account),
                in.required("project", project),
                in.required("projectName", projectName),
                in.required("role", role));
    }
}
