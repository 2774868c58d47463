package io.syncline.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.tree.NodeId;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The planner's table of the design, one case per cell and per ruling, in words; see {@link
 * ModelWorld} for how to read them.
 */
final class PlannerTableTest {
    private static final String COPY = "a (conflict of laptop).txt";

    private static ModelWorld file() {
        return new ModelWorld().agreed("7 0/a.txt A");
    }

    private static ModelWorld directory() {
        return new ModelWorld().agreed("1 0/d D", "7 1/f A", "8 1/g B");
    }

    /** The rows of the table: what happened there, against each of what happened here. */
    @Nested
    final class Table {
        @Test
        void unchangedOnBothSidesIsNothing() {
            assertThat(file().plan()).isEmpty();
        }

        @Test
        void editedHereIsSent() {
            assertThat(file().here("7 0/a.txt B").plan()).containsExactly("send update 7 B");
        }

        @Test
        void deletedHereIsDeletedThere() {
            assertThat(file().here("gone 7").plan()).containsExactly("send delete 7");
        }

        @Test
        void movedHereIsMovedThere() {
            assertThat(file().here("7 0/b.txt A").plan()).containsExactly("send update 7 0/b.txt");
        }

        @Test
        void editedThereIsDownloaded() {
            assertThat(file().there("7 0/a.txt B").plan()).containsExactly("replace 7 A by B");
        }

        @Test
        void editedOnBothSidesWithEqualBytesAgrees() {
            assertThat(file().there("7 0/a.txt B").here("7 0/a.txt B").plan())
                    .containsExactly("agree 7");
        }

        @Test
        void editedOnBothSidesMakesOursAConflictCopyThatIsUploaded() {
            ModelWorld world = file().there("7 0/a.txt B").here("7 0/a.txt C");
            assertThat(world.plan()).containsExactly("set aside 7 as " + COPY, "make 7 0/a.txt B");
            assertThat(world.run().seenThere()).containsExactly(COPY + " C", "a.txt B");
            assertThat(world.seenHere()).isEqualTo(world.seenThere());
        }

        @Test
        void editedThereAndDeletedHereIsDownloadedAgain() {
            assertThat(file().there("7 0/a.txt B").here("gone 7").plan())
                    .containsExactly("make 7 0/a.txt B");
        }

        @Test
        void editedThereAndMovedHereAreBothDone() {
            ModelWorld world = file().there("7 0/a.txt B").here("7 0/b.txt A");
            assertThat(world.plan()).containsExactly("replace 7 A by B", "send update 7 0/b.txt");
            assertThat(world.run().seenThere()).containsExactly("b.txt B");
        }

        @Test
        void deletedThereGoesToTheTrash() {
            ModelWorld world = file().there("-7");
            assertThat(world.plan()).containsExactly("trash 7");
            assertThat(world.run().trashed()).containsExactly("A");
        }

        @Test
        @DisplayName("R34 deleted there and edited here is created again with its origin")
        void deletedThereAndEditedHereIsCreatedAgain() {
            ModelWorld world = file().there("-7").here("7 0/a.txt B");
            assertThat(world.plan()).containsExactly("detach 7");
            world.run();
            assertThat(world.seenThere()).containsExactly("a.txt B");
            assertThat(world.server.origins.values()).extracting(Object::toString).contains("7");
        }

        @Test
        void deletedOnBothSidesIsForgotten() {
            assertThat(file().there("-7").here("gone 7").plan()).containsExactly("forget 7");
        }

        @Test
        void deletedThereAndMovedHereIsCreatedAgain() {
            assertThat(file().there("-7").here("7 0/b.txt A").run().seenThere())
                    .containsExactly("b.txt A");
        }

        @Test
        void movedThereIsMovedHere() {
            assertThat(file().there("7 0/b.txt A").plan())
                    .containsExactly("move 7 from 0/a.txt to 0/b.txt");
        }

        @Test
        void movedThereAndEditedHereAreBothDone() {
            ModelWorld world = file().there("7 0/b.txt A").here("7 0/a.txt B");
            assertThat(world.plan())
                    .containsExactly("move 7 from 0/a.txt to 0/b.txt", "send update 7 B");
            assertThat(world.run().seenThere()).containsExactly("b.txt B");
        }

        @Test
        void movedThereAndDeletedHereIsKeptWhereItWasMoved() {
            assertThat(file().there("7 0/b.txt A").here("gone 7").plan())
                    .containsExactly("make 7 0/b.txt A");
        }

