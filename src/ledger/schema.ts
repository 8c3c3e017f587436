/**
 * The first schema. Times are ms since the epoch. A row refers to the row that it follows from: a patch state to the
 * package event that caused it, a build to the patch state of its sources, a boot to the build that it runs.
 */
export const SCHEMA_1 = `
  CREATE TABLE package_now (
    cpv TEXT PRIMARY KEY,
    merged_at REAL NOT NULL,
    counter INTEGER
  ) STRICT, WITHOUT ROWID;

  -- 'setup': its pkg_setup changed the patch state of the sources.
  CREATE TABLE package_event (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('merged', 'removed', 'setup')),
    cpv TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('hook', 'vdb', 'imported')),
    counter INTEGER
  ) STRICT;
  CREATE INDEX package_event_at ON package_event (at);
  CREATE INDEX package_event_cpv ON package_event (cpv, at);

  CREATE TABLE patch_state (
    id INTEGER PRIMARY KEY,
    tree TEXT NOT NULL,
    at REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('whole', 'partial', 'absent')),
    aufs_version TEXT,
    applied_at REAL,
    cause INTEGER REFERENCES package_event (id)
  ) STRICT;
  CREATE INDEX patch_state_tree ON patch_state (tree, id);
  CREATE INDEX patch_state_at ON patch_state (at);

  CREATE TABLE kernel_build (
    id INTEGER PRIMARY KEY,
    tree TEXT NOT NULL,
    directory TEXT NOT NULL,
    release TEXT NOT NULL,
    uts_version TEXT NOT NULL,
    build_id TEXT,
    number INTEGER,
    at REAL NOT NULL,
    compiler TEXT,
    config_hash TEXT,
    patch_state INTEGER REFERENCES patch_state (id),
    UNIQUE (release, uts_version)
  ) STRICT;
  CREATE INDEX kernel_build_at ON kernel_build (at);

  CREATE TABLE image (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    at REAL NOT NULL,
    release TEXT,
    uts_version TEXT,
    build INTEGER REFERENCES kernel_build (id),
    gone_at REAL
  ) STRICT;
  CREATE INDEX image_path ON image (path, gone_at);
  CREATE INDEX image_at ON image (at);

  CREATE TABLE boot (
    boot_id TEXT PRIMARY KEY,
    at REAL NOT NULL,
    last_seen REAL NOT NULL,
    release TEXT NOT NULL,
    uts_version TEXT NOT NULL,
    build INTEGER REFERENCES kernel_build (id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX boot_at ON boot (at);

  CREATE TABLE module_file (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    at REAL NOT NULL,
    build_id TEXT,
    version TEXT,
    owner TEXT,
    gone_at REAL
  ) STRICT;
  CREATE INDEX module_file_path ON module_file (path, gone_at);
  CREATE INDEX module_file_at ON module_file (at);

  CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL,
    opened_at REAL NOT NULL,
    resolved_at REAL
  ) STRICT;
  CREATE UNIQUE INDEX finding_open ON finding (code, subject) WHERE resolved_at IS NULL;
  CREATE INDEX finding_opened ON finding (opened_at);

  CREATE TABLE finding_change (
    id INTEGER PRIMARY KEY,
    finding INTEGER NOT NULL REFERENCES finding (id),
    at REAL NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'changed', 'resolved')),
    severity TEXT NOT NULL,
    title TEXT NOT NULL
  ) STRICT;
  CREATE INDEX finding_change_at ON finding_change (at);

  -- An empty subject stands for every subject. With until_title it ends when the finding's title changes.
  CREATE TABLE acknowledgement (
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    at REAL NOT NULL,
    until REAL,
    until_title TEXT,
    PRIMARY KEY (code, subject)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    channel TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL
  ) STRICT;
  CREATE INDEX notice_at ON notice (at);

  CREATE TABLE inbox_position (
    file TEXT PRIMARY KEY,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE remembered (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * carried: the patch state that the build itself shows, for builds older than the records of their sources. hash:
 * distinguishes images of the same path and time.
 */
export const SCHEMA_2 = `
  ALTER TABLE kernel_build ADD COLUMN carried TEXT CHECK (carried IN ('whole', 'partial', 'absent'));
  ALTER TABLE image ADD COLUMN hash TEXT;
`;

/**
 * counter and build_time (COUNTER and BUILD_TIME) distinguish two merges of the same version. replaced: the version
 * that the merge replaced; the same version if it was merged again.
 */
export const SCHEMA_3 = `
  ALTER TABLE package_now ADD COLUMN build_time REAL;
  ALTER TABLE package_now ADD COLUMN slot TEXT;
  ALTER TABLE package_event ADD COLUMN build_time REAL;
  ALTER TABLE package_event ADD COLUMN replaced TEXT;
`;

/**
 * The outcome of a module on a kernel in a rehearsal, and the files for which it holds. The last one counts. image,
 * file and needs are JSON (RehearsedFile); words and said are JSON lists of strings.
 */
export const SCHEMA_4 = `
  CREATE TABLE rehearsal (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    release TEXT NOT NULL,
    uts_version TEXT NOT NULL,
    image TEXT NOT NULL,
    words TEXT NOT NULL,
    module TEXT NOT NULL,
    path TEXT NOT NULL,
    file TEXT NOT NULL,
    needs TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('loads', 'init-failed', 'refused', 'unclear')),
    error TEXT NOT NULL,
    said TEXT NOT NULL,
    UNIQUE (release, uts_version, words, path)
  ) STRICT;
`;

/** The package that installed the compiled kernel (gentoo-kernel-bin); null: it was compiled here. */
export const SCHEMA_5 = `
  ALTER TABLE kernel_build ADD COLUMN came_with TEXT;
`;
