import type { Invariant, Watch } from '../oracle.ts';

/**
 * 1. One owner. Whoever changes AWS holds the lease at that moment (what a dead leader had on the wire aside), and neither an item of the state table nor the fence of a zone ever goes
 * back to an earlier leader's epoch.
 */
export function oneOwner(watch: Watch): Invariant {
  const epochs = new Map<string, number>();
  const fences = new Map<string, number>();
  return {
    name: '1 one owner',
    before: ({ call, controller, mutating, late }) => {
      if (controller === undefined || !mutating || late || call.service.startsWith('dynamodb')) return;
      const lease = watch.truth.items().get('Lease/controller lease')?.attributes;
      const holder = typeof lease?.holder === 'string' ? lease.holder : '';
      // A lease item that somebody deleted is still believed in until it would have run out.
      if (lease !== undefined && holder.split('#')[0] !== controller) watch.violated(`the lease is ${holder}'s`);
    },
    after: ({ call, mutating }) => {
      if (!mutating) return;
      if (call.service === 'dynamodb') watchEpochs(watch, epochs);
      if (call.service === 'route53') watchFences(watch, fences);
    },
  };
}

function watchEpochs(watch: Watch, epochs: Map<string, number>): void {
  for (const [key, item] of watch.truth.items()) {
    const { epoch } = item.attributes;
    // A lease item that somebody deleted begins anew, above every epoch that the table bears.
    if (typeof epoch !== 'number') continue;
    if (epoch < (epochs.get(key) ?? 0)) watch.violated(`${key} went back from epoch ${epochs.get(key)} to ${epoch}`);
    epochs.set(key, epoch);
  }
}

function watchFences(watch: Watch, fences: Map<string, number>): void {
  for (const zone of watch.aws.truth.dns.zones.values()) {
    for (const { name, set } of zone.records.from('', Number.MAX_SAFE_INTEGER)) {
      if (!name.startsWith('_cellwright-')) continue;
      const [epoch = 0, sequence = 0] = (set.ResourceRecords?.[0]?.Value ?? '')
        .replaceAll('"', '')
        .split('/')
        .map(Number);
      const now = epoch * 1e9 + sequence;
      if (now < (fences.get(zone.id) ?? 0)) watch.violated(`the fence of ${zone.id} went back to ${epoch}/${sequence}`);
      fences.set(zone.id, now);
    }
  }
}
