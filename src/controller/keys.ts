/** `Tenant/acme`: how an object is named in the queue, in logs and as partition key of the state table. */
export function keyText(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** The reverse of `keyText`. Record names and kinds hold no `/`. */
export function parseKey(text: string): { readonly kind: string; readonly name: string } {
  const slash = text.indexOf('/');
  return { kind: text.slice(0, slash), name: text.slice(slash + 1) };
}
