package io.syncline.client.engine;

import io.syncline.client.daemon.FolderStatus.Answer;
import java.util.List;

/**
 * Why a folder stands still until someone acts.
 *
 * @param reason for people
 */
record Stop(Kind kind, String reason) {
    /** What may start it again. */
    enum Kind {
        /** Too many deletes at once; confirm or reject (R28). */
        DELETES(
                "'syncline confirm' deletes them on both sides; 'syncline reject' brings them"
                        + " back",
                Answer.CONFIRM,
                Answer.REJECT),
        /** Nothing is left in the root; confirm or reject. */
        EMPTIED(
                "'syncline confirm' deletes all of it everywhere; 'syncline reject' brings it"
                        + " back",
                Answer.CONFIRM,
                Answer.REJECT),
        /** The root is gone or another one; look again on resume (R27). */
        ROOT(
                "mount the disk, or move the folder back, then 'syncline resume'; where only its"
                        + " marker is gone, 'syncline doctor --fix' compares the content and puts"
                        + " it back",
                Answer.RESUME),
        /** The server refuses this device; ask again on resume (R29). */
        ACCESS(
                "nothing was deleted here. Ask the project's owner; once the device may come in"
                        + " again, 'syncline resume'. 'syncline doctor' says which of them it is",
                Answer.RESUME),
        /** Digests differ even after a reconcile; reconcile again on confirm (R4). */
        MISMATCH(
                "'syncline confirm' fetches the tree once more; have the operator run 'syncline"
                        + " admin verify', and report it as a defect",
                Answer.CONFIRM),
        /** A defect; look again on resume. */
        DEFECT(
                "'syncline resume' tries again; if it comes back, run 'syncline doctor' and"
                        + " report it",
                Answer.RESUME);

        private final String todo;
        private final List<Answer> answers;

        Kind(String todo, Answer... answers) {
            this.todo = todo;
            this.answers = List.of(answers);
        }

        /** What a person may answer. */
        List<Answer> answers() {
            return answers;
        }

        /** What a person can do. */
        String todo() {
            return todo;
        }
    }
}
