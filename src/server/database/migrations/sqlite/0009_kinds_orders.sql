-- 问题来源 in words, and how 存在问题 begins, worked out of what was written, for lists.
ALTER TABLE findings ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN brief TEXT NOT NULL DEFAULT '';
-- What somebody above noted beside a word on a problem: what was seen when it was accepted, why it was given more time. No phone has it.
CREATE TABLE finding_notes (
    number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), finding TEXT NOT NULL, at BIGINT NOT NULL,
    speaker TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX finding_notes_by_finding ON finding_notes (branch, finding, number);
-- 问题类别, which a unit makes for itself and for what lies below it; they last over years.
CREATE TABLE finding_kinds (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL REFERENCES units(code), name TEXT NOT NULL, sort TEXT NOT NULL, made_day TEXT NOT NULL,
    ended_day TEXT);
CREATE INDEX finding_kinds_by_unit ON finding_kinds (unit);
-- 归类: of which kind somebody found a problem to be, or of none. Nothing is ever changed in it: the last one counts.
CREATE TABLE findings_sorted (
    number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), finding TEXT NOT NULL,
    kind TEXT REFERENCES finding_kinds(id), at BIGINT NOT NULL, speaker TEXT NOT NULL);
CREATE INDEX findings_sorted_by_finding ON findings_sorted (branch, finding, number);
CREATE INDEX findings_sorted_by_kind ON findings_sorted (kind);
-- 限期整改, and what was said of it. Nothing is ever changed in either.
CREATE TABLE orders (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL REFERENCES units(code), given_by TEXT NOT NULL REFERENCES units(code));
CREATE INDEX orders_by_unit ON orders (unit);
CREATE TABLE order_steps (
    number INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), at BIGINT NOT NULL, speaker TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX order_steps_by_order ON order_steps (order_id, number);
