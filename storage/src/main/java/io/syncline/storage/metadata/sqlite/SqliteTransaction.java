package io.syncline.storage.metadata.sqlite;

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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Access to one connection for as long as one work runs on it. */
final class SqliteTransaction implements WriteTransaction, AutoCloseable {
    private final Sql sql;
    private final Thread owner = Thread.currentThread();
    private boolean open = true;
    private @Nullable RuntimeException failure;

    SqliteTransaction(Sql sql) {
        this.sql = sql;
    }

    Sql sql() {
        if (!open || !Thread.currentThread().equals(owner)) {
            throw new IllegalStateException("a transaction was used outside of its work");
        }
        return sql;
    }

    /** The first mutation that failed: whatever the work made of it, nothing may be kept. */
    @Nullable RuntimeException failure() {
        return failure;
    }

    /** Runs a mutation and remembers that it failed. */
    <T> T mutate(Supplier<T> mutation) {
        try {
            return mutation.get();
        } catch (RuntimeException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /** Runs one mutating statement and says how many rows it changed. */
    int update(String statement, @Nullable Object... values) {
        Sql to = sql();
        return mutate(() -> to.update(statement, values));
    }

    @Override
    public Accounts.Writable accounts() {
        return new SqliteAccounts(this);
    }

    @Override
    public Devices.Writable devices() {
        return new SqliteDevices(this);
    }

    @Override
    public Projects.Writable projects() {
        return new SqliteProjects(this);
    }

    @Override
    public Members.Writable members(ProjectKey project) {
        return new SqliteMembers(this, project);
    }

    @Override
    public Links.Writable links() {
        return new SqliteLinks(this);
    }

    @Override
    public Nodes.Writable nodes(ProjectKey project) {
        return new SqliteNodes(this, project);
    }

    @Override
    public History.Writable history(ProjectKey project) {
        return new SqliteHistory(this, project);
    }

    @Override
    public Listings listings(ProjectKey project) {
        return new SqliteListings(this, project);
    }

    @Override
    public NameIndex.Writable names(ProjectKey project) {
        return new SqliteNameIndex(this, project);
    }

    @Override
    public Answers.Writable answers(ProjectKey project) {
        return new SqliteAnswers(this, project);
    }

    @Override
    public Blocks.Writable blocks(ProjectKey project) {
        return new SqliteBlocks(this, project);
    }

    @Override
    public Collecting.Writable collecting(ProjectKey project) {
        return new SqliteCollecting(this, project);
    }

    @Override
    public Packs.Writable packs(ProjectKey project) {
        return new SqlitePacks(this, project);
    }

    @Override
    public Quarantine.Writable quarantine(ProjectKey project) {
        return new SqliteQuarantine(this, project);
    }

    @Override
    public SqliteReplicas replicas(ProjectKey project) {
        return new SqliteReplicas(this, project);
    }

    @Override
    public SqliteLineages lineages(ProjectKey project) {
        return new SqliteLineages(this, project);
    }

    @Override
    public Snapshots.Writable snapshots(ProjectKey project) {
        return new SqliteSnapshots(this, project);
    }

    @Override
    public Uploads.Writable uploads(ProjectKey project) {
        return new SqliteUploads(this, project);
    }

    @Override
    public Settings.Writable settings() {
        return new SqliteSettings(this);
    }

    @Override
    public Quotas.Writable quotas() {
        return new SqliteQuotas(this);
    }

    @Override
    public Leases.Writable leases() {
        return new SqliteLeases(this);
    }

    @Override
    public RightChanges.Writable rightChanges() {
        return new SqliteRightChanges(this);
    }

    @Override
    public Attempts.Writable attempts() {
        return new SqliteAttempts(this);
    }

    @Override
    public AuditLog.Writable audit() {
        return new SqliteAuditLog(this);
    }

    @Override
    public Sweeper sweeper() {
        return new SqliteSweeper(this);
    }

    @Override
    public void close() {
        open = false;
    }
}
