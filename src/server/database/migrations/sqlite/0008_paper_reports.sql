-- 收到纸质: what a branch handed in on paper, as the unit above typed it in. Nothing is ever changed in it: the last one counts, and one
-- without a score says that nothing was handed in after all.
CREATE TABLE paper_reports (
    number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), period TEXT NOT NULL, score BIGINT, claimed TEXT,
    received_on TEXT NOT NULL, note TEXT NOT NULL, written_at BIGINT NOT NULL,
    written_by TEXT NOT NULL);
CREATE INDEX paper_reports_by_branch ON paper_reports (branch, period, number);
