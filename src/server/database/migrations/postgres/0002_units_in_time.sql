-- What `units` say is how they stand now. How one stood before: until a day, that day not included.
CREATE TABLE unit_history (
    code TEXT COLLATE "C" NOT NULL REFERENCES units(code), until_day TEXT COLLATE "C" NOT NULL,
    parent TEXT COLLATE "C" REFERENCES units(code), level TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL,
    sector TEXT COLLATE "C" NOT NULL, PRIMARY KEY (code, until_day));
-- Since when a unit is there, and from which day on it is not any more; with the unit that it became a part of. A unit without a
-- row was always there and still is.
CREATE TABLE lifetimes (
    code TEXT COLLATE "C" PRIMARY KEY REFERENCES units(code), since_day TEXT COLLATE "C", ended_day TEXT COLLATE "C",
    successor TEXT COLLATE "C" REFERENCES units(code));
-- The day on which a period takes the tree as it stands; without a row the period's last day.
CREATE TABLE freezes (
    period TEXT COLLATE "C" PRIMARY KEY, on_day TEXT COLLATE "C" NOT NULL);
