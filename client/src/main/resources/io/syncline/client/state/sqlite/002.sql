-- A directory's nodes that aren't materialised here (R44), asked for whenever one is compared: agreedUnseenIn.
CREATE INDEX agreed_unmaterialised ON agreed (parent) WHERE device IS NULL;
-- Such a directory isn't passed over any more.
DELETE FROM listing WHERE directory IN (SELECT parent FROM agreed WHERE device IS NULL);
