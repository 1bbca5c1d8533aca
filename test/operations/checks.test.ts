import { describe, expect, it } from 'vitest';
import { checkKinds } from '../../src/model/checks.ts';
import { expectLinks, expectSection, sectionsOf } from './runbook.ts';

const page = 'docs/runbook/checks.md';
const runbook = sectionsOf(page);

describe('the checks', () => {
  it('each stand in the runbook by their ids, and nothing else does', () => {
    expect([...runbook.keys()]).toEqual(Object.keys(checkKinds));
  });

  it.each([...runbook])('%s has its five headings, and three commands to look with', (_, section) => {
    expectSection(section);
  });

  it('link to sections and pages that there are', () => {
    expectLinks(page);
  });
});
