/** One hosted zone: complete reads, and writes through its single fenced writer. There may be only one of these per zone in a process. */
import type { Clock } from '../model/clock.ts';
import type { CallError } from '../model/errors.ts';
import type { CallBudgets } from './budget.ts';
import { type AwsClients, type CallTarget, ownCredentials } from './clients.ts';
import type { LeaseFence } from './fence.ts';
import { createMutex } from './mutex.ts';
import { incompleteAnswer } from './pages.ts';
import type { CallPurpose, R53, Route53Api, ZoneAccess, ZoneChange } from './ports.ts';
import { proofOf } from './role-proof.ts';
import { createTouchLog } from './scopes.ts';
import { createSharedReads } from './shared-reads.ts';
import { routeLimits } from './zone-batch.ts';
import { createChangeTracker } from './zone-changes.ts';
import { fenceName, parseFence, type StandingFence } from './zone-fence.ts';
import { canonicalName } from './zone-names.ts';
import { createZoneImage, type ZoneImage } from './zone-view.ts';
import { createZoneWriter } from './zone-writer.ts';

/** What of a Tier record access needs. */
export interface ZoneConfig {
  readonly id: string;
  readonly domain: string;
  /** Without one, the controller's own credentials reach the zone. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

export interface ZoneAccessDeps {
  readonly zone: ZoneConfig;
  readonly installation: string;
  readonly clients: AwsClients;
  readonly budgets: CallBudgets;
  readonly fence: LeaseFence;
  readonly clock: Clock;
  /** A short random id of letters and digits, different each time. */
  readonly randomId: () => string;
}

/** Where Route 53's control plane of a partition is signed for. */
const signingRegions: Readonly<Record<string, string>> = { 'aws-cn': 'cn-northwest-1', 'aws-us-gov': 'us-gov-west-1' };
const listPageSize = 300;
const pageCountLimit = 10_000;
const wholeZone = 'zone';
const keptImages = 8;

