/** The parts of a Snapshot that can be read again on their own. */
export const PARTS = ['portage', 'sources', 'boot', 'modules', 'running', 'docker'] as const;
export type Part = (typeof PARTS)[number];

export const ALL_PARTS: ReadonlySet<Part> = new Set(PARTS);
