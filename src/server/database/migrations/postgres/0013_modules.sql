-- The parts of the product beyond the self-check that were ever switched: one that is not here is off.
CREATE TABLE modules (
    module TEXT COLLATE "C" PRIMARY KEY,
    is_on BIGINT NOT NULL,
    -- When and by whom; neither is known of what was on before there was anything to switch.
    changed_at BIGINT,
    changed_by TEXT COLLATE "C"
);
-- Branches that were at work already keep what they have.
INSERT INTO modules (module, is_on)
    SELECT module, 1 FROM (SELECT 'ledger' AS module UNION ALL SELECT 'photos' UNION ALL SELECT 'mending') AS known
    WHERE EXISTS (SELECT 1 FROM standards);
