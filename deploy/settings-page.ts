/** The tables of docs/reference/deploy.md: every setting, as its schema has it. Pure; `scripts/write-deploy-docs.mjs` writes the page. */
import { z } from 'zod';
import type { SchemaNode } from '../src/model/records/json-schemas.ts';
import { settingsSchema } from './settings.ts';

interface Row {
  readonly path: string;
  readonly required: boolean;
  readonly describe: string;
}

/** The parts of the page, by the name in its marker, and where each begins in the schema. */
const parts = ['installation', 'controller', 'tiers', 'cells', 'infraGroups'] as const;

// The two types describe the same JSON; zod's is the wider one.
const schema = z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-2020-12' }) as SchemaNode;

/** The paths of all settings, such as `tiers[].zone.id`. */
export function settingPaths(): readonly string[] {
  return parts.flatMap((part) => rowsOf(part).map(({ path }) => path));
}

function rowsOf(part: (typeof parts)[number]): readonly Row[] {
  const node = schema.properties?.[part];
  if (node === undefined) throw new Error(`the settings have no ${part}`);
  return rows(node, part, schema.required?.includes(part) ?? false);
}

/** A map gives a row for each of its fields, and one for itself where it has words of its own; a list of maps likewise. What may be left out with its map is not asked for. */
function rows(node: SchemaNode, path: string, required: boolean): readonly Row[] {
  const held = node.items?.properties === undefined ? node : node.items;
  const at = held === node ? path : `${path}[]`;
  const own = { path, required, describe: node.description ?? held.description ?? '' };
  if (held.properties === undefined) return [own];
  const fields = Object.entries(held.properties).flatMap(([name, inner]) =>
    rows(inner, `${at}.${name}`, held.required?.includes(name) ?? false),
  );
  return own.describe === '' ? fields : [own, ...fields];
}

function table(part: (typeof parts)[number]): string {
  const lines = rowsOf(part).map(
    ({ path, required, describe }) => `| \`${path}\`${required ? '' : ' *'} | ${describe.replaceAll('|', '\\|')} |`,
  );
  return ['| setting | |', '| --- | --- |', ...lines].join('\n');
}

/** The page with its tables made anew: each stands between `<!-- settings: NAME -->` and `<!-- end -->`. Throws for a name that there is not. */
export function withSettings(page: string): string {
  return page.replace(/<!-- settings: (.+?) -->\n[^]*?<!-- end -->/g, (_, name: string) => {
    const part = parts.find((each) => each === name);
    if (part === undefined) throw new Error(`there are no settings ${name}; there are ${parts.join(', ')}`);
    return `<!-- settings: ${name} -->\n\n${table(part)}\n\n<!-- end -->`;
  });
}
