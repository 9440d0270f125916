-- What is large stands apart from what lists read, so that a list does not read past it.
CREATE TABLE submission_bodies (
    submission TEXT PRIMARY KEY REFERENCES submissions(id), body BLOB NOT NULL, sheet TEXT NOT NULL);
INSERT INTO submission_bodies SELECT id, body, sheet FROM submissions;
-- From `code` on everything is worked out of what was sent, reviewed and brought, for lists: see `database/derived.rs`.
CREATE TABLE narrow_submissions (
    id TEXT PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), period TEXT NOT NULL, receipt TEXT NOT NULL,
    device TEXT NOT NULL, parents TEXT NOT NULL, withdrawn_at BIGINT,
    code TEXT NOT NULL DEFAULT '', score BIGINT NOT NULL DEFAULT 0, checklist TEXT NOT NULL DEFAULT '',
    claimed TEXT NOT NULL DEFAULT '', late BIGINT NOT NULL DEFAULT 0, heads BIGINT NOT NULL DEFAULT 0, state TEXT, due TEXT,
    missing BIGINT NOT NULL DEFAULT 0);
INSERT INTO narrow_submissions (id, branch, period, receipt, device, parents, withdrawn_at)
    SELECT id, branch, period, receipt, device, parents, withdrawn_at FROM submissions;
DROP TABLE submissions;
ALTER TABLE narrow_submissions RENAME TO submissions;
CREATE INDEX submissions_by_branch ON submissions (branch, id);
CREATE INDEX submissions_by_period ON submissions (branch, period, withdrawn_at, id);
CREATE INDEX submissions_counting ON submissions (period, branch) WHERE heads > 0;
CREATE INDEX submissions_by_code ON submissions (code);
CREATE INDEX submissions_that_follow ON submissions (branch, period) WHERE parents <> '[]';
-- How each finding reads, worked out of the words and verdicts on it, for lists; and what it is called at the branch that its own
-- became, if it went over.
CREATE TABLE findings (
    branch TEXT NOT NULL REFERENCES units(code), finding TEXT NOT NULL, backwards TEXT NOT NULL, begun TEXT NOT NULL,
    state TEXT NOT NULL, item TEXT, origin TEXT NOT NULL, due TEXT, words BIGINT NOT NULL, words_above BIGINT NOT NULL,
    body TEXT NOT NULL, passed_on TEXT,
    PRIMARY KEY (branch, finding));
-- A program of before, still running over this file, does not know of them: what it would write is refused, and its phones try again.
ALTER TABLE finding_entries ADD COLUMN told TEXT;
CREATE TRIGGER finding_entries_are_told BEFORE INSERT ON finding_entries WHEN NEW.told IS NULL BEGIN
    SELECT RAISE(ABORT, 'a newer version brought this database along: start that version'); END;
CREATE INDEX findings_by_number ON findings (backwards);
CREATE INDEX findings_by_state ON findings (state, branch);
CREATE INDEX units_by_parent ON units (parent);
CREATE INDEX units_by_name ON units (name);
-- By which version of the program all that was worked out: another one does it again.
CREATE TABLE derived (version BIGINT NOT NULL);
