-- What `units` say is how they stand now. How one stood before: until a day, that day not included.
CREATE TABLE unit_history (
    code TEXT NOT NULL REFERENCES units(code), until_day TEXT NOT NULL, parent TEXT REFERENCES units(code),
    level TEXT NOT NULL, name TEXT NOT NULL, sector TEXT NOT NULL, PRIMARY KEY (code, until_day));
-- Since when a unit is there, and from which day on it is not any more; with the unit that it became a part of. A unit without a
-- row was always there and still is.
CREATE TABLE lifetimes (
    code TEXT PRIMARY KEY REFERENCES units(code), since_day TEXT, ended_day TEXT, successor TEXT REFERENCES units(code));
-- The day on which a period takes the tree as it stands; without a row the period's last day.
CREATE TABLE freezes (period TEXT PRIMARY KEY, on_day TEXT NOT NULL);
