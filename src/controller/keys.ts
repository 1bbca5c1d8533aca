/**
 * `Tenant/acme`: how an object is named in the queue, in logs and as partition key of the state table. No kind of ours holds a `/`; that of a stranger's item may, and is escaped,
 * so that no two items have one key.
 */
export function keyText(kind: string, name: string): string {
  return `${kind.replaceAll('%', '%25').replaceAll('/', '%2F')}/${name}`;
}

/** The reverse of `keyText`. */
export function parseKey(text: string): { readonly kind: string; readonly name: string } {
  const slash = text.indexOf('/');
  return { kind: text.slice(0, slash).replaceAll('%2F', '/').replaceAll('%25', '%'), name: text.slice(slash + 1) };
}
