import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyText, parseKey } from '../../src/controller/keys.ts';
import { kinds } from '../../src/model/records/kinds.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('/', '%', '2', 'F', '5', 'a') }));

describe('keyText', () => {
  it('names objects of our kinds as people and the state table do', () => {
    for (const kind of kinds) expect(keyText(kind, 'acme')).toBe(`${kind}/acme`);
  });

  it('gives back kind and name, whatever strangers wrote into them', () => {
    fc.assert(
      fc.property(text, text, (kind, name) => {
        expect(parseKey(keyText(kind, name))).toEqual({ kind, name });
      }),
    );
  });

  it('gives no two items the same key', () => {
    fc.assert(
      fc.property(text, text, text, text, (kind, name, otherKind, otherName) => {
        const same = kind === otherKind && name === otherName;
        expect(keyText(kind, name) === keyText(otherKind, otherName)).toBe(same);
      }),
    );
    expect(keyText('Tenant/a', 'b')).not.toBe(keyText('Tenant', 'a/b'));
  });
});
