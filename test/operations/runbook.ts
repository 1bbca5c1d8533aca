/** What every page of the runbook has to be like. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the repository. */
export function file(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Everything in src. */
export function sources(): string {
  const folder = join(root, 'src');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

/** A page's sections by their names. */
export function sectionsOf(page: string): ReadonlyMap<string, string> {
  const sections = file(page).split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));
}

const headings = ['What it means', 'What users notice', 'Look', 'Fix', 'When to stop the controller'];
const commands = new Set([...sources().matchAll(/usage: '([a-z-]+)/g)].map((match) => match[1]));

/** Expects the five headings, each with something below it, and three commands to look with that there are. */
export function expectSection(section: string): void {
  const parts = section.split(/^### /m).slice(1);
  expect(parts.map((part) => part.slice(0, part.indexOf('\n')))).toEqual(headings);
  for (const part of parts) expect(part.slice(part.indexOf('\n')).trim()).not.toBe('');
  const [, look = ''] = /```sh\n([^`]*)```/.exec(parts[2] ?? '') ?? [];
  const lines = look.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line).toMatch(/^(cellwright|aws|curl) /);
    const [program, command = ''] = line.split(' ');
    if (program === 'cellwright' && command !== '--version') expect(commands, line).toContain(command);
  }
}

/** Expects every link of a page to lead to a section or page that there is. */
export function expectLinks(page: string): void {
  for (const [, target = ''] of file(page).matchAll(/\]\(([^)]+)\)/g)) {
    const [path = '', anchor] = target.split('#');
    const other = path === '' ? page : join(page, '..', path);
    expect(() => file(other), target).not.toThrow();
    if (anchor !== undefined)
      expect(
        [...sectionsOf(other).keys()].map((name) => name.toLowerCase()),
        target,
      ).toContain(anchor);
  }
}
