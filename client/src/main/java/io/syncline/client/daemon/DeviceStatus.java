package io.syncline.client.daemon;

import io.syncline.client.bandwidth.BandwidthLimits;
import io.syncline.core.tree.ProjectId;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** What a device is doing: the document of {@code syncline status --json}. */
public record DeviceStatus(Path home, BandwidthLimits limits, List<Folder> folders) {
    public DeviceStatus {
        folders = List.copyOf(folders);
    }

    /** One of its folders. */
    public record Folder(
            Path folder,
            String device,
            ProjectId project,
            String projectName,
            FolderStatus status) {}

    /** Whether every folder is converged, or stopped or paused for good. */
    public boolean isAtRest() {
        return folders.stream()
                .allMatch(folder -> folder.status().state() != FolderStatus.State.SYNCING);
    }

    /** The same, with this reason for those that are syncing and give none. */
    public DeviceStatus withWaitingFor(String reason) {
        return new DeviceStatus(
                home,
                limits,
                folders.stream()
                        .map(one ->
                                new Folder(
                                        one.folder(),
                                        one.device(),
                                        one.project(),
                                        one.projectName(),
                                        one.status().withWaitingFor(reason)))
                        .toList());
    }

    /** The state that asks for the most attention; CONVERGED where there is no folder. */
    public FolderStatus.State worst() {
        return folders.stream()
                .map(folder -> folder.status().state())
                .max(Comparator.naturalOrder())
                .orElse(FolderStatus.State.CONVERGED);
    }
}
