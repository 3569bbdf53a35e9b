-- The file that a document was read from, while another encoding than the guessed one may be right.
CREATE TABLE document_originals (
    document_id  INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    encoding     TEXT    NOT NULL, -- the one that it was read in
    filename     TEXT    NOT NULL,
    content_type TEXT    NOT NULL DEFAULT '', -- what a server said of it
    content      BLOB    NOT NULL
);
