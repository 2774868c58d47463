package io.syncline.storage.metadata;

/** The same features with their mutations. See {@link MetadataStore} for what it guarantees. */
public interface WriteTransaction extends ReadTransaction {
    @Override
    Accounts.Writable accounts();

    @Override
    Devices.Writable devices();

    @Override
    Projects.Writable projects();

    @Override
    Members.Writable members(ProjectKey project);

    @Override
    Links.Writable links();

    @Override
    Nodes.Writable nodes(ProjectKey project);

    @Override
    History.Writable history(ProjectKey project);

    @Override
    NameIndex.Writable names(ProjectKey project);

    @Override
    Answers.Writable answers(ProjectKey project);

    @Override
    Blocks.Writable blocks(ProjectKey project);

    @Override
    Collecting.Writable collecting(ProjectKey project);

    @Override
    Packs.Writable packs(ProjectKey project);

    @Override
    Quarantine.Writable quarantine(ProjectKey project);

    @Override
    Replicas.Writable replicas(ProjectKey project);

    @Override
    Lineages.Writable lineages(ProjectKey project);

    @Override
    Snapshots.Writable snapshots(ProjectKey project);

    @Override
    Uploads.Writable uploads(ProjectKey project);

    @Override
    Settings.Writable settings();

    @Override
    Quotas.Writable quotas();

    @Override
    Leases.Writable leases();

    @Override
    RightChanges.Writable rightChanges();

    @Override
    Attempts.Writable attempts();

    @Override
    AuditLog.Writable audit();

    /** Deletes what has expired. */
    Sweeper sweeper();
}