/** Creates access to one hosted zone. */
export function createZoneAccess(deps: ZoneAccessDeps): ZoneAccess {
  const { zone, clock, clients } = deps;
  const HostedZoneId = zone.id;
  const [, partition = 'aws', , , accountId = ''] = (zone.roleArn ?? '').split(':');
  const target: CallTarget = {
    roleArn: zone.roleArn ?? ownCredentials,
    externalId: zone.externalId,
    accountId,
    region: signingRegions[partition] ?? 'us-east-1',
  };
  const call = async <Op extends keyof Route53Api>(
    operation: Op,
    input: Parameters<Route53Api[Op]>[0] & object,
    purpose: CallPurpose,
    changeTokens = 0,
  ): Promise<Awaited<ReturnType<Route53Api[Op]>>> =>
    (await clients.call({ target, service: 'route53', operation, input, purpose, changeTokens })) as Awaited<
      ReturnType<Route53Api[Op]>
    >;

  const touches = createTouchLog();
  const writing = createMutex();
  let batches = 0;
  /** The latest images: a read that is still kept may not be the one that ended last. */
  let images: readonly ZoneImage[] = [];

  const listAll = async (purpose: CallPurpose): Promise<R53.ResourceRecordSet[]> => {
    const sets: R53.ResourceRecordSet[] = [];
    let from: Cursor = {};
    for (let page = 0; page < pageCountLimit; page++) {
      const answer = await call('listResourceRecordSets', { HostedZoneId, MaxItems: listPageSize, ...from }, purpose);
      if (answer.ResourceRecordSets === undefined) throw incomplete('a page without its list');
      sets.push(...answer.ResourceRecordSets);
      if (answer.IsTruncated !== true) return sets;
      const next = cursorOf(answer);
      if (JSON.stringify(next) === JSON.stringify(from)) throw incomplete('the same page again');
      from = next;
    }
    throw incomplete(`more than ${pageCountLimit} pages`);
  };

  /** Paging while writing mixes old and new: where a batch of ours came in between, the zone is read again with our writes held back. */
  const readZone = async (purpose: CallPurpose): Promise<ZoneImage> => {
    const before = batches;
    const at = clock.now();
    if (!writing.isHeld()) {
      const sets = await listAll(purpose);
      if (batches === before) return keep(createZoneImage(at, sets));
    }
    return writing.run(async () => {
      const begun = clock.now();
      return keep(createZoneImage(begun, await listAll(purpose)));
    });
  };
  const keep = (read: ZoneImage): ZoneImage => {
    images = [read, ...images].slice(0, keptImages);
    return read;
  };

  const reads = createSharedReads<ZoneImage>({
    clock,
    touches,
    call: { service: 'route53', operation: 'listResourceRecordSets' },
    maxBatch: 1,
    load: async (_keys, purpose) => new Map([[wholeZone, { value: await readZone(purpose) }]]),
    dependsOn: () => [wholeZone],
  });
  const limits = createSharedReads<{ readonly records: number; readonly quota: number }>({
    clock,
    touches,
    call: { service: 'route53', operation: 'getHostedZoneLimit' },
    maxBatch: 1,
    load: async (_keys, purpose) => {
      const answer = await call('getHostedZoneLimit', { HostedZoneId, Type: 'MAX_RRSETS_BY_ZONE' }, purpose);
      const quota = answer.Limit?.Value;
      const records = answer.Count;
      if (quota === undefined || records === undefined) throw incomplete('no limit or no count', 'getHostedZoneLimit');
      return new Map([['limit', { value: { records: Number(records), quota: Number(quota) } }]]);
    },
    dependsOn: () => [],
  });

  let fenceNamed: string | undefined;
  const nameOfFence = async (purpose: CallPurpose): Promise<string> => {
    if (fenceNamed !== undefined) return fenceNamed;
    const { HostedZone } = await call('getHostedZone', { Id: zone.id }, purpose);
    if (HostedZone?.Name === undefined) throw incomplete('no name of the zone', 'getHostedZone');
    fenceNamed = fenceName(deps.installation, HostedZone.Name);
    return fenceNamed;
  };
  const readFence = async (purpose: CallPurpose): Promise<StandingFence | undefined> => {
    const name = await nameOfFence(purpose);
    const start = { StartRecordName: `${name}.`, StartRecordType: 'TXT', MaxItems: 1 } as const;
    const answer = await call('listResourceRecordSets', { HostedZoneId, ...start }, purpose);
    if (answer.ResourceRecordSets === undefined) throw incomplete('a page without its list');
    const found = answer.ResourceRecordSets.find(
      (set) => set.Type === 'TXT' && canonicalName(set.Name ?? '') === canonicalName(name),
    );
    return found === undefined ? undefined : parseFence(found);
  };

  const changes = createChangeTracker({
    clock,
    status: async (Id) => (await call('getChange', { Id }, 'change')).ChangeInfo?.Status,
  });
  const writer = createZoneWriter({
    clock,
    randomId: deps.randomId,
    epoch: () => deps.fence.epoch,
    limits: () => ({
      ...routeLimits,
      elements: Math.min(routeLimits.elements, deps.budgets.largestDraw('route53:change')),
    }),
    fenceName: nameOfFence,
    readFence,
    send: async (batch, purpose) => {
      batches++;
      const ChangeBatch = { Comment: `cellwright ${deps.installation}`, Changes: batch.map(asSdkChange) };
      const input = { HostedZoneId, ChangeBatch };
      const answer = await call('changeResourceRecordSets', input, purpose, batch.length);
      return changes.made(answer.ChangeInfo?.Id);
    },
    exclusive: (work) => writing.run(work),
    applied: (batch) => {
      for (const image of images) image.apply(batch);
    },
    uncertain: () => touches.touch(wholeZone),
    lostChangeId: () => changes.lost(),
  });

  return {
    id: zone.id,
    domain: zone.domain,
    view: async (freshness, purpose = 'change') => (await reads.get(wholeZone, freshness, purpose)).view(),
    change: (wanted, purpose = 'change') => writer.change(wanted, purpose),
    insync: (changeId) => changes.insync(changeId),
    limit: (freshness) => limits.get('limit', freshness, 'sweep'),
    role: async ({ maxAgeMs }) =>
      target.roleArn === ownCredentials ? undefined : proofOf(clients, 'dns', target, maxAgeMs),
  };
}

interface Cursor {
  readonly StartRecordName?: string;
  readonly StartRecordType?: R53.RRType;
  readonly StartRecordIdentifier?: string;
}

function cursorOf(page: R53.ListResourceRecordSetsResponse): Cursor {
  if (page.NextRecordName === undefined) throw incomplete('a truncated page that names no next record');
  return {
    StartRecordName: page.NextRecordName,
    ...(page.NextRecordType === undefined ? {} : { StartRecordType: page.NextRecordType }),
    ...(page.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: page.NextRecordIdentifier }),
  };
}

function asSdkChange({ action, record }: ZoneChange): R53.Change {
  return { Action: action, ResourceRecordSet: record };
}

function incomplete(found: string, operation = 'listResourceRecordSets'): CallError {
  return incompleteAnswer({ service: 'route53', operation }, found);
}
