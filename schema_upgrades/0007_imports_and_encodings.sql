-- The file that a document was read from, while another encoding than the guessed one may be right.
CREATE TABLE document_originals (
    document_id  INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    encoding     TEXT    NOT NULL, -- the one that it was read in
    filename     TEXT    NOT NULL,
    content_type TEXT    NOT NULL DEFAULT '', -- what a server said of it
    content      BLOB    NOT NULL
);

-- Imports that wait to be read, in line. `upload` is the file's name among the imports on the disk,
-- `name` what its owner calls it, `error` JSON of the sentence that says why it failed.
CREATE TABLE imports (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document_id       INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    name              TEXT    NOT NULL CHECK (length(name) <= 500),
    origin            TEXT    NOT NULL DEFAULT '',
    content_type      TEXT    NOT NULL DEFAULT '', -- what a server said
    upload            TEXT    NOT NULL UNIQUE CHECK (length(upload) BETWEEN 1 AND 200),
    status            TEXT    NOT NULL DEFAULT 'queued'
                      CHECK (status IN ('queued', 'working', 'ready', 'failed')),
    is_long           INTEGER NOT NULL DEFAULT 0 CHECK (is_long IN (0, 1)), -- pages to recognise
    page              INTEGER NOT NULL DEFAULT 0 CHECK (page >= 0),
    pages             INTEGER NOT NULL DEFAULT 0 CHECK (pages >= 0),
    error             TEXT,
    created_epoch     REAL    NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    lease_owner       TEXT,
    lease_until_epoch REAL,
    waits_for         TEXT    NOT NULL DEFAULT '', -- code of a cause that passes by itself
    waits             INTEGER NOT NULL DEFAULT 0, -- in a row, without progress in between
    not_before_epoch  REAL, -- when it is tried again
    CHECK (status = 'working' OR lease_owner IS NULL),
    CHECK ((status = 'ready') = (document_id NOT NULL))
);
CREATE INDEX idx_imports_owner ON imports (owner_id, id);
CREATE INDEX idx_imports_document ON imports (document_id);
CREATE INDEX idx_imports_read ON imports (created_epoch) WHERE status = 'ready';
CREATE INDEX idx_imports_work ON imports (status, owner_id, id, is_long)
    WHERE status IN ('queued', 'working');
