import type { Header } from '../../gguf/model.js';

/** Makes a fact of a header that many rules ask for: computed once for each header, when first asked for. */
export function perHeader<T>(compute: (header: Header) => T): (header: Header) => T {
  const known = new WeakMap<Header, { readonly value: T }>();
  return (header) => {
    const found = known.get(header);
    if (found !== undefined) return found.value;
    const value = compute(header);
    known.set(header, { value });
    return value;
  };
}
