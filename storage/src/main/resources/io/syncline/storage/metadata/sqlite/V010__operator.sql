-- What operators see and steer.

-- Whether the account may operate the server, and whether its devices and sessions are refused.
ALTER TABLE account ADD COLUMN operator INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
-- The account that the first start made.
UPDATE account SET operator = 1 WHERE name = 'admin';

-- Who did what, from where; see AuditLog. Written once, never changed, forgotten by age.
-- Asked by id, from the newest down.
CREATE TABLE audit (
    id      INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    action  TEXT NOT NULL,
    account BLOB,
    device  BLOB,
    peer    TEXT,
    project BLOB,
    subject TEXT,
    detail  TEXT
) STRICT;
-- What one account did, the newest first.
CREATE INDEX audit_account ON audit (account, id) WHERE account IS NOT NULL;