        @Test
        void movedOnBothSidesFollowsTheCommittedOne() {
            assertThat(file().there("7 0/b.txt A").here("7 0/c.txt A").plan())
                    .containsExactly("move 7 from 0/c.txt to 0/b.txt");
        }

        @Test
        void movedToTheSamePlaceOnBothSidesAgrees() {
            assertThat(file().there("7 0/b.txt A").here("7 0/b.txt A").plan())
                    .containsExactly("agree 7");
        }

        @Test
        void renamedThereAndMovedToAnotherDirectoryHereAreBothDone() {
            ModelWorld world =
                    new ModelWorld().agreed("1 0/d D", "7 0/a A").there("7 0/b A").here("7 1/a A");
            assertThat(world.plan()).containsExactly("move 7 from 1/a to 1/b");
            assertThat(world.run().seenThere()).containsExactly("d D", "d/b A");
        }
    }

    /** Two new nodes of one name. */
    @Nested
    final class NewNodes {
        @Test
        void filesOfEqualBytesAgree() {
            assertThat(new ModelWorld().remote("7 0/a A").local("-1 0/a A").plan())
                    .containsExactly("adopt -1 as 7", "agree 7");
        }

        @Test
        void differentFilesMakeOursAConflictCopy() {
            ModelWorld world = new ModelWorld().remote("7 0/a.txt A").local("-1 0/a.txt B");
            assertThat(world.plan()).containsExactly("set aside -1 as " + COPY, "make 7 0/a.txt A");
            assertThat(world.run().seenThere()).containsExactly(COPY + " B", "a.txt A");
        }

        @Test
        @DisplayName("R19 new directories merge with all that they hold, in one plan")
        void directoriesMerge() {
            ModelWorld world =
                    new ModelWorld()
                            .remote("1 0/d D", "2 1/e D", "7 2/f A", "8 2/g B")
                            .local("-1 0/d D", "-2 -1/e D", "-3 -2/f A", "-4 -2/h C");
            assertThat(world.plan())
                    .containsExactly(
                            "adopt -1 as 1",
                            "adopt -2 as 2",
                            "adopt -3 as 7",
                            "agree 1",
                            "agree 2",
                            "agree 7",
                            "make 8 2/g B",
                            "send create -4 2/h C");
            assertThat(world.run().seenThere())
                    .containsExactly("d D", "d/e D", "d/e/f A", "d/e/g B", "d/e/h C");
        }

        @Test
        void aDirectoryAndAFileOfOneNameAreTwoNodes() {
            assertThat(
                            new ModelWorld()
                                    .remote("7 0/a A")
                                    .local("-1 0/a D", "-2 -1/f B")
                                    .run()
                                    .seenThere())
                    .containsExactly(
                            "a A", "a (conflict of laptop) D", "a (conflict of laptop)/f B");
        }

        @Test
        void aFileReplacedByADirectoryOfItsNameIsADeletionAndANewNode() {
            ModelWorld world = file().here("gone 7", "-1 0/a.txt D", "-2 -1/f B");
            assertThat(world.plan())
                    .containsExactly("send delete 7, create -1 0/a.txt D, create -2 -1/f B");
        }

        @Test
        @DisplayName("R19 a directory that was moved there doesn't merge with a new one here")
        void aMovedDirectoryDoesNotMerge() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("1 0/d D", "7 1/f A")
                            .there("1 0/e D")
                            .here("-1 0/e D", "-2 -1/g B");
            assertThat(world.run().seenThere())
                    .containsExactly(
                            "e D",
                            "e (conflict of laptop) D",
                            "e (conflict of laptop)/g B",
                            "e/f A");
        }

