package io.syncline.client.daemon;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.ReplicaId;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What ties a folder of this device to a project on a server; one private file in the home.
 *
 * @param folder absolute and without symbolic links
 * @param server {@code http} or {@code https}, host and port
 * @param trusted a PEM file of the only certificates to trust; absent: the system's authorities
 * @param token the device's token there
 * @param role what the account could do in the project when it joined
 */
public record FolderLink(
        ReplicaId replica,
        Path folder,
        URI server,
        Optional<Path> trusted,
        Secret token,
        DeviceId device,
        String deviceName,
        AccountId account,
        ProjectId project,
        String projectName,
        Role role) {}
