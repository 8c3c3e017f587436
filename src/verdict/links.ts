import type { Link } from '../model/verdict.ts';
import { buildLink } from './links/build-link.ts';
import { imageLink, runningLink } from './links/kernel-links.ts';
import { moduleLink } from './links/module-link.ts';
import { sourcesLink } from './links/sources-link.ts';
import type { Situation } from './situation.ts';

/** The five links as the picture of `status` shows them. */
export function linksOf(situation: Situation): Link[] {
  return [
    sourcesLink(situation),
    buildLink(situation),
    imageLink(situation),
    runningLink(situation),
    moduleLink(situation),
  ];
}
