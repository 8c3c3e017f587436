import { visibleLines } from '../model/visible.ts';

/** A piece of a page that is safe to be put into one. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | null | readonly Html[];

/** A template whose values are text unless they are Html: whatever is in them, it stays text. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Html {
  const text = parts.map(
    (part, index) => part + (index < values.length ? asHtml(values[index] ?? null) : ''),
  );
  return { html: text.join('') };
}

/** A piece that this program has written itself. */
export function trusted(text: string): Html {
  return { html: text };
}

export const NOTHING: Html = { html: '' };

function asHtml(value: Piece): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  return 'html' in value ? value.html : value.map((piece) => piece.html).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  // Control characters are no part of HTML, not even as entities.
  return visibleLines(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
