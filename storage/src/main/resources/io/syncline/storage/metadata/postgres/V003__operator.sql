-- What operators see and steer.

-- Whether the account may operate the server, and whether its devices and sessions are refused.
ALTER TABLE account ADD COLUMN operator BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE account ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
-- The account that the first start made.
UPDATE account SET operator = TRUE WHERE name = 'admin';

-- Who did what, from where; see AuditLog. Written once, never changed, forgotten by age.
-- Asked by id, from the newest down.
CREATE TABLE audit (
    id      BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    account BYTEA,
    device  BYTEA,
    peer    TEXT COLLATE "C",
    project BYTEA,
    subject TEXT COLLATE "C",
    detail  TEXT COLLATE "C"
);
-- What one account did, the newest first.
CREATE INDEX audit_account ON audit (account, id) WHERE account IS NOT NULL;
