-- 不用本系统: since when a branch hands everything in on paper; without it, it uses the system.
ALTER TABLE lifetimes ADD COLUMN off_system_day TEXT;
