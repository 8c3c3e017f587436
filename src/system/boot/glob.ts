/** Does a text match a glob of systemd-boot (efi_fnmatch())? `*`, `?`, `[a-z]`; a backslash escapes. */
export function fitsGlob(glob: string, text: string): boolean {
  return fits(0, 0, 0);

  function fits(at: number, from: number, depth: number): boolean {
    let [glyph, char] = [at, from];
    while (glyph < glob.length) {
      const sign = glob[glyph];
      if (sign === '*') {
        while (glob[glyph] === '*') glyph++;
        // Each `*` tries every position, so their number has a limit.
        if (depth > STARS_MAX) return false;
        for (let next = char; next <= text.length; next++) if (fits(glyph, next, depth + 1)) return true;
        return false;
      }
      if (char >= text.length) return false;
      if (sign === '[') {
        const end = glob.indexOf(']', glyph + 2);
        if (end === -1 || !inSet(glob.slice(glyph + 1, end), text[char] ?? '')) return false;
        glyph = end + 1;
      } else if (sign === '?') glyph++;
      else {
        if (sign === '\\') glyph++;
        if (glob[glyph] !== text[char]) return false;
        glyph++;
      }
      char++;
    }
    return char === text.length;
  }
}

const STARS_MAX = 6;

function inSet(set: string, char: string): boolean {
  for (let at = 0; at < set.length; at++) {
    if (set[at] === '\\') at++;
    if (set[at + 1] === '-' && at + 2 < set.length) {
      if (char >= (set[at] ?? '') && char <= (set[at + 2] ?? '')) return true;
      at += 2;
    } else if (set[at] === char) return true;
  }
  return false;
}
