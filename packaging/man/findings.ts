import type { CatalogueEntry } from '../../src/verdict/catalogue/entry.ts';
import { mdocText, mdocWord } from './mdoc.ts';

/** The list of findings for aufswatch-findings(7), from the catalogue itself. */
export function findingsPart(catalogue: readonly CatalogueEntry[]): string {
  return `.Bl -tag -width Ds\n${catalogue.map(finding).join('')}.El`;
}

function finding({ code, severities, meaning, dependsOn, followsFrom }: CatalogueEntry): string {
  const lines = [
    `.It Sy ${mdocWord(code)} Pq ${severities.join(' or ')}`,
    mdocText(meaning),
    ...(dependsOn.length > 0
      ? [`Left out beside\n${named(dependsOn)} ,\nwhich ${dependsOn.length > 1 ? 'say' : 'says'} the same.`]
      : []),
    ...(followsFrom.length > 0 ? [`May follow from\n${named(followsFrom)} .`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function named(codes: readonly string[]): string {
  return codes.map((code) => `.Sy ${mdocWord(code)}`).join(' ,\n');
}
