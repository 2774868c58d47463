package io.syncline.client.daemon;

import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.TreeDigest;
import java.util.List;
import java.util.Optional;

/**
 * What a folder is doing.
 *
 * @param reason why it is stopped or paused, or what it waits for
 * @param cursor how far it has received the project's history; absent before the first page
 * @param digest the digest that it computed over what it received, at {@code cursor}
 * @param pending nodes that differ between disk, server and what was agreed: the work left
 * @param conflicts conflict copies that this device made and that are still there
 * @param transfers what is under way, at most 20
 * @param problems paths that can't be synced, each with why, and what is wrong otherwise; at most
 *     100
 * @param sentBytes bytes sent to the server since the folder was opened
 * @param receivedBytes bytes received from it
 * @param todo what a person can do about {@code reason}
 * @param notes what happened lately, oldest first; at most 50
 * @param answers what a person may say to a folder that stands still
 */
public record FolderStatus(
        State state,
        Optional<String> reason,
        Optional<Cursor> cursor,
        Optional<TreeDigest> digest,
        long pending,
        long conflicts,
        List<Transfer> transfers,
        List<Problem> problems,
        long sentBytes,
        long receivedBytes,
        Optional<String> todo,
        List<Note> notes,
        List<Answer> answers) {
    public FolderStatus {
        transfers = List.copyOf(transfers);
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
        answers = List.copyOf(answers);
    }

    /** A folder that isn't running, of which nothing else is known. */
    public static FolderStatus stopped(String reason, Optional<String> todo, List<Answer> answers) {
        return new FolderStatus(
                State.STOPPED,
                Optional.of(reason),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                List.of(),
                List.of(),
                0,
                0,
                todo,
                List.of(),
                answers);
    }

    /** The same, with this reason if it is syncing and gives none. */
    FolderStatus withWaitingFor(String waitingFor) {
        return new FolderStatus(
                state,
                state == State.SYNCING ? reason.or(() -> Optional.of(waitingFor)) : reason,
                cursor,
                digest,
                pending,
                conflicts,
                transfers,
                problems,
                sentBytes,
                receivedBytes,
                todo,
                notes,
                answers);
    }

    /** In order of how much attention it asks for. */
    public enum State {
        /** Disk, state and server were equal at {@code cursor} when last looked at. */
        CONVERGED,
        /** Working, or waiting for the server. */
        SYNCING,
        /** A person said pause. */
        PAUSED,
        /** It doesn't go on by itself: see the reason. */
        STOPPED
    }

    /** What can be said to a folder that stands still; see {@link SyncedFolder}. */
    public enum Answer {
        CONFIRM,
        REJECT,
        RESUME
    }

    /** Which way a transfer goes. */
    public enum Direction {
        UPLOAD,
        DOWNLOAD
    }

    /**
     * A transfer under way: one large file, or many small ones together.
     *
     * @param path the file, or how many there are, such as {@code 312 files}
     */
    public record Transfer(
            Direction direction,
            String path,
            long doneBytes,
            long totalBytes,
            long bytesPerSecond) {}

    /**
     * Something that isn't as it should be, as long as it isn't.
     *
     * @param path what it is about; empty for the folder as a whole
     * @param todo what a person can do; empty where there is nothing to be done
     */
    public record Problem(String path, String text, String todo) {}

    /**
     * Something that happened.
     *
     * @param timeMillis when, in milliseconds since 1970
     * @param todo what a person may want to do now; empty where there is nothing to be done
     */
    public record Note(long timeMillis, String text, String todo) {}
}
