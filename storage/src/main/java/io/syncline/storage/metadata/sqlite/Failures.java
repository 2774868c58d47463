package io.syncline.storage.metadata.sqlite;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Translates what SQLite says. */
final class Failures {
    private Failures() {}

    static SynclineException translate(SQLException e) {
        int primary = e.getErrorCode() & 0xff;
        SQLiteErrorCode exact =
                e instanceof SQLiteException sqlite
                        ? sqlite.getResultCode()
                        : SQLiteErrorCode.UNKNOWN_ERROR;
        ErrorCode code;
        String what;
        if (exact == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE
                || exact == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY) {
            code = ErrorCode.STALE;
            what = "the metadata store holds this already";
        } else if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
            code = ErrorCode.UNAVAILABLE;
            what = "the disk of the metadata store is full";
        } else if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code
                || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
            code = ErrorCode.CORRUPT;
            what = "the metadata store is damaged";
        } else if (primary == SQLiteErrorCode.SQLITE_BUSY.code
                || primary == SQLiteErrorCode.SQLITE_LOCKED.code
                || primary == SQLiteErrorCode.SQLITE_IOERR.code
                || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code
                || primary == SQLiteErrorCode.SQLITE_READONLY.code) {
            code = ErrorCode.UNAVAILABLE;
            what = "the metadata store can't be used now";
        } else {
            code = ErrorCode.INTERNAL;
            what = "the metadata store failed";
        }
        return new SynclineException(code, what + ": " + e.getMessage(), e);
    }
}
