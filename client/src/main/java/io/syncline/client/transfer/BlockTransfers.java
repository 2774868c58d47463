package io.syncline.client.transfer;

import io.syncline.client.api.BlockApi;
import io.syncline.client.disk.Disk;
import io.syncline.core.block.CutParameters;
import io.syncline.core.block.Cutter;
import io.syncline.core.tree.ProjectId;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * The {@link Transfers} between a folder's disk and a project's block store. Holds no threads and
 * no memory between transfers.
 */
public final class BlockTransfers implements Transfers {
    private final BlockApi server;
    private final ProjectId project;
    private final Uploader uploader;
    private final Downloader downloader;

    /**
     * Transfers of one folder.
     *
     * @param server asked again by its own wrapper: a failure here ends the transfer
     * @param cut the parameters of the project's format. Equal bytes cut by others have another
     *     {@code Content} (R24): a format's parameters never change, and whoever compares across
     *     two formats must describe the file by the recorded one's
     * @param partials where interrupted downloads are remembered
     * @param clock for progress only
     */
    public BlockTransfers(
            BlockApi server,
            ProjectId project,
            Disk disk,
            CutParameters cut,
            Partials partials,
            InstantSource clock) {
        this(server, project, disk, cut, partials, clock, Cores.all());
    }

    /** The same, which reads on these threads. */
    public BlockTransfers(
            BlockApi server,
            ProjectId project,
            Disk disk,
            CutParameters cut,
            Partials partials,
            InstantSource clock,
            Cores cores) {
        this.server = server;
        this.project = project;
        var reader = new ContentReader(disk, new Cutter(cut));
        this.uploader = new Uploader(reader, clock, cores);
        this.downloader = new Downloader(disk, reader, partials, clock, cores);
    }

    @Override
    public void describe(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
        uploader.describe(files, results, progress);
    }

    @Override
    public void send(List<Outgoing> files, Consumer<Sent> results, Progress.Listener progress) {
        uploader.send(server, project, files, results, progress);
    }

    @Override
    public void fetch(List<Incoming> files, Consumer<Fetched> results, Progress.Listener progress) {
        downloader.fetch(server, project, files, results, progress);
    }
}