        @Test
        void aDirectoryThatWasDeletedAndMadeAgainHereIsTheSame() {
            ModelWorld world =
                    directory().here("gone 7", "gone 8", "gone 1", "-1 0/d D", "-2 -1/f A");
            assertThat(world.plan())
                    .containsExactly("adopt -1 as 1", "adopt -2 as 7", "send delete 8");
        }
    }

    /** Directories that were deleted on one side. */
    @Nested
    final class DeletedDirectories {
        @Test
        @DisplayName("R17 L5 a subtree is deleted there at once, children first")
        void aSubtreeIsDeletedAtOnce() {
            assertThat(directory().here("gone 7", "gone 8", "gone 1").plan())
                    .containsExactly("send at once delete 7, delete 8, delete 1");
        }

        @Test
        @DisplayName("L5 a subtree deleted there goes to the trash, children first")
        void aSubtreeIsTrashed() {
            assertThat(directory().there("-7", "-8", "-1").plan())
                    .containsExactly("trash 7", "trash 8", "trash 1");
        }

        @Test
        @DisplayName("R18 a directory deleted here that holds something new there is made again")
        void aNewFileThereBringsTheDirectoryBack() {
            ModelWorld world = directory().there("9 1/new C").here("gone 7", "gone 8", "gone 1");
            assertThat(world.plan())
                    .containsExactly(
                            "make 1 0/d D",
                            "make 9 1/new C",
                            "send at once check 1, delete 7, delete 8");
            assertThat(world.run().seenHere()).containsExactly("d D", "d/new C");
        }

        @Test
        @DisplayName("R34 a directory deleted there that holds something new here is created again")
        void aNewFileHereBringsTheDirectoryBack() {
            ModelWorld world = directory().there("-7", "-8", "-1").here("-2 1/new C");
            assertThat(world.plan()).containsExactly("trash 7", "trash 8", "detach 1");
            assertThat(world.run().seenThere()).containsExactly("d D", "d/new C");
            assertThat(world.server.origins.values()).extracting(Object::toString).contains("1");
        }

        @Test
        @DisplayName("R17 the deletion of a subtree here loses to a move of its top there, whole")
        void aMoveThereKeepsTheWholeSubtree() {
            ModelWorld world = directory().there("1 0/e D").here("gone 7", "gone 8", "gone 1");
            assertThat(world.plan()).containsExactly("forget 7", "forget 8", "forget 1");
            assertThat(world.run().seenHere()).containsExactly("e D", "e/f A", "e/g B");
            assertThat(world.seenThere()).isEqualTo(world.seenHere());
        }

        @Test
        @DisplayName("R17 the deletion of a subtree there loses to a move of its top here, whole")
        void aMoveHereKeepsTheWholeSubtree() {
            ModelWorld world = directory().there("-7", "-8", "-1").here("1 0/e D");
            assertThat(world.run().seenThere()).containsExactly("e D", "e/f A", "e/g B");
            assertThat(world.trashed()).isEmpty();
        }

        @Test
        @DisplayName("R17 a large subtree is deleted in batches that each prove its top unchanged")
        void aLargeSubtreeIsDeletedInProvenBatches() {
            ModelWorld world = new ModelWorld().agreed("1 0/d D");
            for (int i = 2; i <= 1201; i++) {
                world.agreed(i + " 1/f" + i + " A").here("gone " + i);
            }
            world.here("gone 1");
            assertThat(world.plan())
                    .hasSize(3)
                    .allMatch(send -> send.startsWith("send at once"))
                    .satisfiesExactly(
                            first -> assertThat(first).startsWith("send at once check 1, delete"),
                            second -> assertThat(second).startsWith("send at once check 1, delete"),
                            last -> assertThat(last).endsWith("delete 1").doesNotContain("check"));
            assertThat(world.run().seenThere()).isEmpty();
        }

        @Test
        void aDeletedDirectoryOutOfWhichSomethingWasMovedWaitsForThat() {
            ModelWorld world = directory().there("7 0/f A", "-8", "-1");
            assertThat(world.plan())
                    .containsExactly("move 7 from 1/f to 0/f", "trash 8", "trash 1");
        }

        @Test
        void aFileMovedToThePlaceOfItsDeletedDirectoryIsSentAtOnce() {
            ModelWorld world = directory().here("7 0/d A", "gone 8", "gone 1");
            assertThat(world.plan())
                    .containsExactly("send at once update 7 0/d, delete 8, delete 1");
        }

        @Test
        void aFileMovedThereToThePlaceOfItsDeletedDirectoryStepsAsideFirst() {
            ModelWorld world = directory().there("7 0/d A", "-8", "-1");
            assertThat(world.plan())
                    .containsExactly(
                            "trash 8",
                            "move 7 from 1/f to 0/syncline is moving node 7",
                            "trash 1",
                            "move 7 from 0/syncline is moving node 7 to 0/d");
        }
    }

    /** Names and cycles. */
    @Nested
    final class NamesAndCycles {
        private static ModelWorld two() {
            return new ModelWorld().agreed("7 0/a A", "8 0/b B");
        }

        @Test
        @DisplayName("R20 a swap here is sent at once")
        void aSwapHereIsSentAtOnce() {
            assertThat(two().here("7 0/tmp A", "8 0/a B", "7 0/b A").plan())
                    .containsExactly("send at once update 8 0/a, update 7 0/b");
        }

        @Test
        @DisplayName("R20 a swap there is an exchange here")
        void aSwapThereIsAnExchange() {
            assertThat(two().there("7 0/tmp A", "8 0/a B", "7 0/b A").plan())
                    .containsExactly("exchange 7 from 0/a to 0/b and 8 from 0/b to 0/a");
        }

        @Test
        @DisplayName("R20 a rotation of three there is two exchanges here")
        void aRotationIsExchanges() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("7 0/a A", "8 0/b B", "9 0/c C")
                            .there("7 0/tmp A", "9 0/a C", "8 0/c B", "7 0/b A");
            assertThat(world.plan()).hasSize(2).allMatch(step -> step.startsWith("exchange"));
            assertThat(world.run().seenHere()).containsExactly("a C", "b A", "c B");
        }

        @Test
        @DisplayName("R20 a rotation that is too large for one commit is loosened first")
        void aLargeRotationIsLoosened() {
            int size = 600;
            ModelWorld here = new ModelWorld();
            ModelWorld there = new ModelWorld();
            for (int i = 1; i <= size; i++) {
                here.agreed(i + " 0/f" + i + " A");
                there.agreed(i + " 0/f" + i + " A");
            }
            for (int i = 1; i <= size; i++) {
                here.here("gone " + i);
                there.there("-" + i);
            }
            for (int i = 1; i <= size; i++) {
                here.here(i + " 0/f" + (i % size + 1) + " A");
                there.there(i + " 0/f" + (i % size + 1) + " A");
            }
            assertThat(here.plan()).hasSize(1);
            assertThat(here.run().server.tree.path(new NodeId(1))).isEqualTo("/f2");
            assertThat(there.plan()).hasSize(size - 1);
            assertThat(there.run().replica.local.path(new NodeId(1))).isEqualTo("/f2");
        }

        @Test
        @DisplayName("R45 a tree of 1,024 levels can be new, moved and deleted, on either side")
        void deepTreesArePlanned() {
            ModelWorld world = new ModelWorld();
            for (int i = 1; i <= 1024; i++) {
                world.local("-" + i + " -" + (i - 1) + "/d D");
            }
            assertThat(world.run().seenThere()).hasSize(1024);
            ModelReplica other = new ModelReplica(world.server);
            other.pull();
            Planner planner = new Planner("other", Planner.Mode.READ_WRITE);
            planner.plan(other, other.differing()).steps().forEach(other::apply);
            assertThat(other.local.ids()).hasSize(1024);
            for (NodeId id : List.copyOf(world.replica.local.ids())) {
                world.replica.local.remove(id);
            }
            assertThat(world.run().seenThere()).isEmpty();
            other.pull();
            planner.plan(other, other.differing()).steps().forEach(other::apply);
            assertThat(other.local.ids()).isEmpty();
        }

        @Test
        void aChainOfRenamesHereGoesFromItsFreeEnd() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("7 0/log.1 A", "8 0/log.2 B")
                            .here("8 0/log.3 B", "7 0/log.2 A", "-1 0/log.1 C");
            assertThat(world.plan())
                    .containsExactly(
                            "send update 8 0/log.3, update 7 0/log.2, create -1 0/log.1 C");
        }

        @Test
        @DisplayName("R19 the committed node keeps the name that a local move wanted")
        void aLocalMoveYieldsItsName() {
            ModelWorld world = two().there("9 0/c C").here("7 0/c A");
            assertThat(world.run().seenThere())
                    .containsExactly("b B", "c C", "c (conflict of laptop) A");
        }

        @Test
        @DisplayName(
                "L9 directories that are in each other there are refused, not climbed for ever")
        void aCycleThereIsRefused() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("1 0/d D", "2 1/e D", "3 0/m D")
                            .there("1 2/d D")
                            .here("3 1/m D");
            assertThatThrownBy(world::plan)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cycle");
        }

        @Test
        @DisplayName("R19 directories moved into each other: the local move is undone")
        void aMergedCycleUndoesTheLocalMove() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("1 0/x D", "2 0/y D", "7 1/f A")
                            .there("1 2/x D")
                            .here("2 1/y D");
            assertThat(world.run().seenThere()).containsExactly("y D", "y/x D", "y/x/f A");
            assertThat(world.seenHere()).isEqualTo(world.seenThere());
        }

        @Test
        void parentAndChildThatChangedPlacesThereChangeThemHere() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("1 0/x D", "2 1/y D")
                            .there("2 0/tmp D", "1 2/y D", "2 0/x D");
            assertThat(world.run().seenHere()).containsExactly("x D", "x/y D");
            assertThat(world.replica.local.path(new NodeId(2))).isEqualTo("/x");
        }

        @Test
        void aDirectoryMadeAroundItsNamesakeIsSentAtOnce() {
            ModelWorld world =
                    new ModelWorld().agreed("7 0/x A").here("7 0/tmp A", "-1 0/x D", "7 -1/x A");
            assertThat(world.plan()).containsExactly("send at once create -1 0/x D, update 7 -1/x");
        }

        @Test
        @DisplayName("R38 a conflict on a conflict copy numbers the original stem")
        void conflictsDoNotNest() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("7 0/" + COPY + " A")
                            .there("7 0/" + COPY + " B")
                            .here("7 0/" + COPY + " C");
            assertThat(world.run().seenThere())
                    .containsExactly("a (conflict 2 of laptop).txt C", COPY + " B");
        }

        @Test
        @DisplayName("R38 equal bytes under the conflict name are reused")
        void equalBytesAreReused() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("7 0/a.txt A", "8 0/" + COPY + " C")
                            .there("7 0/a.txt B")
                            .here("7 0/a.txt C");
            assertThat(world.plan()).containsExactly("replace 7 C by B");
            assertThat(world.run().seenThere()).containsExactly(COPY + " C", "a.txt B");
        }
    }

    /** Attributes, kinds, nodes that can't be touched, modes. */
    @Nested
    final class Others {
        @Test
        @DisplayName("R23 a modification time alone is never a commit nor a download")
        void aModificationTimeIsNoChange() {
            assertThat(file().here("7 0/a.txt A@5").plan()).isEmpty();
            assertThat(file().there("7 0/a.txt A@5").plan()).containsExactly("agree 7");
        }

        @Test
        void anExecutableBitChangedHereIsSent() {
            assertThat(file().here("7 0/a.txt A+x").plan()).containsExactly("send update 7 A+x");
        }

        @Test
        void anExecutableBitChangedThereIsSetHere() {
            assertThat(file().there("7 0/a.txt A+x").plan()).containsExactly("replace 7 A by A+x");
        }

        @Test
        void anExecutableBitThereAndAnEditHereAreNoConflict() {
            ModelWorld world = file().there("7 0/a.txt A+x").here("7 0/a.txt B");
            assertThat(world.plan()).containsExactly("replace 7 B by B+x");
            assertThat(world.run().seenThere()).containsExactly("a.txt B+x");
        }

        @Test
        void anExecutableBitHereAndAnEditThereAreNoConflict() {
            ModelWorld world = file().there("7 0/a.txt B").here("7 0/a.txt A+x");
            assertThat(world.run().seenThere()).containsExactly("a.txt B+x");
            assertThat(world.seenHere()).containsExactly("a.txt B+x");
        }

        @Test
        void symlinksConflictAsFilesDo() {
            assertThat(
                            new ModelWorld()
                                    .agreed("7 0/l ->A")
                                    .there("7 0/l ->B")
                                    .here("7 0/l ->C")
                                    .run()
                                    .seenThere())
                    .containsExactly("l ->B", "l (conflict of laptop) ->C");
        }

        @Test
        @DisplayName("R43 unknown kinds are held back and stop nothing else")
        void unknownKindsAreHeldBack() {
            ModelWorld world = new ModelWorld().remote("6 0/strange ?", "7 0/a A");
            assertThat(world.plan())
                    .containsExactly(
                            "make 7 0/a A",
                            "hold back 6: a kind-9 can't be held here, it needs a newer version");
            assertThat(world.run().seenThere()).containsExactly("a A", "strange ?");
        }

        @Test
        @DisplayName("R43 R18 a directory deleted here that holds an unknown kind is made again")
        void unknownKindsKeepTheirDirectory() {
            ModelWorld world = directory().there("9 1/s ?").here("gone 7", "gone 8", "gone 1");
            assertThat(world.run().seenThere()).containsExactly("d D", "d/s ?");
            assertThat(world.seenHere()).containsExactly("d D");
        }

        @Test
        @DisplayName("R43 a new file here yields its name to an unknown kind")
        void unknownKindsKeepTheirNames() {
            ModelWorld world = new ModelWorld().remote("6 0/a.txt ?").local("-1 0/a.txt A");
            assertThat(world.run().seenThere()).containsExactly(COPY + " A", "a.txt ?");
        }

        @Test
        @DisplayName("R8 held nodes aren't planned, and don't stop their siblings")
        void heldNodesAreLeftAlone() {
            ModelWorld world =
                    new ModelWorld()
                            .agreed("7 0/a A", "8 0/b B")
                            .here("7 0/a C", "8 0/b C")
                            .held(7);
            assertThat(world.plan()).containsExactly("send update 8 C");
        }

        @Test
        @DisplayName("R8 a directory isn't deleted while something in it is held")
        void aHeldNodeKeepsItsDirectory() {
            assertThat(directory().there("-7", "-8", "-1").held(7).plan())
                    .containsExactly("trash 8");
            assertThat(directory().here("gone 7", "gone 8", "gone 1").held(7).plan())
                    .containsExactly("send at once check 1, delete 8");
        }

        @Test
        @DisplayName("R8 a name isn't taken while its holder is held")
        void aHeldNodeKeepsItsName() {
            assertThat(
                            new ModelWorld()
                                    .agreed("7 0/a A", "8 0/b B")
                                    .there("7 0/tmp A", "8 0/a B", "7 0/c A")
                                    .held(7)
                                    .plan())
                    .isEmpty();
        }

        @Test
        void newTreesAreCreatedParentsFirstInOneCommit() {
            assertThat(new ModelWorld().local("-1 -2/f A", "-2 -3/e D", "-3 0/d D").plan())
                    .containsExactly("send create -3 0/d D, create -2 -3/e D, create -1 -2/f A");
        }
    }

    /** R29: nothing is sent, and nothing here is overwritten. */
    @Nested
    final class ReadOnly {
        @Test
        @DisplayName("R29 local changes of a read-only replica stay and are reported")
        void localChangesStay() {
            ModelWorld world =
                    new ModelWorld()
                            .readOnly()
                            .agreed("6 0/x A", "7 0/a A", "8 0/b B")
                            .here("gone 6", "7 0/a C", "8 0/c B", "-1 0/new D");
            assertThat(world.plan()).hasSize(4).allMatch(step -> step.startsWith("hold back"));
        }

        @Test
        @DisplayName("R29 a remote change moves a local edit to a conflict copy that isn't sent")
        void aRemoteChangeMovesAnEditAside() {
            ModelWorld world = file().readOnly().there("7 0/a.txt B").here("7 0/a.txt C").run();
            assertThat(world.seenHere()).containsExactly(COPY + " C", "a.txt B");
            assertThat(world.seenThere()).containsExactly("a.txt B");
        }

        @Test
        @DisplayName("R29 an edit of a file moved here isn't overwritten either")
        void aMovedEditIsMovedAside() {
            ModelWorld world = file().readOnly().there("7 0/a.txt B").here("7 0/m.txt C").run();
            assertThat(world.seenHere()).containsExactly("a.txt B", "m (conflict of laptop).txt C");
        }

        @Test
        @DisplayName("R29 deletions there reach a read-only replica, but not what was made in it")
        void deletionsThereKeepWhatIsNewHere() {
            ModelWorld world =
                    directory().readOnly().there("-7", "-8", "-1").here("-2 1/new C").run();
            assertThat(world.seenHere()).containsExactly("d D", "d/new C");
            assertThat(world.seenThere()).isEmpty();
        }

        @Test
        @DisplayName("R29 something new in a directory deleted here brings the directory back")
        void newThingsThereBringDirectoriesBack() {
            ModelWorld world =
                    directory()
                            .readOnly()
                            .there("9 1/new C")
                            .here("gone 7", "gone 8", "gone 1", "-5 0/d X")
                            .run();
            assertThat(world.seenHere())
                    .containsExactly("d D", "d (conflict of laptop) X", "d/new C");
        }
    }
}
