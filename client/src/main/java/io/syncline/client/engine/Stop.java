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
                        + " back"),
        /** Nothing is left in the root; confirm or reject. */
        EMPTIED(
                "'syncline confirm' deletes all of it everywhere; 'syncline reject' brings it"
                        + " back"),
        /** The root is gone or another one; look again on resume (R27). */
        ROOT(
                "mount the disk, or move the folder back, then 'syncline resume'; where only its"
                        + " marker is gone, 'syncline doctor --fix' compares the content and puts"
                        + " it back"),
        /** The server refuses this device; ask again on resume (R29). */
        ACCESS(
                "nothing was deleted here. Ask the project's owner; once the device may come in"
                        + " again, 'syncline resume'. 'syncline doctor' says which of them it is"),
        /** Digests differ even after a reconcile; reconcile again on confirm (R4). */
        MISMATCH(
                "'syncline confirm' fetches the tree once more; have the operator run 'syncline"
                        + " admin verify', and report it as a defect"),
        /** A defect; look again on resume. */
        DEFECT(
                "'syncline resume' tries again; if it comes back, run 'syncline doctor' and"
                        + " report it");

        private final String todo;

        Kind(String todo) {
            this.todo = todo;
        }

        /** What a person may answer. */
        List<Answer> answers() {
            return switch (this) {
                case DELETES, EMPTIED -> List.of(Answer.CONFIRM, Answer.REJECT);
                case MISMATCH -> List.of(Answer.CONFIRM);
                case ROOT, ACCESS, DEFECT -> List.of(Answer.RESUME);
            };
        }

        /** What a person can do. */
        String todo() {
            return todo;
        }
    }
}
