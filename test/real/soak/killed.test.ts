import { test } from 'node:test';
import { killAtRandomPoints } from '../../support/kill-at-random-points.ts';

const KILLS = 200;

test(
  `killed at ${KILLS} random points while hooks report: each event is recorded once`,
  {
    timeout: 840_000,
  },
  () => killAtRandomPoints(KILLS),
);
