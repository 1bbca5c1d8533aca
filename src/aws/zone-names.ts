/**
 * Names and records of a hosted zone in the form in which they can be compared. Route 53 stores names in lower case with a trailing dot and spells
 * every character other than a-z 0-9 - _ . as a backslash and three octal digits. Source: Route 53 Developer Guide, DNS domain name format.
 */
import type { R53, ZoneChange, ZoneRecord } from './ports.ts';

/** Lower-case, without the trailing dot; escapes of printable ASCII characters (`\052` is `*`) decoded, all others as they are. */
export function canonicalName(name: string): string {
  const decoded = name.replace(/\\([0-7]{3})/g, (escape, digits: string) => {
    const code = Number.parseInt(digits, 8);
    // A dot or a backslash within a label must stay escaped: plain, it would mean something else.
    return code > 0x20 && code < 0x7f && code !== 0x2e && code !== 0x5c ? String.fromCharCode(code) : escape;
  });
  return decoded.toLowerCase().replace(/(?<!\\)\.$/, '');
}

/** The record in canonical form, with what Route 53 returned beside it. */
export function zoneRecord(raw: R53.ResourceRecordSet): ZoneRecord {
  return {
    name: canonicalName(raw.Name ?? ''),
    type: raw.Type ?? '',
    setIdentifier: raw.SetIdentifier,
    raw,
  };
}

/** What makes a record set one: name, type and set identifier. */
export function recordKey(raw: R53.ResourceRecordSet): string {
  return JSON.stringify([canonicalName(raw.Name ?? ''), raw.Type ?? '', raw.SetIdentifier ?? null]);
}

/** A record as Route 53 will return it once it is written. */
export function asReturned(raw: R53.ResourceRecordSet): R53.ResourceRecordSet {
  const name = (text: string | undefined): string => `${(text ?? '').toLowerCase().replace(/\.$/, '')}.`;
  const escaped = name(raw.Name).replace(
    /[^a-z0-9\-_.\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  if (raw.AliasTarget === undefined) return { ...raw, Name: escaped };
  return { ...raw, Name: escaped, AliasTarget: { ...raw.AliasTarget, DNSName: name(raw.AliasTarget.DNSName) } };
}

/** ResourceRecord elements of a change, as Route 53 counts them: one for each value, one for an alias. */
export function elementsOf(change: ZoneChange): number {
  return Math.max(1, change.record.ResourceRecords?.length ?? 0);
}

/** Characters in the Value elements of a change. */
export function charactersOf(change: ZoneChange): number {
  return (change.record.ResourceRecords ?? []).reduce((sum, { Value }) => sum + (Value?.length ?? 0), 0);
}
