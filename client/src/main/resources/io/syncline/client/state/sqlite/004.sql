-- until: what was written or moved there later is somebody's doing, by the disk's clock. A check that is under way is made anew.
DELETE FROM suspect;
ALTER TABLE suspect ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
INSERT INTO value (key, value) SELECT 'suspecting', 'cut' FROM value WHERE key = 'checking-from';
DELETE FROM value WHERE key = 'suspected';
