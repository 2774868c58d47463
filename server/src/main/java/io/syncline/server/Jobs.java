package io.syncline.server;

import io.syncline.server.background.LiveNodes;
import io.syncline.server.background.NodeLeases;
import io.syncline.server.block.BlockFilters;
import io.syncline.server.collect.CollectorJob;
import io.syncline.server.floor.FloorKeeper;
import io.syncline.server.heal.WantedFiles;
import io.syncline.server.history.HistoryTrimmer;
import io.syncline.server.search.NameFollower;
import io.syncline.server.snapshot.SnapshotKeeper;

/** What a server does in the background; most of it on one node at a time. */
record Jobs(
        NodeLeases leases,
        ExpirySweeper sweeper,
        HistoryTrimmer trimmer,
        FloorKeeper floors,
        SnapshotKeeper snapshots,
        CollectorJob collecting,
        NameFollower names,
        BlockFilters filters,
        WantedFiles wanted,
        LiveNodes nodes)
        implements AutoCloseable {
    /** Begins to do it. Call once. */
    void start() {
        leases.start();
        nodes.start();
        sweeper.start();
        trimmer.start();
        floors.start();
        snapshots.start();
        collecting.start();
        names.start();
    }

    /** Does now what is done now and then, in the order in which one makes work for the next. */
    void round() {
        sweeper.sweep();
        snapshots.sweep();
        floors.run();
        trimmer.trim();
        collecting.round();
    }

    /** Ends each with the step that is under way. */
    @Override
    public void close() {
        collecting.close();
        filters.close();
        wanted.close();
        sweeper.close();
        trimmer.close();
        floors.close();
        names.close();
        snapshots.close();
        nodes.close();
        leases.close();
    }
}
