/** Waits until the condition holds; fails with `what` after `limit` ms. */
export async function until(what: string, holds: () => boolean, limit = 30_000): Promise<void> {
  const start = Date.now();
  while (!holds()) {
    if (Date.now() - start > limit) throw new Error(`waited ${limit} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
