package io.syncline.storage.metadata;

import static io.syncline.storage.metadata.Samples.T0;
import static io.syncline.storage.metadata.Samples.commitFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.Role;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every metadata store promises of projects, their heads, epochs and members. */
public abstract class ProjectsContract extends MetadataContract {
    @Test
    @DisplayName("R2 the digest is kept for exactly the sequences at which commits ended")
    void digestIsKeptPerCommit() {
        commitFiles(store, project.id(), 3, "a");
        TreeDigest third = projectNow().digest();
        commitFiles(store, project.id(), 2, "b");

        assertThat(optional(transaction -> digestAt(transaction, 0))).contains(TreeDigest.EMPTY);
        assertThat(optional(transaction -> digestAt(transaction, 3))).contains(third);
        assertThat(optional(transaction -> digestAt(transaction, 4))).isEmpty();
        assertThat(optional(transaction -> digestAt(transaction, 5)))
                .contains(projectNow().digest());
    }

    @Test
    void headNeverGoesBackwards() {
        commitFiles(store, project.id(), 3, "a");

        assertThatThrownBy(() ->
                        store.write(transaction -> {
                            transaction
                                    .projects()
                                    .advance(project.key(), 3, TreeDigest.EMPTY, 0, T0);
                            return 0;
                        }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(projectNow().nodes()).isEqualTo(3);
    }

    @Test
    @DisplayName("R2 R3 a new epoch starts by compare-and-set, with its parent and fork")
    void newEpochStartsOnce() {
        commitFiles(store, project.id(), 3, "a");
        Project before = projectNow();
        Epoch next = samples.epoch();
        long head = 1L << 32;

        boolean first = startEpoch(before.epoch(), next, head);
        boolean second = startEpoch(before.epoch(), samples.epoch(), 2 * head);

        assertThat(first).isTrue();
        assertThat(second).isFalse();
        Project now = projectNow();
        assertThat(now.epoch()).isEqualTo(next);
        assertThat(now.fork()).isEqualTo(new Fork(Optional.of(before.epoch()), 3));
        assertThat(now.head()).isEqualTo(head);
        assertThat(now.digest()).isEqualTo(before.digest());
        assertThat(optional(transaction -> digestAt(transaction, head))).contains(before.digest());
        assertThat(optional(transaction -> digestAt(transaction, 3))).contains(before.digest());
        commitFiles(store, project.id(), 1, "b");
        assertThat(projectNow().head()).isEqualTo(head + 1);
    }

    private boolean startEpoch(Epoch expected, Epoch next, long head) {
        return store.write(transaction ->
                transaction.projects().startEpoch(project.key(), expected, next, head, T0));
    }

    @Test
    void projectsAreFoundListedAndRenamed() {
        NewProject portable =
                new NewProject(new ProjectId(samples.id()), "p", 1, true, samples.epoch(), T0);
        Project second = store.write(transaction -> transaction.projects().add(portable));

        assertThat(second.portableNames()).isTrue();
        assertThat(second.key()).isNotEqualTo(project.key());
        assertThat(optional(transaction -> transaction.projects().find(second.id())))
                .contains(second);
        assertThat(
                        optional(transaction ->
                                transaction.projects().find(new ProjectId(samples.id()))))
                .isEmpty();
        assertThat(list(transaction -> transaction.projects().page(0, 10)))
                .containsExactly(project, second);
        assertThat(list(transaction -> transaction.projects().page(project.key().value(), 10)))
                .containsExactly(second);
        assertThatThrownBy(() -> store.write(transaction -> transaction.projects().add(portable)))
                .satisfies(failure -> assertCode(failure, ErrorCode.STALE));

        store.write(transaction -> transaction.projects().rename(project.key(), "new name"));
        assertThat(projectNow().name()).isEqualTo("new name");
        assertThat(
                        store.<Boolean>write(transaction ->
                                transaction.projects().rename(new ProjectKey(77), "x")))
                .isFalse();
    }

    @Test
    void membersHaveRoles() {
        Account ann = samples.account("ann");
        Account bob = samples.account("bob");
        store.write(transaction -> {
            transaction.accounts().add(bob);
            transaction.accounts().add(ann);
            Members.Writable members = transaction.members(project.key());
            members.put(bob.id(), Role.VIEWER);
            members.put(ann.id(), Role.OWNER);
            members.put(bob.id(), Role.EDITOR);
            return 0;
        });

        assertThat(list(transaction -> transaction.members(project.key()).list()))
                .containsExactly(
                        new Member(ann.id(), "ann", Role.OWNER),
                        new Member(bob.id(), "bob", Role.EDITOR));
        assertThat(optional(transaction -> transaction.members(project.key()).role(bob.id())))
                .contains(Role.EDITOR);
        assertThat(
                        store.<Integer>read(transaction ->
                                transaction.members(project.key()).count(Role.OWNER)))
                .isEqualTo(1);
        assertThat(list(transaction -> transaction.projects().ofAccount(ann.id())))
                .containsExactly(new Membership(projectNow(), Role.OWNER));
        // Another's, and one that there isn't, aren't among them; what is asked twice is told once.
        Project others =
                store.write(transaction -> {
                    Project added = transaction.projects().add(samples.newProject());
                    transaction.members(added.key()).put(bob.id(), Role.EDITOR);
                    return added;
                });
        List<ProjectId> asked =
                List.of(
                        project.id(),
                        others.id(),
                        new ProjectId("0123456789abcdef".repeat(2)),
                        project.id());
        assertThat(list(transaction -> transaction.projects().ofAccount(ann.id(), asked)))
                .containsExactly(new Membership(projectNow(), Role.OWNER));
        assertThat(list(transaction -> transaction.projects().ofAccount(bob.id(), asked)))
                .containsExactlyInAnyOrder(
                        new Membership(projectNow(), Role.EDITOR),
                        new Membership(others, Role.EDITOR));
        assertThat(list(transaction -> transaction.projects().ofAccount(ann.id(), List.of())))
                .isEmpty();
        assertThat(list(transaction -> transaction.projects().find(asked)))
                .containsExactlyInAnyOrder(projectNow(), others);

        assertThat(
                        store.<Boolean>write(
                                transaction -> transaction.members(project.key()).remove(bob.id())))
                .isTrue();
        assertThat(
                        store.<Boolean>write(
                                transaction -> transaction.members(project.key()).remove(bob.id())))
                .isFalse();
        assertThat(optional(transaction -> transaction.members(project.key()).role(bob.id())))
                .isEmpty();
    }
}
