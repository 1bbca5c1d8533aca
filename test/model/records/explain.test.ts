import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/model/records/explain.ts';
import type { SchemaNode } from '../../../src/model/records/json-schemas.ts';
import { publishedSchemas, recordJsonSchema } from '../../../src/model/records/json-schemas.ts';
import { kindOfWord, kinds } from '../../../src/model/records/kinds.ts';

const folder = new URL('../../../docs/schemas/', import.meta.url);

/** Every field of a schema, with its path. */
function fieldsOf(node: SchemaNode, path: string): [string, SchemaNode][] {
  const below = node.items ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : node);
  return Object.entries(below.properties ?? {}).flatMap(([name, child]) => [
    [`${path}.${name}`, child] as [string, SchemaNode],
    ...fieldsOf(child, `${path}.${name}`),
  ]);
}

describe('explain', () => {
  it('says what a field is, its type, range and default', () => {
    const outcome = explain('tier.service.healthCheck.intervalSeconds');
    const text = outcome.ok ? outcome.text : outcome.message;
    expect(text).toContain('Tier.spec.service.healthCheck.intervalSeconds');
    expect(text).toContain('whole number (5 to 300)');
    expect(text).toContain('Default:  30');
  });
  it('lists the fields below, and takes plurals, spec, indexes and any case', () => {
    for (const path of [
      'infra-groups',
      'InfraGroup',
      'infra-group.spec.quotas',
      'tier.dependencies[0]',
      'Tier.spec.zone',
    ]) {
      const outcome = explain(path);
      expect(outcome.ok && outcome.text.includes('FIELDS')).toBe(true);
    }
  });
  it('names what is there when it does not know', () => {
    expect(explain('pod')).toEqual({
      ok: false,
      message: 'There is no kind pod; the kinds are fleet, tier, cell, infra-group, tenant.',
    });
    const outcome = explain('tenant.replicas');
    expect(outcome.ok ? '' : outcome.message).toContain('placements');
    expect(explain('tenant.tier.x').ok).toBe(false);
    expect(explain('tenant.__proto__').ok).toBe(false);
  });
  it('has a sentence for every field of every kind', () => {
    for (const kind of kinds) {
      const all = fieldsOf(recordJsonSchema(kind), kind);
      expect(all.length).toBeGreaterThan(5);
      const silent = all.filter(([, node]) => !/^[A-Za-z1-9].*\.$/.test(node.description ?? '')).map(([path]) => path);
      expect(silent).toEqual([]);
      for (const [path] of all) expect(explain(path.replace(kind, kind.toLowerCase())).ok).toBe(path !== '');
    }
  });
  it('knows every word for a kind', () => {
    expect(['tenants', 'TIER', 'infra-groups', 'infragroup', 'fleet'].map(kindOfWord)).toEqual([
      'Tenant',
      'Tier',
      'InfraGroup',
      'InfraGroup',
      'Fleet',
    ]);
    expect(kindOfWord('pods')).toBeUndefined();
  });
});

describe('published schemas', () => {
  it('are current; `node scripts/write-schemas.mjs` writes them', () => {
    const schemas = publishedSchemas();
    expect(readdirSync(folder).sort()).toEqual(Object.keys(schemas).sort());
    for (const [file, schema] of Object.entries(schemas)) {
      expect(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
    }
  });
  it('mark what is never shown', () => {
    const text = JSON.stringify(recordJsonSchema('Tenant'));
    expect(text.match(/"writeOnly":true/g)).toHaveLength(2);
    expect(JSON.stringify(recordJsonSchema('Cell'))).toContain('"writeOnly":true');
  });
});
