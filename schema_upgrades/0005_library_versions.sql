-- The version of each library, which grows with whatever changes what its lists show.
CREATE TABLE library_versions (
    owner_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL DEFAULT 0
);
INSERT INTO library_versions (owner_id) SELECT id FROM users;

CREATE TRIGGER library_begun AFTER INSERT ON users BEGIN
    INSERT INTO library_versions (owner_id) VALUES (NEW.id);
END;

CREATE TRIGGER library_file_added AFTER INSERT ON audio_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = NEW.owner_id;
END;

CREATE TRIGGER library_file_changed AFTER UPDATE ON audio_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (OLD.owner_id, NEW.owner_id);
END;

CREATE TRIGGER library_file_removed AFTER DELETE ON audio_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = OLD.owner_id;
END;

CREATE TRIGGER library_group_added AFTER INSERT ON file_groups BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = NEW.owner_id;
END;

CREATE TRIGGER library_group_changed AFTER UPDATE ON file_groups BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (OLD.owner_id, NEW.owner_id);
END;

CREATE TRIGGER library_group_removed AFTER DELETE ON file_groups BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = OLD.owner_id;
END;

CREATE TRIGGER library_unpriced_added AFTER INSERT ON unpriced_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = (
        SELECT owner_id FROM audio_files WHERE id = NEW.file_id);
END;

CREATE TRIGGER library_unpriced_changed AFTER UPDATE ON unpriced_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (
        SELECT owner_id FROM audio_files WHERE id IN (OLD.file_id, NEW.file_id));
END;

CREATE TRIGGER library_unpriced_removed AFTER DELETE ON unpriced_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = (
        SELECT owner_id FROM audio_files WHERE id = OLD.file_id);
END;
