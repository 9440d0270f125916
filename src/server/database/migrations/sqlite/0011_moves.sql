-- 转隶 to a unit that whoever asks for it does not tend: it waits for an answer from there. Who asked is an account, or the operator.
CREATE TABLE moves (
    number INTEGER PRIMARY KEY, unit TEXT NOT NULL REFERENCES units(code), comes_from TEXT NOT NULL REFERENCES units(code),
    goes_to TEXT NOT NULL REFERENCES units(code), on_day TEXT NOT NULL, asked_at BIGINT NOT NULL, asked_by TEXT,
    answered_at BIGINT);
CREATE UNIQUE INDEX moves_that_wait ON moves (unit) WHERE answered_at IS NULL;
CREATE INDEX moves_by_goal ON moves (goes_to) WHERE answered_at IS NULL;
