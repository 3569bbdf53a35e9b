-- What is looked at are months: voices and groups of one stand side by side.
DROP INDEX idx_usage_voice;
DROP INDEX idx_usage_category;
CREATE INDEX idx_usage_voice ON usage_stats
    (user_id, year, month, engine, voice, characters_used, cost, is_unpriced);
CREATE INDEX idx_usage_category ON usage_stats
    (user_id, year, month, category, characters_used, cost, is_unpriced);
