import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

/** Fields in the consolidated file (Portage 3.0.81 on). The others always have a file of their own. */
const CONSOLIDATED: ReadonlySet<string> = new Set(
  (
    'BDEPEND BUILD_ID BUILD_TIME CHOST COUNTER DEFINED_PHASES DEPEND DESCRIPTION EAPI HOMEPAGE IDEPEND IUSE ' +
    'KEYWORDS LICENSE PDEPEND PROPERTIES PROVIDES RDEPEND REQUIRES RESTRICT SLOT USE repository'
  ).split(' '),
);

export interface VdbFields {
  /** Is there a valid `metadata` file? */
  readonly consolidated: boolean;
  /** The text of a field without the line end; '' if an installed package need not have the field. */
  field(name: string): Fact<string>;
}

const LIMIT = 256 * 1024;

/** Opens the fields of one installed package, from `metadata` if that is valid, else from the files. */
export function openVdbFields(root: Root, directory: string): VdbFields {
  const metadata = readMetadata(root, directory);
  return {
    consolidated: metadata !== null,
    field: (name) => {
      if (metadata !== null && CONSOLIDATED.has(name)) return known(metadata.get(name) ?? '');
      const text = root.readText(`${directory}/${name}`, LIMIT);
      if (!text.known) return text;
      return text.value.includes('\0')
        ? unknown('malformed', `${directory}/${name} is not text`)
        : known(text.value.replace(/\n$/, ''));
    },
  };
}

/** The consolidated fields; null: there are none, or they are older than the directory. */
function readMetadata(root: Root, directory: string): ReadonlyMap<string, string> | null {
  const text = root.readText(`${directory}/metadata`, LIMIT);
  if (!text.known) return null;
  const parsed = parseMetadata(text.value);
  if (parsed === null) return null;
  const mtime = root.mtimeNs(directory);
  return mtime.known && mtime.value === parsed.directoryMtime ? parsed.fields : null;
}

export interface Metadata {
  readonly fields: ReadonlyMap<string, string>;
  /** mtime of the package directory at the time of writing, ns. */
  readonly directoryMtime: bigint;
}

/** Parses the `metadata` file; null: it is incomplete, or of another format. */
export function parseMetadata(text: string): Metadata | null {
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines[0] !== '#format=1' || text.includes('\0')) return null;
  const stamp = /^#dir_mtime=(\d{1,20})$/.exec(lines.at(-1) ?? '')?.[1];
  if (stamp === undefined || lines.length < 2) return null;
  const fields = new Map<string, string>();
  for (const line of lines.slice(1, -1)) {
    const at = line.indexOf('=');
    if (at <= 0) return null;
    fields.set(line.slice(0, at), line.slice(at + 1));
  }
  return { fields, directoryMtime: BigInt(stamp) };
}
