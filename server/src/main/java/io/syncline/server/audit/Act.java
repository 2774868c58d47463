package io.syncline.server.audit;

import java.util.Locale;

/** What may be done that is written down. */
public enum Act {
    LOG_IN,
    LOG_IN_FAILED,
    LOG_OUT,
    JOIN,
    JOIN_FAILED,
    ACCOUNT_CREATE,
    ACCOUNT_CHANGE,
    DEVICE_ADD,
    DEVICE_RENAME,
    DEVICE_REVOKE,
    PROJECT_CREATE,
    MEMBER_PUT,
    MEMBER_REMOVE,
    LINK_CREATE,
    LINK_REVOKE,
    RETENTION_PUT,
    RESTORE,
    UNDO,
    QUOTA_PUT,
    SETTING_PUT,
    COLLECT;

    /** As it is kept and sent. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
