import { unknown } from '../../model/fact.ts';
import type { Merge } from '../../model/merge.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Change } from './change.ts';

/** A merge of a distribution kernel. Which kernel starts after it depends on installkernel and the boot loader. */
export function bringDistributionKernel(snapshot: Snapshot, { cpv, version }: Merge): Change {
  const why = `${cpv} installs a kernel: which one boots after that is known once it is merged`;
  return {
    snapshot: { ...snapshot, boot: { ...snapshot.boot, images: unknown('no-data', why) } },
    effects: [
      {
        cpv,
        certainty: 'unknown',
        text: `installs the kernel ${version}; which kernel boots after that is not known`,
      },
    ],
  };
}
