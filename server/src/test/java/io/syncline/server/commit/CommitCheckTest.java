package io.syncline.server.commit;

import static io.syncline.server.commit.CommitFixture.check;
import static io.syncline.server.commit.CommitFixture.content;
import static io.syncline.server.commit.CommitFixture.creation;
import static io.syncline.server.commit.CommitFixture.delete;
import static io.syncline.server.commit.CommitFixture.directory;
import static io.syncline.server.commit.CommitFixture.edit;
import static io.syncline.server.commit.CommitFixture.empty;
import static io.syncline.server.commit.CommitFixture.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.core.tree.Content;
import io.syncline.core.tree.Item;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.NodeId;
import io.syncline.core.wire.Change;
import io.syncline.core.wire.ChangeResult;
import io.syncline.core.wire.ChangeResult.Applied;
import io.syncline.core.wire.ChangeResult.Reason;
import io.syncline.core.wire.ChangeResult.Refused;
import io.syncline.core.wire.Limits;
import io.syncline.storage.metadata.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitCheckTest {
    private final CommitFixture project = new CommitFixture(false);

    private static Refused refused(ChangeResult result) {
        assertThat(result).isInstanceOf(Refused.class);
        return (Refused) result;
    }

    private static List<Reason> reasons(CommitOutcome outcome) {
        return outcome.results().stream().map(r -> refused(r).reason()).toList();
    }

    private void applied(CommitOutcome outcome) {
        assertThat(outcome.results()).allMatch(Applied.class::isInstance);
    }

    @Test
    void idsAreTheSequenceOfTheCreatingChange() {
        CommitOutcome outcome = project.commit(false, directory(-1, 0, "d"), empty(-2, -1, "f"));
        assertThat(outcome.results())
                .extracting(r -> ((Applied) r).node().id().value())
                .containsExactly(1L, 2L);
        assertThat(project.node(2).orElseThrow().place().parent()).isEqualTo(new NodeId(1));
        assertThat(project.project().head()).isEqualTo(2);
    }

    @Test
    void refusedChangeTakesNoSequence() {
        CommitOutcome outcome =
                project.commit(false, empty(-1, 0, "a"), empty(-2, 0, "a"), empty(-3, 0, "b"));
        Refused second = refused(outcome.results().get(1));
        assertThat(second.reason()).isEqualTo(Reason.NAME_TAKEN);
        assertThat(second.rival().map(n -> n.id().value())).contains(1L);
        assertThat(outcome.results().get(2))
                .extracting(r -> ((Applied) r).node().id().value())
                .isEqualTo(2L);
        assertThat(outcome.head()).isEqualTo(2);
    }

    @Test
    void staleVersionTellsTheCurrentState() {
        project.commit(false, empty(-1, 0, "a"));
        project.commit(false, move(1, 1, 0, "b"));
        Refused stale = refused(project.commit(false, move(1, 1, 0, "c")).results().getFirst());
        assertThat(stale.reason()).isEqualTo(Reason.STALE);
        assertThat(stale.current()).isEqualTo(project.node(1));
        assertThat(reasons(project.commit(false, delete(99, 99)))).containsExactly(Reason.STALE);
    }

    @Test
    @DisplayName("L5 a delete removes only what the deleter has seen")
    void deleteOfSomethingThatChangedIsRefused() {
        project.commit(false, directory(-1, 0, "d"));
        project.commit(false, empty(-1, 1, "new"));
        Refused full = refused(project.commit(false, delete(1, 1)).results().getFirst());
        assertThat(full.reason()).isEqualTo(Reason.NOT_EMPTY);
        assertThat(full.rival().map(n -> n.place().name().value())).contains("new");
        project.commit(false, move(2, 2, 1, "newer"));
        assertThat(reasons(project.commit(false, delete(2, 2)))).containsExactly(Reason.STALE);
        assertThat(project.node(2)).get().matches(node -> !node.deleted());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("L5 a subtree is deleted children first, in one commit")
    void subtreeIsDeletedInOneCommit(boolean atomic) {
        project.commit(false, directory(-1, 0, "d"), directory(-2, -1, "e"), empty(-3, -2, "f"));
        applied(project.commit(atomic, delete(3, 3), delete(2, 2), delete(1, 1)));
        assertThat(project.project().nodes()).isZero();
    }

    @Test
    void deletedDirectoryTakesNothingNew() {
        project.commit(false, directory(-1, 0, "d"));
        CommitOutcome outcome = project.commit(false, delete(1, 1), empty(-1, 1, "late"));
        Refused late = refused(outcome.results().get(1));
        assertThat(late.reason()).isEqualTo(Reason.PARENT_GONE);
        assertThat(late.rival()).get().matches(Node::deleted);
    }

    @Test
    void fileIsNoParent() {
        project.commit(false, empty(-1, 0, "f"));
        assertThat(reasons(project.commit(false, empty(-1, 1, "x"), empty(-2, 77, "y"))))
                .containsExactly(Reason.PARENT_GONE, Reason.PARENT_GONE);
    }

    @Test
    void childOfARefusedDirectoryIsRefused() {
        project.commit(false, empty(-1, 0, "taken"));
        assertThat(reasons(project.commit(false, directory(-1, 0, "taken"), empty(-2, -1, "x"))))
                .containsExactly(Reason.NAME_TAKEN, Reason.PARENT_GONE);
    }

    @Test
    @DisplayName("R1 a move that would close a cycle is refused, whatever its depth")
    void cycleIsRefused() {
        project.commit(
                false, directory(-1, 0, "a"), directory(-2, -1, "b"), directory(-3, -2, "c"));
        assertThat(reasons(project.commit(false, move(1, 1, 3, "a"))))
                .containsExactly(Reason.CYCLE);
        assertThat(reasons(project.commit(false, move(1, 1, 1, "a"))))
                .containsExactly(Reason.CYCLE);
    }

    @Test
    @DisplayName(
            "R1 what an atomic commit puts below a cycle isn't at fault, however deep it seems")
    void whatIsBelowACycleIsAborted() {
        project.commit(false, directory(-1, 0, "a"), directory(-2, -1, "b"));
        assertThat(reasons(project.commit(true, directory(-1, 2, "new"), move(1, 1, 2, "a"))))
                .containsExactly(Reason.ABORTED, Reason.CYCLE);
    }

    @Test
    @DisplayName("R1 two moves into each other: the second is refused")
    void movesIntoEachOther() {
        project.commit(false, directory(-1, 0, "x"), directory(-2, 0, "y"));
        CommitOutcome outcome = project.commit(false, move(1, 1, 2, "x"), move(2, 2, 1, "y"));
        assertThat(outcome.results().getFirst()).isInstanceOf(Applied.class);
        assertThat(refused(outcome.results().get(1)).reason()).isEqualTo(Reason.CYCLE);
        assertThat(reasons(project.commit(true, move(1, 3, 2, "x"), move(2, 2, 1, "y"))))
                .contains(Reason.CYCLE);
    }

    @Test
    @DisplayName("R20 names are swapped and rotated by an atomic commit")
    void swapAndRotation() {
        project.commit(false, empty(-1, 0, "a"), empty(-2, 0, "b"), empty(-3, 0, "c"));
        applied(project.commit(true, move(1, 1, 0, "b"), move(2, 2, 0, "a")));
        applied(project.commit(true, move(1, 4, 0, "c"), move(3, 3, 0, "a"), move(2, 5, 0, "b")));
        assertThat(project.node(1).orElseThrow().place()).isEqualTo(CommitFixture.at(0, "c"));
        assertThat(project.node(2).orElseThrow().place()).isEqualTo(CommitFixture.at(0, "b"));
        assertThat(project.node(3).orElseThrow().place()).isEqualTo(CommitFixture.at(0, "a"));
    }

    @Test
    @DisplayName("R20 an atomic commit that fails changes nothing and tells of no node it made")
    void atomicIsAllOrNothing() {
        CommitOutcome outcome =
                project.commit(true, empty(-1, 0, "a"), empty(-2, 0, "a"), empty(-3, 0, "other"));
        assertThat(reasons(outcome))
                .containsExactly(Reason.NAME_TAKEN, Reason.NAME_TAKEN, Reason.ABORTED);
        assertThat(outcome.results()).allMatch(r -> refused(r).rival().isEmpty());
        assertThat(project.project().head()).isZero();
    }

    @Test
    @DisplayName("R17 a check holds an atomic commit back and takes no sequence")
    void checkGuardsAnAtomicCommit() {
        project.commit(false, directory(-1, 0, "d"), empty(-2, 0, "f"));
        assertThat(reasons(project.commit(true, check(1, 99), delete(2, 2))))
                .containsExactly(Reason.STALE, Reason.ABORTED);
        CommitOutcome outcome = project.commit(true, check(1, 1), delete(2, 2));
        applied(outcome);
        assertThat(outcome.head()).isEqualTo(3);
    }

    @Test
    @DisplayName("L3 a commit needs one stored block per file, and empty content none (R37)")
    void missingBlocks() {
        CommitOutcome outcome =
                project.commit(
                        false,
                        creation(-1, 0, "f", Item.file(content("text"), false, 0)),
                        empty(-2, 0, "empty"),
                        creation(-3, 0, "link", Item.symlink(content("target"), 0)));
        assertThat(refused(outcome.results().getFirst()).missing())
                .containsExactly(content("text").hash());
        assertThat(outcome.results().get(1)).isInstanceOf(Applied.class);
        assertThat(refused(outcome.results().get(2)).missing())
                .containsExactly(content("target").hash());
        project.store("text");
        applied(project.commit(false, creation(-1, 0, "f", Item.file(content("text"), false, 0))));
    }

    @Test
    void contentMustBeWhatIsStored() {
        Content stored = project.store("text");
        Content longer = new Content(0, stored.hash(), 5);
        Content higher = new Content(1, stored.hash(), 4);
        assertThat(
                        reasons(
                                project.commit(
                                        false,
                                        creation(-1, 0, "a", Item.file(longer, false, 0)),
                                        creation(-2, 0, "b", Item.file(higher, false, 0)),
                                        creation(-3, 0, "c", Item.symlink(Content.EMPTY, 0)))))
                .containsExactly(Reason.INVALID, Reason.INVALID, Reason.INVALID);
    }

    @Test
    void kindNeverChanges() {
        project.commit(false, empty(-1, 0, "f"), directory(-2, 0, "d"));
        assertThat(
                        reasons(
                                project.commit(
                                        false,
                                        edit(1, 1, Item.DIRECTORY),
                                        edit(2, 2, Item.file(Content.EMPTY, false, 0)))))
                .containsExactly(Reason.INVALID, Reason.INVALID);
    }

    @Test
    void nodeIsNamedOnceAndTheRootNever() {
        project.commit(false, empty(-1, 0, "f"));
        CommitOutcome outcome =
                project.commit(false, move(1, 1, 0, "g"), delete(1, 2), delete(0, 0));
        assertThat(outcome.results().getFirst()).isInstanceOf(Applied.class);
        assertThat(refused(outcome.results().get(1)).reason()).isEqualTo(Reason.INVALID);
        assertThat(refused(outcome.results().get(2)).reason()).isEqualTo(Reason.INVALID);
    }

    @Test
    void nodeOfThisCommitIsNotReachedByTheIdItWillGet() {
        assertThat(project.commit(true, empty(-1, 0, "f"), delete(1, 1)).results())
                .noneMatch(Applied.class::isInstance);
    }

    @Test
    @DisplayName("R34 a creation keeps the id of the node that it re-creates")
    void originIsKept() {
        project.commit(false, empty(-1, 0, "f"));
        project.commit(false, delete(1, 1));
        Change again =
                new Change.Create(
                        new NodeId(-1),
                        CommitFixture.at(0, "f"),
                        Item.file(Content.EMPTY, false, 0),
                        Optional.of(new NodeId(1)));
        List<Version> versions = project.commit(false, again).versions();
        assertThat(versions.getFirst().origin()).contains(new NodeId(1));
        assertThat(versions.getFirst().node().id()).isEqualTo(new NodeId(3));
    }

    @Test
    @DisplayName("R45 the tree is at most 1,024 levels deep")
    void depthIsBounded() {
        List<Change> chain = new ArrayList<>();
        long parent = 0;
        for (int level = 1; level <= Limits.TREE_DEPTH_MAX; level++) {
            chain.add(directory(-level, parent, "d"));
            parent = chain.size() == 400 ? project.project().head() + 400 : -level;
            if (chain.size() == 400) {
                applied(project.commit(project.of(false, chain)));
                chain.clear();
            }
        }
        applied(project.commit(project.of(false, chain)));
        long deepest = project.project().head();
        assertThat(deepest).isEqualTo(Limits.TREE_DEPTH_MAX);
        project.commit(false, empty(-1, 0, "f"));
        assertThat(reasons(project.commit(false, empty(-1, deepest, "x"))))
                .containsExactly(Reason.TOO_LARGE);
        assertThat(reasons(project.commit(false, move(deepest + 1, deepest + 1, deepest, "f"))))
                .containsExactly(Reason.TOO_LARGE);
    }

    @Test
    @DisplayName("R45 a directory that has all the children it may have takes no more")
    void fullDirectoriesTakeNoMore() {
        applied(
                project.commit(
                        false,
                        directory(-1, 0, "full"),
                        directory(-2, 0, "d"),
                        empty(-3, -1, "f")));
        Set<NodeId> full = Set.of(new NodeId(1));
        assertThat(reasons(project.judge(full, empty(-1, 1, "new"), move(2, 2, 1, "moved in"))))
                .containsExactly(Reason.TOO_LARGE, Reason.TOO_LARGE);
        // What is in it may be renamed, edited and taken out.
        assertThat(project.judge(full, move(3, 3, 1, "renamed")).results())
                .allMatch(Applied.class::isInstance);
        assertThat(project.judge(full, move(3, 3, 0, "out")).results())
                .allMatch(Applied.class::isInstance);
        assertThat(project.judge(full, delete(3, 3)).results()).allMatch(Applied.class::isInstance);
    }

    @Test
    @DisplayName("R10 a tree block that came while its commit waited for the lock is missing to it")
    void aTreeBlockThatCameInBetweenIsMissing() {
        Content content = project.storeTree(70_000);
        Refused refused =
                refused(
                        project.commit(false, creation(-1, 0, "f", Item.file(content, false, 0)))
                                .results()
                                .getFirst());
        assertThat(refused.reason()).isEqualTo(Reason.MISSING_BLOCKS);
        assertThat(refused.missing()).containsExactly(content.hash());
    }

    @Test
    @DisplayName("L3 R37 a content has the level and size of its top block, and what is empty none")
    void contentsAreWhatTheirTopBlocksSay() {
        Content stored = project.store("stored");
        Content larger = new Content(0, stored.hash(), stored.sizeBytes() + 1);
        Content higher = new Content(1, stored.hash(), stored.sizeBytes());
        assertThat(
                        reasons(
                                project.commit(
                                        false,
                                        creation(-1, 0, "larger", Item.file(larger, false, 0)),
                                        creation(-2, 0, "higher", Item.file(higher, false, 0)))))
                .containsExactly(Reason.INVALID, Reason.INVALID);
    }

    @Test
    void somebodyIsToldWhyAnAtomicCommitFailed() {
        assertThat(reasons(project.commit(true, directory(-1, -1, "in itself"))))
                .containsExactly(Reason.PARENT_GONE);
        assertThat(
                        reasons(
                                project.commit(
                                        true,
                                        directory(-1, -2, "before its parent"),
                                        directory(-2, 0, "parent"))))
                .containsExactly(Reason.PARENT_GONE, Reason.ABORTED);
        assertThat(
                        reasons(
                                project.commit(
                                        true,
                                        directory(-1, 77, "no parent"),
                                        directory(-2, -1, "a consequence"))))
                .containsExactly(Reason.PARENT_GONE, Reason.ABORTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"README", "Readme", "re\u0301ume\u0301", "STRASSE"})
    void portableNamesRefuseWhatSomeDiskCannotTellApart(String name) {
        CommitFixture portable = new CommitFixture(true);
        portable.commit(
                false,
                empty(-1, 0, "readme"),
                empty(-2, 0, "r\u00e9um\u00e9"),
                empty(-3, 0, "stra\u00dfe"));
        assertThat(reasons(portable.commit(false, empty(-1, 0, name))))
                .containsExactly(Reason.NAME_TAKEN);
        applied(project.commit(false, empty(-1, 0, "readme"), empty(-2, 0, "README")));
    }

    @Test
    void portableNameMayChangeItsOwnCase() {
        CommitFixture portable = new CommitFixture(true);
        portable.commit(false, empty(-1, 0, "readme"));
        applied(portable.commit(false, move(1, 1, 0, "README")));
        portable.commit(false, empty(-1, 0, "x"));
        assertThat(reasons(portable.commit(false, empty(-1, 0, "X"))))
                .containsExactly(Reason.NAME_TAKEN);
    }
}
