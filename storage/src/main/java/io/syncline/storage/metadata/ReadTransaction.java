package io.syncline.storage.metadata;

/** One snapshot of everything, by feature. See {@link MetadataStore} for what it guarantees. */
public interface ReadTransaction {
    /** Accounts and browser sessions. */
    Accounts accounts();

    /** Devices and their tokens. */
    Devices devices();

    /** Projects, heads and digests. */
    Projects projects();

    /** Who may do what in a project. */
    Members members(ProjectKey project);

    /** Join links. */
    Links links();

    /** A project's nodes: children, the change feed, history. */
    Nodes nodes(ProjectKey project);

    /** What a project was. */
    History history(ProjectKey project);

    /** A project's directories, listed by name, size or time. */
    Listings listings(ProjectKey project);

    /** Finds a project's nodes by parts of their names. */
    NameIndex names(ProjectKey project);

    /** The answers given to a project's commits. */
    Answers answers(ProjectKey project);

    /** Which blocks a project has, and where. */
    Blocks blocks(ProjectKey project);

    /** What the collector looks at in a project. */
    Collecting collecting(ProjectKey project);

    /** The packs that a project's blocks are in. */
    Packs packs(ProjectKey project);

    /** A project's blocks that are damaged. */
    Quarantine quarantine(ProjectKey project);

    /** The replicas of a project and their checkpoints. */
    Replicas replicas(ProjectKey project);

    /** The earlier epochs of a project. */
    Lineages lineages(ProjectKey project);

    /** A project's snapshots. */
    Snapshots snapshots(ProjectKey project);

    /** Uploads in progress in a project. */
    Uploads uploads(ProjectKey project);

    /** Named values of the installation. */
    Settings settings();

    /** What projects and accounts hold, and may hold. */
    Quotas quotas();

    /** Who does what only one node does at a time. */
    Leases leases();

    /** What was taken from accounts lately. */
    RightChanges rightChanges();

    /** Failed attempts at secrets. */
    Attempts attempts();

    /** Who did what, from where. */
    AuditLog audit();
}
