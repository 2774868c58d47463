package io.syncline.storage.metadata.memory;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.storage.metadata.Accounts;
import io.syncline.storage.metadata.Answers;
import io.syncline.storage.metadata.Attempts;
import io.syncline.storage.metadata.AuditLog;
import io.syncline.storage.metadata.Blocks;
import io.syncline.storage.metadata.Collecting;
import io.syncline.storage.metadata.Devices;
import io.syncline.storage.metadata.History;
import io.syncline.storage.metadata.Leases;
import io.syncline.storage.metadata.Links;
import io.syncline.storage.metadata.Listings;
import io.syncline.storage.metadata.Members;
import io.syncline.storage.metadata.NameIndex;
import io.syncline.storage.metadata.Nodes;
import io.syncline.storage.metadata.Packs;
import io.syncline.storage.metadata.ProjectKey;
import io.syncline.storage.metadata.Projects;
import io.syncline.storage.metadata.Quarantine;
import io.syncline.storage.metadata.Quotas;
import io.syncline.storage.metadata.RightChanges;
import io.syncline.storage.metadata.Settings;
import io.syncline.storage.metadata.Snapshots;
import io.syncline.storage.metadata.Sweeper;
import io.syncline.storage.metadata.Uploads;
import io.syncline.storage.metadata.WriteTransaction;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Access to one copy of the tables, for as long as one work runs. */
final class MemoryTransaction implements WriteTransaction, AutoCloseable {
    private final Tables tables;
    private final Thread owner = Thread.currentThread();

    /** The project tables that this transaction has made its own copies of. */
    private final Map<ProjectKey, ProjectTables> copies = new HashMap<>();

    private boolean open = true;
    private @Nullable SynclineException failure;

    MemoryTransaction(Tables tables) {
        this.tables = tables;
    }

    Tables tables() {
        if (!open || !Thread.currentThread().equals(owner)) {
            throw new IllegalStateException("a transaction was used outside of its work");
        }
        return tables;
    }

    /** A project's tables, which must exist, as this transaction's own copy. */
    ProjectTables project(ProjectKey key) {
        Tables all = tables();
        ProjectTables copy = copies.get(key);
        if (copy == null) {
            copy =
                    new ProjectTables(
                            all.projects
                                    .get(key)
                                    .orElseThrow(() ->
                                            new IllegalStateException(
                                                    "there is no project " + key)));
            copies.put(key, copy);
            all.projects = all.projects.put(key, copy);
        }
        return copy;
    }

    /** Fails a mutation: whatever the work makes of it, nothing may be kept. */
    SynclineException taken(String what) {
        failure = new SynclineException(ErrorCode.STALE, what + " exists already");
        return failure;
    }

    /** The last mutation that failed. */
    @Nullable SynclineException failure() {
        return failure;
    }

    @Override
    public Accounts.Writable accounts() {
        return new MemoryAccounts(this);
    }

    @Override
    public Devices.Writable devices() {
        return new MemoryDevices(this);
    }

    @Override
    public Projects.Writable projects() {
        return new MemoryProjects(this);
    }

    @Override
    public Members.Writable members(ProjectKey project) {
        return new MemoryMembers(this, project);
    }

    @Override
    public Links.Writable links() {
        return new MemoryLinks(this);
    }

    @Override
    public Nodes.Writable nodes(ProjectKey project) {
        return new MemoryNodes(this, project);
    }

    @Override
    public History.Writable history(ProjectKey project) {
        return new MemoryHistory(this, project);
    }

    @Override
    public Listings listings(ProjectKey project) {
        return new MemoryListings(this, project);
    }

    @Override
    public NameIndex.Writable names(ProjectKey project) {
        return new MemoryNameIndex(this, project);
    }

    @Override
    public Answers.Writable answers(ProjectKey project) {
        return new MemoryAnswers(this, project);
    }

    @Override
    public Blocks.Writable blocks(ProjectKey project) {
        return new MemoryBlocks(this, project);
    }

    @Override
    public Collecting.Writable collecting(ProjectKey project) {
        return new MemoryCollecting(this, project);
    }

    @Override
    public Packs.Writable packs(ProjectKey project) {
        return new MemoryPacks(this, project);
    }

    @Override
    public Quarantine.Writable quarantine(ProjectKey project) {
        return new MemoryQuarantine(this, project);
    }

    @Override
    public MemoryReplicas replicas(ProjectKey project) {
        return new MemoryReplicas(this, project);
    }

    @Override
    public MemoryLineages lineages(ProjectKey project) {
        return new MemoryLineages(this, project);
    }

    @Override
    public Snapshots.Writable snapshots(ProjectKey project) {
        return new MemorySnapshots(this, project);
    }

    @Override
    public Uploads.Writable uploads(ProjectKey project) {
        return new MemoryUploads(this, project);
    }

    @Override
    public Settings.Writable settings() {
        return new MemorySettings(this);
    }

    @Override
    public Quotas.Writable quotas() {
        return new MemoryQuotas(this);
    }

    @Override
    public Leases.Writable leases() {
        return new MemoryLeases(this);
    }

    @Override
    public RightChanges.Writable rightChanges() {
        return new MemoryRightChanges(this);
    }

    @Override
    public Attempts.Writable attempts() {
        return new MemoryAttempts(this);
    }

    @Override
    public AuditLog.Writable audit() {
        return new MemoryAuditLog(this);
    }

    @Override
    public Sweeper sweeper() {
        return new MemorySweeper(this);
    }

    @Override
    public void close() {
        open = false;
    }
}
