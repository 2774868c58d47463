-- Accounts are found by how their names begin.

-- The accounts whose names begin with a text, A..Z in lower case, in order of that: what an operator
-- types (Accounts.named).
CREATE INDEX account_folded_name ON account (lower(name), name);
