package io.syncline.storage.metadata.postgres;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Translates what PostgreSQL says, by its SQLSTATE (PostgreSQL's manual, appendix A). */
final class Failures {
    private static final String UNIQUE = "23505";
    private static final String NOT_IN_UTF_8 = "22021";
    private static final String LOCK_TIMEOUT = "55P03";
    private static final Set<String> UNDONE_FOR_ANOTHER = Set.of("40001", "40P01");
    private static final Set<String> DAMAGED = Set.of("XX001", "XX002");

    /** Statement timeout; a failed standby that only reads. */
    private static final Set<String> NOT_NOW = Set.of("57014", "25006", "25P03");

    /**
     * Connection lost; refused for its credentials or its database; no memory, disk or connections;
     * being stopped; the system's fault.
     */
    private static final Set<String> NOT_NOW_CLASSES = Set.of("08", "28", "3D", "53", "57", "58");

    private Failures() {}

    static SynclineException translate(SQLException e) {
        String state = state(e);
        ErrorCode code;
        String what;
        if (state.equals(UNIQUE)) {
            code = ErrorCode.STALE;
            what = "the metadata store holds this already";
        } else if (state.equals(NOT_IN_UTF_8)) {
            code = ErrorCode.INVALID;
            what = "the metadata store can't hold this text";
        } else if (DAMAGED.contains(state)) {
            code = ErrorCode.CORRUPT;
            what = "the metadata store is damaged";
        } else if (state.startsWith("53")) {
            code = ErrorCode.UNAVAILABLE;
            what = "the metadata store has no room";
        } else if (isNotNow(state)) {
            code = ErrorCode.UNAVAILABLE;
            what = "the metadata store can't be used now";
        } else {
            code = ErrorCode.INTERNAL;
            what = "the metadata store failed";
        }
        return new SynclineException(code, what + ": " + e.getMessage(), e);
    }

    private static boolean isNotNow(String state) {
        return state.length() < 2
                || NOT_NOW_CLASSES.contains(state.substring(0, 2))
                || NOT_NOW.contains(state)
                || state.equals(LOCK_TIMEOUT)
                || UNDONE_FOR_ANOTHER.contains(state);
    }

    private static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    /** Whether the transaction was undone for the sake of another: run again, it may well pass. */
    static boolean isUndoneForAnother(@Nullable Throwable failure) {
        return UNDONE_FOR_ANOTHER.contains(stateBehind(failure));
    }

    /** Whether a lock could not be had in time. */
    static boolean isLockTimeout(@Nullable Throwable failure) {
        return stateBehind(failure).equals(LOCK_TIMEOUT);
    }

    private static String stateBehind(@Nullable Throwable failure) {
        return failure != null && failure.getCause() instanceof SQLException e ? state(e) : "";
    }

    /** The failure of a commit: whether it happened isn't known where the connection was lost. */
    static SynclineException translateCommit(SQLException e) {
        SynclineException failure = translate(e);
        return failure.code() == ErrorCode.UNAVAILABLE
                ? new SynclineException(
                        ErrorCode.UNAVAILABLE,
                        "the write did not end; its outcome is unknown: " + e.getMessage(),
                        e)
                : failure;
    }
}
