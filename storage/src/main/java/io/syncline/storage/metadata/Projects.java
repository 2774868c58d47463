package io.syncline.storage.metadata;

import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Projects, their heads and the digests of their commits. */
public interface Projects {
    /** The project with this id. */
    Optional<Project> find(ProjectId id);

    /** Those that there are of the projects with these ids, each once, in any order. */
    List<Project> find(Collection<ProjectId> ids);

    /** The project with this key. */
    Optional<Project> find(ProjectKey key);

    /** The projects that an account is a member of, with its role, in order of name, then id. */
    List<Membership> ofAccount(AccountId account);

    /** Those of these projects that an account is a member of, each once, in any order. */
    List<Membership> ofAccount(AccountId account, Collection<ProjectId> among);

    /** A page of all projects in order of key: those above {@code after} (0 at first). */
    List<Project> page(long after, int limit);

    /**
     * The digest that the project had at exactly this sequence: 0, or one at which a commit ended
     * (R2). Absent for every other one and for those that were trimmed.
     */
    Optional<TreeDigest> digestAt(ProjectKey project, long sequence);

    /** With the mutations. */
    interface Writable extends Projects {
        /** Adds an empty project; {@code STALE} when its id is taken. */
        Project add(NewProject project);

        /**
         * The project, locked until this transaction ends: validate only what is read after this
         * (R1). Absent when there is none.
         */
        Optional<Project> lock(ProjectId id);

        /**
         * Raises the head of a locked project to that of a commit, and keeps the commit's digest.
         *
         * @param head above the present head, else {@link IllegalStateException}
         * @param nodes live nodes from now on
         */
        void advance(ProjectKey project, long head, TreeDigest digest, long nodes, Instant time);

        /**
         * Begins a new lineage by compare-and-set (R3): its parent is the present epoch, its fork
         * the present head, and its head is {@code head} with the present digest. False when the
         * present epoch isn't {@code expected}. Replicas of the present epoch go on in the next one
         * where they are, since the head is the fork; {@link Lineages} knows the epoch that is
         * left.
         */
        boolean startEpoch(ProjectKey project, Epoch expected, Epoch next, long head, Instant time);

        /** Renames; false when there is no such project. */
        boolean rename(ProjectKey project, String name);

        /** Raises the compaction floor, never lowers it (R16). */
        void raiseFloor(ProjectKey project, long floor);
    }
}
