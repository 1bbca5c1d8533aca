import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingPaths, withSettings } from '../../deploy/settings-page.ts';
import { exampleAssembly, propertiesOf } from './assembly.ts';

const page = readFileSync('docs/reference/deploy.md', 'utf8');

describe('the page of the deployment', () => {
  it('is current (run scripts/write-deploy-docs.mjs)', () => {
    expect(page).toBe(withSettings(page));
  });

  it('has every setting, each with what it means', () => {
    const paths = settingPaths();
    expect(paths.length).toBeGreaterThan(50);
    for (const path of paths)
      expect(page).toMatch(new RegExp(`\\| \`${path.replace(/[[\]]/g, '\\$&')}\`(?: \\*)? \\| \\S`));
  });

  it('has every stack, every output and every role', () => {
    for (const stack of exampleAssembly().stacks) {
      const kind = ['infra-group', 'tables', 'controller', 'dns', 'tier', 'cell'].find((each) =>
        stack.name.startsWith(`cellwright-example-${each}`),
      );
      expect(page).toContain(`### ${kind ?? stack.name}`);
      for (const output of Object.keys(stack.template.Outputs ?? {})) expect(page).toContain(`\`${output}\``);
      for (const { RoleName } of propertiesOf(stack, 'AWS::IAM::Role').filter(({ Path }) => Path === '/cellwright/')) {
        const name = String(RoleName)
          .replace('-example-', '-<installation>-')
          .replace(/-(?:standard|shared)(?=-|$)/, '-<tier>');
        expect(page).toMatch(new RegExp(`\`${name}\`|\`${name.replace(/.*(?=-(?:apply|reap)$)/, '')}\``));
      }
    }
  });

  it('refuses a table that there is not', () => {
    expect(() => withSettings('<!-- settings: x -->\n<!-- end -->')).toThrow(
      'there are no settings x; there are installation, controller, tiers, cells, infraGroups',
    );
  });
});
