import { findMakes } from '../system/build/make-processes.ts';
import { isEmergeAtWork, packageCategories } from '../system/emerge-activity.ts';
import type { Root } from '../system/root.ts';

export interface AtWork {
  /** Is an emerge or a kernel build under way? */
  busy(): boolean;
}

/** Asks the machine whether somebody is changing what is looked at. */
export function lookForWork(openRoot: () => Root): AtWork {
  return {
    busy: () => {
      const root = openRoot();
      if (isEmergeAtWork(root, packageCategories(root))) return true;
      const makes = findMakes(root);
      return makes.known && makes.value.length > 0;
    },
  };
}
