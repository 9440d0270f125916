-- Who did what above the branches, in ids alone; each entry holds the hash of the one before: see `database/log.rs`. Entries are only
-- ever added, each right after the last.
CREATE TABLE log (
    number BIGINT PRIMARY KEY, at BIGINT NOT NULL, who TEXT COLLATE "C" NOT NULL, deed TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C", subject TEXT COLLATE "C" NOT NULL, previous TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL);
CREATE INDEX log_by_unit ON log (unit, number);
CREATE FUNCTION log_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the log is never changed'; END $$;
CREATE TRIGGER log_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON log EXECUTE FUNCTION log_is_not_changed();
CREATE FUNCTION log_has_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM log) THEN
            RAISE EXCEPTION 'an entry of the log comes after the last';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER log_has_no_gap BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION log_has_no_gap();
-- Where the log ends: without it, nobody would miss the last entries.
CREATE TABLE log_end (place BIGINT PRIMARY KEY CHECK (place = 0), number BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL);
INSERT INTO log_end VALUES (0, 0, '');
