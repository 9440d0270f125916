-- Why 转隶 was declined, and when whoever asked for it had read that.
ALTER TABLE moves ADD COLUMN declined TEXT;
ALTER TABLE moves ADD COLUMN read_at BIGINT;
