/** What pages say about the program: its commands, settings and scripts, wherever they stand, in blocks or in sentences. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { piecesOf } from './page.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Pages with commands that `npm run test:docs` follows: each by itself, or several by one reader, where one goes on where the other ends. */
export const walks: readonly (readonly string[])[] = [
  ['README.md'],
  ['docs/guides/adopt.md'],
  ['docs/guides/capacity.md'],
  ['docs/guides/drain.md'],
  ['docs/guides/leaving.md'],
  ['docs/guides/rebuild.md'],
  ['docs/guides/rehearse.md'],
  ['docs/guides/simulator.md'],
  [
    'docs/how-to/first-deployment.md',
    'docs/how-to/ask.md',
    'docs/how-to/add-an-infra-group.md',
    'docs/how-to/upgrade.md',
    'docs/how-to/add-a-cell.md',
  ],
  ['docs/how-to/pause.md'],
  ['docs/how-to/restore.md'],
];

/** Pages with commands that nobody follows, and why. */
export const notFollowed: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md': 'its commands are the checks themselves',
  'docs/guides/growing.md': 'test/wiring/growth.test.ts plays it, and holds its figures',
  'docs/how-to/container.md': 'it needs Docker; a test of its own unpacks and starts what the image runs',
  'docs/how-to/observe.md': 'its files have tests of their own',
  'docs/reference/deploy.md': 'its commands are those of docs/how-to/first-deployment.md, which is followed',
  'docs/runbook/alerts.md': 'each section is about another accident',
  'docs/runbook/checks.md': 'each section is about another accident',
};

/** Every page of the repository, by its path from the root. */
export function pages(): readonly string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return folder === '' && !['docs', 'deploy'].includes(entry.name) ? [] : below(path);
      return entry.name.endsWith('.md') ? [path] : [];
    });
  return below('');
}

export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** A piece of text that is code, with its line. */
interface Code {
  readonly line: number;
  readonly text: string;
}

/** Lines of fenced blocks that a shell would read, those that a line's end continues joined, and code within sentences. */
export function codeOf(markdown: string): readonly Code[] {
  const fences = piecesOf(markdown).filter((piece) => piece.kind === 'fence');
  const fenced = fences.flatMap(({ line, language, text }) => {
    if (!['sh', ''].includes(language)) return [];
    const joined = text.replaceAll(/\\\n/g, ' ').split('\n');
    return joined.map((one, index) => ({ line: line + index, text: one.replace(/(^|\s)#.*$/, '') }));
  });
  const inFences = new Set(fences.flatMap(({ line, text }) => text.split('\n').map((_, index) => line + index)));
  const inline = markdown.split('\n').flatMap((text, index) => {
    if (inFences.has(index + 1)) return [];
    return [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code = '']) => ({ line: index + 1, text: code }));
  });
  return [...fenced, ...inline];
}

/** Where a command begins: at a line's start, behind a prompt, variables or what joins commands. An argument that is called the same is none. */
const invocation =
  /(?:^\s*(?:\$ +)?|[;|&(!]\s*|\b(?:do|then|else|until|while|if|time) +)(?:[A-Z_]+=\S+ +)*(?:bin\/)?cellwright +([^;|&)>#\n]+)/g;

/** A command of ours as a page has it. */
export interface Mention {
  readonly line: number;
  readonly command: string;
  readonly words: readonly string[];
}

/** The commands of `cellwright` in a page; those that a placeholder stands for are left out. */
export function mentionsOf(markdown: string): readonly Mention[] {
  return codeOf(markdown).flatMap(({ line, text }) =>
    [...text.matchAll(invocation)].flatMap(([, rest = '']) => {
      const words = rest
        .replaceAll(/["'\\[\]]/g, ' ')
        .split(/\s+/)
        .filter((word) => word !== '');
      const [command = ''] = words;
      return /^(-|[a-z])/.test(command) ? [{ line, command, words: words.slice(1) }] : [];
    }),
  );
}
