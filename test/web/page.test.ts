import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../src/web/assets.ts';
import { attentionOf } from '../../src/web/attention.ts';
import { renderPage } from '../../src/web/page.ts';
import type { FleetSnapshot } from '../../src/web/snapshot-types.ts';
import { activity, before, condition, conditions, fleet, tenant } from './fleet.ts';

const everything = { phase: '', tier: '', text: '' };
const ready = { ok: true, state: 'leading', reasons: [] } as const;
const page = (snapshot: FleetSnapshot, filter = everything) => renderPage({ snapshot, ready, activity, filter });

describe('the page', () => {
  it('shows counts, what needs attention, healing, capacity and every tenant', () => {
    const text = page(fleet(60));
    expect(text).toContain('54 of 60');
    for (const heading of ['Needs attention', 'Healing', 'Changes and events', 'Capacity', 'Tenants'])
      expect(text).toContain(`<h2>${heading}`);
    for (const { name } of fleet(60).tenants) expect(text).toContain(`>${name}</a>`);
    expect(text).toContain('223.2 / 360');
    expect(text).toContain('quota unknown');
    expect(text).toContain('one more infra group in cell std-euw1-a: 90 more');
    expect(text).toContain('loss of std-euw1-a not carried');
    expect(text).toContain('TargetsHealthy: NoHealthyTarget');
  });

  it('loads nothing from elsewhere, and its policy allows just its own style and script', () => {
    const text = page(fleet(3));
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/ (?:style|on[a-z]+)="/);
    for (const tag of ['style', 'script']) {
      const inner = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(inner).digest('base64');
      expect(contentSecurityPolicy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(contentSecurityPolicy).not.toContain('unsafe');
  });

  it('escapes all that others wrote', () => {
    const evil = `"><script>alert('x')</script>&\u202e`;
    const base = fleet(1);
    const snapshot: FleetSnapshot = {
      ...base,
      tenants: [
        tenant(evil, {
          tier: evil,
          phase: evil,
          endpoint: evil,
          message: evil,
          conditions: [condition(evil, 'False', evil, evil)],
          placements: [{ id: evil, cell: evil, infraGroup: evil, slot: 1, phase: evil, records: [] }],
        }),
      ],
      orphans: [{ kind: evil, name: evil }],
      refused: [
        { kind: evil, name: evil, problems: [{ kind: evil, name: evil, field: evil, found: evil, expected: evil }] },
      ],
      cells: base.cells.map((cell) => ({ ...cell, name: evil, region: evil, phase: evil, state: evil })),
    };
    const change = {
      what: 'healed',
      at: before(1),
      object: evil,
      resource: 'service',
      name: evil,
      fields: [evil],
    } as const;
    const event = { what: 'event', at: before(1), object: evil, reason: evil, message: evil } as const;
    const text = renderPage({
      snapshot,
      ready: { ok: false, state: evil, reasons: [evil] },
      activity: { healing: [change], changes: [event] },
      filter: { phase: '', tier: '', text: evil.slice(0, 0) },
    });
    expect(text.split('<script>')).toHaveLength(2);
    expect(text).not.toContain('\u202e');
    expect(text).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;');
  });

  it('escapes what the reader looked for', () => {
    expect(page(fleet(3), { ...everything, text: '"><b>' })).toContain('value="&quot;&gt;&lt;b&gt;"');
  });

  it('shows the tenants that the reader asked for, and that none fits', () => {
    const text = page(fleet(60), { ...everything, phase: 'Degraded' });
    expect(text).toContain('>hooli-4</a>');
    expect(text).not.toContain('>acme-0</a>');
    expect(page(fleet(60), { ...everything, text: 'nobody' })).toContain('No tenant fits.');
  });

  it('stays small with ten thousand tenants', () => {
    const text = page({ ...fleet(0), tenants: Array.from({ length: 10_000 }, (_, n) => tenant(`t${n}`)) });
    expect(text).toContain('the first 500 of 10,000');
    expect(text.length).toBeLessThan(1_000_000);
  });

  it('says when the whole fleet is observed or paused, and when the process is not ready', () => {
    expect(page({ ...fleet(1), mode: 'observe' })).toContain('nothing is changed');
    const ill = { ok: false, state: 'loading', reasons: ['zone Z1 cannot be read'] };
    expect(renderPage({ snapshot: fleet(1), ready: ill, activity, filter: everything })).toContain(
      'zone Z1 cannot be read',
    );
  });

  it('of an empty fleet is still a page', () => {
    const empty: FleetSnapshot = { ...fleet(0), cells: [], infraGroups: [], tiers: [], orphans: [], refused: [] };
    const text = renderPage({ snapshot: empty, ready, activity: { healing: [], changes: [] }, filter: everything });
    expect(text).toContain('0 of 0');
    expect(text).toContain('No cell has a record yet.');
  });
});

describe('what needs attention', () => {
  const quiet: FleetSnapshot = { ...fleet(0), cells: [], infraGroups: [], tiers: [], orphans: [], refused: [] };
  const of = (snapshot: Partial<FleetSnapshot>) =>
    attentionOf({ ...quiet, ...snapshot }).map((item) => [item.severity, item.kind, item.name, item.reason]);

  it('is nothing where all serve as their records say, or are on their way', () => {
    const starting = tenant('b', {
      phase: 'Provisioning',
      unreadySince: before(60),
      conditions: conditions(condition('Synced', 'False', 'Applying'), condition('Ready', 'False', 'Applying')),
    });
    const stopped = tenant('c', { phase: 'Suspended', wanted: 'suspended' });
    expect(of({ tenants: [tenant('a'), starting, stopped] })).toEqual([]);
  });

  it('begins with outages, the oldest first', () => {
    const degraded = (name: string, since: number) =>
      tenant(name, {
        phase: 'Degraded',
        unreadySince: before(since),
        conditions: conditions(condition('Ready', 'False', 'NoHealthyTarget')),
      });
    const held = tenant('held', { conditions: conditions(condition('Synced', 'False', 'removal_budget')) });
    expect(of({ tenants: [held, degraded('late', 10), degraded('early', 500)] })).toEqual([
      ['critical', 'Tenant', 'early', 'NoHealthyTarget'],
      ['critical', 'Tenant', 'late', 'NoHealthyTarget'],
      ['warning', 'Tenant', 'held', 'removal_budget'],
    ]);
  });

  it('names a tenant that has been on its way too long', () => {
    const stuck = tenant('stuck', {
      phase: 'Provisioning',
      unreadySince: before(1_000),
      conditions: conditions(condition('Ready', 'False', 'TasksStarting')),
    });
    expect(of({ tenants: [stuck] })).toEqual([['warning', 'Tenant', 'stuck', 'TasksStarting']]);
  });

  it('names refused records, orphans and growth that found no room, though all serve', () => {
    const growth = tenant('grows', {
      refusal: 'Insufficient',
      conditions: conditions(condition('Placed', 'False', 'Unplaceable')),
    });
    const refused = [{ kind: 'Gadget', name: 'x', problems: [] }];
    expect(of({ tenants: [growth], orphans: [{ kind: 'Cell', name: 'c' }], refused })).toEqual([
      ['warning', 'Tenant', 'grows', 'Insufficient'],
      ['warning', 'Cell', 'c', 'Orphaned'],
      ['warning', 'Gadget', 'x', 'NotAccepted'],
    ]);
  });

  it('says of an account that cannot be entered once, not for each group in it', () => {
    const { cells, infraGroups } = fleet(0);
    expect(of({ cells, infraGroups })).toEqual([['critical', 'Cell', 'prm-use1-a', 'AccessDenied']]);
  });
});
