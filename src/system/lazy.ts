/** A value that is made when it is first asked for, and then kept. */
export function lazy<T>(make: () => T): () => T {
  let state: { readonly make: () => T } | { readonly value: T } = { make };
  return () => {
    // What it was made of is let go.
    if ('make' in state) state = { value: state.make() };
    return state.value;
  };
}
