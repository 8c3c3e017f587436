/** A value that is computed at the first call and then kept. */
export function lazy<T>(make: () => T): () => T {
  let state: { readonly make: () => T } | { readonly value: T } = { make };
  return () => {
    // Releases what `make` refers to.
    if ('make' in state) state = { value: state.make() };
    return state.value;
  };
}
