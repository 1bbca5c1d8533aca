import { marks, parsePlacementName, parseSetIdentifier } from '../../src/model/names.ts';
import type { PlacementInventory, ResourceKind, TenantInventory } from '../../src/model/resources.ts';
import type { AcceptedSpec, ObjectStatus } from '../../src/model/state.ts';
import type { StoredItem } from '../../src/simulator/dynamodb/item-store.ts';
import type { Value } from '../../src/simulator/dynamodb/values.ts';
import type { CompleteAws } from '../../src/simulator/index.ts';
import { homeAccount, installation, region } from './names.ts';

/** A resource that stands in AWS and bears our installation's mark (clusters and families: whose name does). */
export interface MarkedResource {
  readonly kind: ResourceKind;
  readonly arn: string;
  /** As the inventory names it. */
  readonly name: string;
  readonly placement: string;
}

/** An item of the state table. */
export interface StateItem {
  readonly pk: string;
  readonly sk: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A placement with the tenant that it is of. */
export interface OwnedPlacement {
  readonly tenant: string;
  readonly placement: PlacementInventory;
}

const parsed = new WeakMap<StoredItem, StateItem>();

/** The world as it is, past all APIs, caches and propagation. Reading it costs no call. */
export class TruthView {
  readonly #aws: CompleteAws;
  #items: { readonly at: number; readonly byKey: ReadonlyMap<string, StateItem> } | undefined;
  #writes = 0;

  constructor(aws: CompleteAws) {
    this.#aws = aws;
  }

  /** The state table was written: what was read of it is old. */
  tableWritten(): void {
    this.#writes += 1;
  }

  /** All items of the state table, by `pk sk`. */
  items(): ReadonlyMap<string, StateItem> {
    if (this.#items?.at === this.#writes) return this.#items.byKey;
    const byKey = new Map<string, StateItem>();
    for (const stored of this.#aws.truth.items({ account: homeAccount, region, tableName: 'state' })) {
      const item = parsed.get(stored) ?? readItem(stored);
      parsed.set(stored, item);
      byKey.set(`${item.pk} ${item.sk}`, item);
    }
    this.#items = { at: this.#writes, byKey };
    return byKey;
  }

  item<T>(pk: string, sk: string): T | undefined {
    return this.items().get(`${pk} ${sk}`)?.attributes.value as T | undefined;
  }

  spec(tenant: string): AcceptedSpec | undefined {
    return this.item<AcceptedSpec>(`Tenant/${tenant}`, 'spec');
  }

  status(tenant: string): ObjectStatus | undefined {
    return this.item<ObjectStatus>(`Tenant/${tenant}`, 'status');
  }

  /** All placements of all inventories, by id. */
  placements(): ReadonlyMap<string, OwnedPlacement> {
    const found = new Map<string, OwnedPlacement>();
    for (const item of this.items().values()) {
      if (item.sk !== 'inventory') continue;
      const tenant = item.pk.slice('Tenant/'.length);
      for (const placement of Object.values((item.attributes.value as TenantInventory).placements))
        found.set(placement.id, { tenant, placement });
    }
    return found;
  }

  /** Everything in AWS that bears our mark and has not ended. */
  marked(): readonly MarkedResource[] {
    return [...this.#markedEcs(), ...this.#markedElb(), ...this.#markedDns(), ...this.#markedScaling()];
  }

  /** Healthy targets of a target group that are running tasks. */
  healthy(targetGroupArn: string): number {
    const targets = this.#aws.truth.elb.targetGroups.get(targetGroupArn)?.targets.values() ?? [];
    return [...targets].filter((target) => target.state === 'healthy').length;
  }

  *#markedEcs(): Generator<MarkedResource> {
    for (const place of this.#aws.truth.ecs.regions.values()) {
      for (const family of place.families.values()) {
        const id = parsePlacementName(family.name);
        if (id?.installation !== installation) continue;
        for (const one of family.revisions.values()) {
          if (one.status !== 'ACTIVE') continue;
          yield { kind: 'task_definition', arn: one.arn, name: family.name, placement: id.placement };
        }
      }
      for (const cluster of place.clusters.values()) {
        const placement = ours(cluster.tags);
        if (placement !== undefined && cluster.status === 'ACTIVE')
          yield { kind: 'cluster', arn: cluster.arn, name: cluster.name, placement };
        for (const service of cluster.services.values()) {
          const owner = ours(service.tags);
          if (owner !== undefined && service.status !== 'INACTIVE')
            yield { kind: 'service', arn: service.arn, name: service.name, placement: owner };
        }
      }
    }
  }

  *#markedElb(): Generator<MarkedResource> {
    const { elb } = this.#aws.truth;
    for (const group of elb.targetGroups.values()) {
      const placement = ours(group.tags);
      if (placement !== undefined) yield { kind: 'target_group', arn: group.arn, name: group.name, placement };
    }
    for (const rule of elb.rules.values()) {
      const placement = ours(rule.tags);
      if (placement !== undefined)
        yield { kind: 'listener_rule', arn: rule.arn, name: String(rule.priority), placement };
    }
  }

  *#markedScaling(): Generator<MarkedResource> {
    for (const place of this.#aws.truth.scaling.regions.values()) {
      for (const target of place.targets.values()) {
        const placement = ours(target.tags);
        if (placement !== undefined) yield { kind: 'scaling', arn: target.arn, name: target.resourceId, placement };
      }
    }
  }

  *#markedDns(): Generator<MarkedResource> {
    for (const zone of this.#aws.truth.dns.zones.values()) {
      for (const { name, set } of zone.records.from('', Number.MAX_SAFE_INTEGER)) {
        const id = parseSetIdentifier(set.SetIdentifier ?? '');
        if (id?.installation !== installation || set.Type !== 'A') continue;
        const arn = `${zone.id}/${name}/${set.SetIdentifier ?? ''}`;
        yield { kind: 'dns_record', arn, name: name.replace(/\.$/, ''), placement: id.placement };
      }
    }
  }
}

function ours(tags: ReadonlyMap<string, string>): string | undefined {
  return tags.get(marks.installation) === installation ? (tags.get(marks.placement) ?? '') : undefined;
}

function readItem(stored: StoredItem): StateItem {
  const { pk, sk, ...attributes } = plainMap(stored.attributes);
  return { pk: String(pk), sk: String(sk), attributes };
}

function plainMap(fields: ReadonlyMap<string, Value>): Record<string, unknown> {
  return Object.fromEntries([...fields].map(([name, value]) => [name, plain(value)]));
}

function plain(value: Value): unknown {
  switch (value.kind) {
    case 'S':
      return value.text;
    case 'N':
      return Number(value.text);
    case 'BOOL':
      return value.flag;
    case 'M':
      return plainMap(value.fields);
    case 'L':
      return value.items.map(plain);
    default:
      return null;
  }
}
