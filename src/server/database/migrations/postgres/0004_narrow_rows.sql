-- What is large stands apart from what lists read, so that a list does not read past it.
CREATE TABLE submission_bodies (
    submission TEXT COLLATE "C" PRIMARY KEY REFERENCES submissions(id), body BYTEA NOT NULL, sheet TEXT NOT NULL);
INSERT INTO submission_bodies SELECT id, body, sheet FROM submissions;
ALTER TABLE submissions DROP COLUMN body, DROP COLUMN sheet;
-- From `code` on everything is worked out of what was sent, reviewed and brought, for lists: see `database/derived.rs`.
ALTER TABLE submissions
    ADD COLUMN code TEXT COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN score BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN checklist TEXT COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN claimed TEXT NOT NULL DEFAULT '',
    ADD COLUMN late BIGINT NOT NULL DEFAULT 0, ADD COLUMN heads BIGINT NOT NULL DEFAULT 0, ADD COLUMN state TEXT COLLATE "C", ADD COLUMN due TEXT COLLATE "C",
    ADD COLUMN missing BIGINT NOT NULL DEFAULT 0;
CREATE INDEX submissions_counting ON submissions (period, branch) WHERE heads > 0;
CREATE INDEX submissions_by_code ON submissions (code);
CREATE INDEX submissions_that_follow ON submissions (branch, period) WHERE parents <> '[]';
-- How each finding reads, worked out of the words and verdicts on it, for lists; and what it is called at the branch that its own
-- became, if it went over.
CREATE TABLE findings (
    branch TEXT COLLATE "C" NOT NULL REFERENCES units(code), finding TEXT COLLATE "C" NOT NULL,
    backwards TEXT COLLATE "C" NOT NULL, begun TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C", origin TEXT COLLATE "C" NOT NULL, due TEXT COLLATE "C", words BIGINT NOT NULL,
    words_above BIGINT NOT NULL, body TEXT NOT NULL, passed_on TEXT COLLATE "C",
    PRIMARY KEY (branch, finding));
-- See the one for SQLite: no program of before runs on PostgreSQL.
ALTER TABLE finding_entries ADD COLUMN told TEXT COLLATE "C";
CREATE INDEX findings_by_number ON findings (backwards);
CREATE INDEX findings_by_state ON findings (state, branch);
CREATE INDEX units_by_parent ON units (parent);
CREATE INDEX units_by_name ON units (name);
-- By which version of the program all that was worked out: another one does it again.
CREATE TABLE derived (version BIGINT NOT NULL);
