import { visibleLines } from '../model/visible.ts';

/** A piece of HTML that is safe to insert into a page. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | null | readonly Html[];

/** A template that escapes its values unless they are Html. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Html {
  const text = parts.map(
    (part, index) => part + (index < values.length ? asHtml(values[index] ?? null) : ''),
  );
  return { html: text.join('') };
}

/** Marks HTML of this program as safe. Never call it with text from the machine. */
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
  // HTML allows no control characters, not even as entities.
  return visibleLines(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
