/** Compares numbers by value and all else by characters, nearly as `sort -V`. Below zero: `a` comes first. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const [one, other] = [left?.[at] ?? '', right?.[at] ?? ''];
    const order = Number(one) - Number(other);
    if (order) return order;
    if (Number.isNaN(order) && one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/**
 * The order of versions of systemd-boot (strverscmp_improved() in its sources, after the version format of
 * uapi-group.org). Below zero: `a` is older.
 */
export function compareVersions(a: string, b: string): number {
  let [left, right] = [a, b];
  for (;;) {
    left = left.replace(/^[^0-9A-Za-z~^.-]+/, '');
    right = right.replace(/^[^0-9A-Za-z~^.-]+/, '');
    for (const sign of ['~', END, '-', '^', '.']) {
      if (sign === END) {
        // Everything except a segment with `~` is newer than the end.
        if (left === '' || right === '') return Number(left !== '') - Number(right !== '');
        continue;
      }
      const [one, other] = [left.startsWith(sign), right.startsWith(sign)];
      if (one !== other) return one ? -1 : 1;
      if (one) [left, right] = [left.slice(1), right.slice(1)];
    }
    if (/^\d/.test(left) || /^\d/.test(right)) {
      const [one, other] = [digitsOf(left), digitsOf(right)];
      const order = byNumber(one, other);
      if (order !== 0) return order;
      left = left.slice(one.length);
      right = right.slice(other.length);
    } else {
      const [one, other] = [lettersOf(left), lettersOf(right)];
      if (one !== other) return byLetters(one, other);
      left = left.slice(one.length);
      right = right.slice(other.length);
    }
  }
}

const END = '';

function digitsOf(text: string): string {
  return /^\d*/.exec(text)?.[0] ?? '';
}

function lettersOf(text: string): string {
  return /^[A-Za-z]*/.exec(text)?.[0] ?? '';
}

/** Any number is newer than none. */
function byNumber(a: string, b: string): number {
  const [one, other] = [a, b].map((digits) => digits.replace(/^0+/, ''));
  if (a === '' || b === '') return a === b ? 0 : a === '' ? -1 : 1;
  return (one?.length ?? 0) - (other?.length ?? 0) || byLetters(one ?? '', other ?? '');
}

/** Capitals before small letters, as in ASCII. */
function byLetters(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
