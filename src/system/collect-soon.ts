import { v8 } from './seldom.ts';

/**
 * From now on garbage is collected before it is as much as what is in use. V8 waits longer, to save time: of a look at
 * thousands of modules that would be 100 MB more. On a machine as most are it would only take time.
 */
export function collectSoon(): void {
  v8().setFlagsFromString('--optimize-for-size');
}
