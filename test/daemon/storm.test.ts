import { test } from 'node:test';
import { needsMount } from '../support/mounted.ts';
import { scanThroughStorm } from '../support/scan-through-storm.ts';

const MERGES = 200;

test(
  `a storm of ${MERGES} merges: each is recorded once, and scans never overlap`,
  {
    skip: needsMount(),
    timeout: 180_000,
  },
  () => scanThroughStorm(MERGES),
);
