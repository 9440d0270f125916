-- 由上级评: what the upper level gave for an item of a branch in a period. Nothing is ever changed in it: the last one counts.
CREATE TABLE values_above (
    number INTEGER PRIMARY KEY, branch TEXT NOT NULL REFERENCES units(code), period TEXT NOT NULL, item TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX values_above_by_branch ON values_above (branch, period, item, number);
