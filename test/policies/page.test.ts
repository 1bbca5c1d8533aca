import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { needs, scopesOf } from '../../deploy/policies/needs.ts';
import { withTables } from '../../deploy/policies/page.ts';

const page = await readFile(new URL('../../docs/explanation/iam.md', import.meta.url), 'utf8');

describe('the page of roles', () => {
  it('is current (run scripts/write-iam-docs.mjs)', () => {
    expect(page).toBe(withTables(page));
  });

  it('has every action and every statement', () => {
    for (const { action, role } of needs) expect(page, `${role} ${action}`).toContain(`| \`${action}\` `);
    for (const role of ['observe', 'apply', 'reap', 'dns', 'controller'] as const)
      for (const { scope } of scopesOf(role)) expect(page).toContain(`| \`${scope.sid}\``);
  });

  it('refuses a table that there is not', () => {
    expect(() => withTables('<!-- table: none -->\n<!-- end -->')).toThrow(/no table none; there are observe actions/);
  });
});
