/** A text that is the same for values that mean the same: keys sorted, absent members left out. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, found: unknown) => {
      if (typeof found !== 'object' || found === null || Array.isArray(found)) return found;
      return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    }) ?? ''
  );
}
