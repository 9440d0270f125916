-- 申请延期: until when a branch asks for more time, worked out of what was written, for lists.
ALTER TABLE findings ADD COLUMN asks_until TEXT COLLATE "C";
