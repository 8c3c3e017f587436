import { known } from '../../model/fact.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { readImage } from '../../system/images/read-images.ts';
import { openRoot } from '../../system/root.ts';
import { installedKernelReport } from '../../verdict/installed-kernel.ts';
import { assess } from '../../verdict/situation.ts';
import { command } from '../command.ts';
import { optional, required } from '../definition.ts';
import { scan } from '../machine.ts';
import { plain } from '../render/style.ts';

/** `aufswatch check-install RELEASE IMAGE`: prints during `make install` whether the kernel will have AUFS. */
export const checkInstall = command(
  {
    description:
      'Says whether AUFS will work with a kernel that is being installed. The hooks of installkernel and kernel-install call it. Where that is not known, it names the command that tries it.',
    args: {
      release: required('the kernel release'),
      image: optional('the path of the image'),
    },
    options: {},
  },
  async (invocation) => {
    const { terminal, args } = invocation;
    const { release, image } = args;
    const seen = await scan(invocation);
    if (!seen.ok) return terminal.fail(seen.message);
    const snapshot = withImage(seen.value, release, image ?? '');
    if (snapshot === null) return 0;
    for (const line of installedKernelReport(assess(snapshot, NO_MEMORY)))
      terminal.out(`aufswatch: ${plain(terminal, line)}\n`);
    return 0;
  },
);

/** The snapshot with this image as the one that boots next; null: the image cannot be read. */
function withImage(snapshot: Snapshot, release: string, path: string): Snapshot | null {
  const root = openRoot(snapshot.root);
  const images = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  const real = root.resolve(path);
  const stat = root.stat(path);
  const inBoot = images.find((image) => real.known && image.path === real.value);
  if (inBoot !== undefined) return booting(snapshot, inBoot.path);
  if (real.known && stat.known && stat.value.type === 'file') {
    const image = readImage(root, { path: real.value, stat: stat.value }, { hashImages: false });
    const boot = { ...snapshot.boot, images: known([...images, image]) };
    return booting({ ...snapshot, boot }, image.path);
  }
  // The path may not exist yet or any more: then the newest image of that release is meant.
  const same = images.filter(({ identity }) => identity.release.known && identity.release.value === release);
  const [newest] = same.toSorted((a, b) => b.mtime - a.mtime);
  return newest === undefined ? null : booting(snapshot, newest.path);
}

function booting(snapshot: Snapshot, path: string): Snapshot {
  return { ...snapshot, preferences: { ...snapshot.preferences, nextBootImage: path } };
}
