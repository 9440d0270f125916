-- Who sits at the desks. What is secret is kept as a hash alone: passwords as argon2 writes them, the others as SHA-256.
CREATE TABLE accounts (
    id TEXT COLLATE "C" PRIMARY KEY, unit TEXT COLLATE "C" NOT NULL REFERENCES units(code), name TEXT COLLATE "C" NOT NULL, post TEXT COLLATE "C" NOT NULL,
    telephone TEXT COLLATE "C" NOT NULL, login TEXT COLLATE "C" NOT NULL UNIQUE, password TEXT COLLATE "C", added_at BIGINT NOT NULL, closed_at BIGINT);
CREATE INDEX accounts_by_unit ON accounts (unit);
CREATE TABLE grants (
    account TEXT COLLATE "C" NOT NULL REFERENCES accounts(id), unit TEXT COLLATE "C" NOT NULL REFERENCES units(code), role TEXT COLLATE "C" NOT NULL,
    until_day TEXT COLLATE "C", PRIMARY KEY (account, unit, role));
CREATE INDEX grants_by_unit ON grants (unit);
CREATE TABLE welcomes (
    hash TEXT COLLATE "C" PRIMARY KEY, account TEXT COLLATE "C" NOT NULL REFERENCES accounts(id), expires_at BIGINT NOT NULL, used_at BIGINT);
CREATE INDEX welcomes_by_account ON welcomes (account);
CREATE TABLE sessions (
    hash TEXT COLLATE "C" PRIMARY KEY, account TEXT COLLATE "C" NOT NULL REFERENCES accounts(id), begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL, proved_at BIGINT NOT NULL);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_time ON sessions (seen_at);
