/** Links between pages, and from the program to pages, lead somewhere. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pages, read, root } from './mentions.ts';
import { piecesOf } from './page.ts';

/** The anchors of a page, as the sites that show Markdown make them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = withoutFences(read(page));
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.*)$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
    const slug = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function withoutFences(markdown: string): string {
  return piecesOf(markdown).reduce(
    (text, piece) => (piece.kind === 'fence' ? text.replace(piece.text, '') : text),
    markdown,
  );
}

/** Why `path#anchor`, from the root, leads nowhere; undefined where it leads somewhere. */
function astray(path: string, anchor: string | undefined): string | undefined {
  if (!existsSync(join(root, path))) return 'there is no such file';
  if (anchor === undefined || !path.endsWith('.md')) return undefined;
  return anchorsOf(path).has(anchor) ? undefined : 'there is no such heading';
}

describe.each(pages())('%s', (page) => {
  test('links to what there is', () => {
    const prose = withoutFences(read(page)).replaceAll(/`[^`\n]*`/g, '');
    const wrong = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [path = '', anchor] = target.split('#');
      const why = astray(path === '' ? page : normalize(join(dirname(page), path)), anchor);
      return why === undefined ? [] : [`${target}: ${why}`];
    });
    expect(wrong).toEqual([]);
  });
});

test('the program names pages that there are', () => {
  const sources = (folder: string): string[] =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const path = `${folder}/${name}`;
      return statSync(join(root, path)).isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : [];
    });
  const named = sources('src').flatMap((path) =>
    [...read(path).matchAll(/(?<!\/)\bdocs\/[\w/-]+\.md(?:#([\w-]+))?/g)].map(([link, anchor]) => ({
      path,
      link,
      anchor,
    })),
  );
  expect(named.length).toBeGreaterThan(0);
  const wrong = named.flatMap(({ path, link, anchor }) => {
    const why = astray(link.split('#')[0] ?? link, anchor);
    return why === undefined ? [] : [`${path}: ${link}: ${why}`];
  });
  expect(wrong).toEqual([]);
});
