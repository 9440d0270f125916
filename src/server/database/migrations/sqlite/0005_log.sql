-- Who did what above the branches, in ids alone; each entry holds the hash of the one before: see `database/log.rs`. Entries are only
-- ever added, each right after the last.
CREATE TABLE log (
    number INTEGER PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, deed TEXT NOT NULL, unit TEXT, subject TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX log_by_unit ON log (unit, number);
CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;
CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;
CREATE TRIGGER log_has_no_gap BEFORE INSERT ON log
    WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM log) BEGIN
    SELECT RAISE(ABORT, 'an entry of the log comes after the last'); END;
-- Where the log ends: without it, nobody would miss the last entries.
CREATE TABLE log_end (place BIGINT PRIMARY KEY CHECK (place = 0), number BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO log_end VALUES (0, 0, '');
