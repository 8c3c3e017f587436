import { test } from 'node:test';
import { killAtRandomPoints } from '../../support/kill-at-random-points.ts';

const KILLS = 200;

test(
  `each event is recorded once although the daemon is killed at ${KILLS} random points`,
  {
    timeout: 840_000,
  },
  () => killAtRandomPoints(KILLS),
);
