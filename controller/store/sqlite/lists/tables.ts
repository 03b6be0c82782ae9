// The tables of lists, and what became of them with each schema version.

/** What each schema version adds to the tables here: see migrations.ts. */
export const LIST_STEPS: Readonly<Record<number, string>> = {
  1: `
CREATE TABLE list (
  name TEXT PRIMARY KEY,
  action TEXT NOT NULL,
  selector TEXT NOT NULL,
  monitor INTEGER NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  -- Rows are spread over this many chunks (a power of two) by the hash of their prefix.
  buckets INTEGER NOT NULL
) STRICT;

CREATE TABLE list_chunk (
  name TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
  bucket INTEGER NOT NULL,
  -- columns-blob.ts; times are Unix milliseconds of the end.
  rows BLOB NOT NULL,
  -- Of the row that ends first; 0: none ends.
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (name, bucket)
) STRICT;
CREATE INDEX list_chunk_expiry ON list_chunk (expires_ms) WHERE expires_ms > 0;
`,
  5: `
-- What a list leaves out, whatever its file says.
CREATE TABLE list_exception (
  name TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
  family INTEGER NOT NULL CHECK (family IN (4, 6)),
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (name, family, address, length)
) STRICT, WITHOUT ROWID;

-- Rows of the file that meet an exception, whole: they are in no chunk, and hosts hold what is left of them.
CREATE TABLE list_withheld (
  name TEXT PRIMARY KEY REFERENCES list (name) ON DELETE CASCADE,
  -- As in list_chunk.
  rows BLOB NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX list_withheld_expiry ON list_withheld (expires_ms) WHERE expires_ms > 0;
`,
};
