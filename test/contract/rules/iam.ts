import { describe, expect, it } from 'vitest';
import type { Subject } from '../subject.ts';
import type { Witnesses } from '../witness.ts';

/** What the reconciler declares is what it called, in all of the suite. */
export function iam({ kind, elsewhere }: Subject, witnesses: Witnesses): void {
  describe('permissions', () => {
    it('declares just the actions that it calls', () => {
      const called = new Set(witnesses.flatMap((witness) => [...witness.actions(kind)]));
      const declared = witnesses[0]?.of(kind).iam ?? [];
      expect(new Set(declared.map(({ action }) => action))).toEqual(new Set([...called, ...Object.keys(elsewhere)]));
      expect(new Set(declared.map(({ role, action }) => `${role} ${action}`)).size).toBe(declared.length);
    });
  });
}
