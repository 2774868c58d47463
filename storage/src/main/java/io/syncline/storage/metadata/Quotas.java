package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.ProjectId;
import java.util.List;

/** What projects and accounts hold, and what they may hold. Every question is O(1) but one. */
public interface Quotas {
    /**
     * What the projects that an account owns hold together.
     *
     * @param contentBytes the content of their live nodes
     * @param nodes their live nodes
     */
    record Owned(long contentBytes, long nodes) {}

    /** What a project holds. */
    Usage usage(ProjectKey project);

    /** What an account's own projects hold. Costs time in proportion to their number. */
    Owned owned(AccountId account);

    /** The limits of every project that has none of its own. */
    Quota standard();

    /** The project's own limits. */
    Quota of(ProjectId project);

    /** The limits of all that an account owns; {@code frameBytes} is never present. */
    Quota of(AccountId account);

    /** The owners of a project that have a limit. */
    List<AccountId> limitedOwners(ProjectKey project);

    /** With the mutations. */
    interface Writable extends Quotas {
        /** Counts content that live nodes got (positive) or lost, in the commit's transaction. */
        void addContent(ProjectKey project, long bytes);

        /** Replaces the count of content, after it was recounted. */
        void setContent(ProjectKey project, long bytes);

        /** Counts the project's blocks anew from their rows. Costs time in proportion to them. */
        void recountBlocks(ProjectKey project);

        /** Sets the limits of every project that has none of its own. */
        void putStandard(Quota quota);

        /** Sets a project's own limits; {@link Quota#NONE} removes them. */
        void put(ProjectId project, Quota quota);

        /** Sets the limits of all that an account owns; {@link Quota#NONE} removes them. */
        void put(AccountId account, Quota quota);
    }
}
