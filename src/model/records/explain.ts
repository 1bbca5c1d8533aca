import type { SchemaNode } from './json-schemas.ts';
import { recordJsonSchema } from './json-schemas.ts';
import { kindOfWord, kinds, kindWords } from './kinds.ts';
import { shown } from './problems.ts';

/** What `explain` prints, or why it cannot. */
export type Explanation =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/**
 * The schema in words, for `cellwright explain KIND[.FIELD]`. The kind may be singular or plural; `spec.` may be left out; `[]` or an index
 * after a list is fine; `*` stands for any name in a map (`tier.service.environment.*`).
 */
export function explain(path: string): Explanation {
  const [word = '', ...rest] = path.split('.');
  const kind = kindOfWord(word);
  if (kind === undefined) {
    const known = kinds.map((each) => kindWords[each].one).join(', ');
    return { ok: false, message: `There is no kind ${shown(word)}; the kinds are ${known}.` };
  }
  const root = recordJsonSchema(kind);
  const steps = rest.map((step) => step.replace(/\[[0-9]*\]$/, '')).filter((step) => step !== '');
  const topLevel = steps[0] !== undefined && Object.hasOwn(root.properties ?? {}, steps[0]);
  const full = steps.length === 0 || topLevel ? steps : ['spec', ...steps];
  let node: SchemaNode = root;
  let required = true;
  for (const [index, step] of full.entries()) {
    const owner: SchemaNode = node.items ?? node;
    const next = stepInto(owner, step);
    if (next === undefined) {
      const at = [kind, ...full.slice(0, index)].join('.');
      const known = Object.keys(owner.properties ?? {}).join(', ');
      const hint = known === '' ? 'it has no fields' : `its fields are ${known}`;
      return { ok: false, message: `${at} has no field ${shown(step)}; ${hint}.` };
    }
    required = (owner.required ?? []).includes(step);
    node = next;
  }
  return { ok: true, text: render([kind, ...full].join('.'), node, required) };
}

function stepInto(node: SchemaNode, step: string): SchemaNode | undefined {
  if (node.properties !== undefined && Object.hasOwn(node.properties, step)) return node.properties[step];
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

function render(title: string, node: SchemaNode, required: boolean): string {
  const lines = [title, '', `  ${node.description ?? 'No description.'}`, ''];
  lines.push(`  Type:     ${typeWords(node)}`);
  lines.push(`  Required: ${required ? 'yes' : 'no'}`);
  const value = defaultWords(node);
  if (value !== undefined) lines.push(`  Default:  ${value}`);
  if (node.pattern !== undefined) lines.push(`  Pattern:  ${node.pattern}`);
  const inner = node.items ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : node);
  const children = Object.entries(inner.properties ?? {});
  if (children.length > 0) lines.push('', ...renderFields(inner, children));
  return `${lines.join('\n')}\n`;
}

function renderFields(owner: SchemaNode, children: readonly (readonly [string, SchemaNode])[]): string[] {
  const lines = ['FIELDS'];
  for (const [name, child] of children) {
    const required = (owner.required ?? []).includes(name) ? ', required' : '';
    lines.push(`  ${name}  <${typeWords(child)}${required}>`, `      ${child.description ?? 'No description.'}`);
  }
  return lines;
}

function typeWords(node: SchemaNode): string {
  if (node.const !== undefined) return `always ${JSON.stringify(node.const)}`;
  if (node.enum !== undefined) return `one of ${node.enum.map(String).join(', ')}`;
  switch (node.type) {
    case 'array':
      return `list of ${typeWords(node.items ?? {})}${range(node.minItems, node.maxItems)}`;
    case 'object':
      return typeof node.additionalProperties === 'object'
        ? `map of name to ${typeWords(node.additionalProperties)}`
        : 'map';
    case 'integer':
      return `whole number${range(node.minimum, node.maximum)}`;
    case 'number':
      return node.exclusiveMinimum === undefined
        ? `number${range(node.minimum, node.maximum)}`
        : `number (above ${node.exclusiveMinimum}, at most ${node.maximum ?? 'any'})`;
    case 'string':
      return `string${range(node.minLength, node.maxLength, ' characters')}`;
    default:
      return node.type ?? 'any';
  }
}

function range(from: number | undefined, to: number | undefined, unit = ''): string {
  if (from === undefined && to === undefined) return '';
  return ` (${from ?? 'any'} to ${to ?? 'any'}${unit})`;
}

/** A map that defaults to `{}` has the defaults of its fields, which stand there. */
function defaultWords(node: SchemaNode): string | undefined {
  if (node.default === undefined) return undefined;
  const text = JSON.stringify(node.default);
  return text === '{}' && node.properties !== undefined ? 'the defaults of its fields' : text;
}
