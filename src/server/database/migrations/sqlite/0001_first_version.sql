-- The schema of the first version (user_version 0 and 1), from before there were migrations. Every statement says IF NOT EXISTS:
-- a file of that version has all or some of it already.
CREATE TABLE IF NOT EXISTS units (
    code TEXT PRIMARY KEY, parent TEXT REFERENCES units(code), level TEXT NOT NULL, name TEXT NOT NULL,
    sector TEXT NOT NULL, telephone TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    hash TEXT PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), expires_at BIGINT NOT NULL,
    used_by TEXT, used_token TEXT);
CREATE TABLE IF NOT EXISTS devices (
    token_hash TEXT PRIMARY KEY, device TEXT NOT NULL, branch TEXT NOT NULL REFERENCES units(code),
    bound_at BIGINT NOT NULL, revoked_at BIGINT);
CREATE TABLE IF NOT EXISTS standards (
    number INTEGER PRIMARY KEY, summary TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS checklists (hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS documents (hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS submissions (
    id TEXT PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), period TEXT NOT NULL, body BLOB NOT NULL,
    receipt TEXT NOT NULL, sheet TEXT NOT NULL, device TEXT NOT NULL, parents TEXT NOT NULL,
    withdrawn_at BIGINT);
CREATE INDEX IF NOT EXISTS submissions_by_branch ON submissions (branch, id);
CREATE INDEX IF NOT EXISTS submissions_by_period ON submissions (branch, period, withdrawn_at, id);
CREATE TABLE IF NOT EXISTS quarantine (
    id TEXT NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL, branch TEXT NOT NULL, received_at BIGINT NOT NULL,
    PRIMARY KEY (id, sha256));
CREATE TABLE IF NOT EXISTS reviews (
    number INTEGER PRIMARY KEY, submission TEXT NOT NULL REFERENCES submissions(id), body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS reviews_by_submission ON reviews (submission, number);
CREATE TABLE IF NOT EXISTS attachments (
    submission TEXT NOT NULL REFERENCES submissions(id), sha256 TEXT NOT NULL, PRIMARY KEY (submission, sha256));
CREATE TABLE IF NOT EXISTS photos (
    branch TEXT NOT NULL REFERENCES units(code), sha256 TEXT NOT NULL, bytes BIGINT NOT NULL, media_type TEXT NOT NULL,
    width BIGINT NOT NULL, height BIGINT NOT NULL, device TEXT NOT NULL, stored_at BIGINT NOT NULL,
    PRIMARY KEY (branch, sha256));
CREATE TABLE IF NOT EXISTS lost_photos (
    branch TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (branch, sha256),
    FOREIGN KEY (branch, sha256) REFERENCES photos (branch, sha256));
CREATE VIEW IF NOT EXISTS photos_here AS SELECT * FROM photos p WHERE NOT EXISTS
    (SELECT 1 FROM lost_photos l WHERE l.branch = p.branch AND l.sha256 = p.sha256);
CREATE TABLE IF NOT EXISTS profiles (branch TEXT PRIMARY KEY REFERENCES units(code), body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS finding_entries (
    number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), sha256 TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (branch, sha256));
CREATE TABLE IF NOT EXISTS finding_verdicts (
    number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS finding_verdicts_by_branch ON finding_verdicts (branch, number);
