import { test } from 'node:test';
import { killAtRandomPoints } from '../support/kill-at-random-points.ts';

const KILLS = 40;

test(
  `each event is recorded once although the daemon is killed at ${KILLS} random points`,
  {
    timeout: 300_000,
  },
  () => killAtRandomPoints(KILLS),
);
