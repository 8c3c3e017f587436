import { type Fact, mapFact } from '../model/fact.ts';
import type { Root } from './root.ts';

export interface FstabEntry {
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** /etc/fstab (fstab(5)). */
export function readFstab(root: Root): Fact<readonly FstabEntry[]> {
  return mapFact(root.readText('/etc/fstab'), parseFstab);
}

/** The lines of fstab(5) that name a device and a mount point. Other lines are skipped. */
export function parseFstab(text: string): FstabEntry[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', mountPoint = '', type = '', options = ''] = line.trim().split(/[ \t]+/);
    if (device === '' || device.startsWith('#') || mountPoint === '') return [];
    return [
      {
        device: unescapeOctal(device),
        mountPoint: unescapeOctal(mountPoint),
        type,
        options: options.split(','),
      },
    ];
  });
}

/** fstab and mountinfo escape a character that would end a field: `\040` is a blank. */
export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
