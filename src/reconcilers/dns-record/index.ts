import type { ConditionUpdate } from '../../model/conditions.ts';
import type { Desired, DnsContext, Observation, Reconciler } from '../contract.ts';
import { recordAdoption } from './adopt.ts';
import { createRecords, retireRecords, updateRecords } from './apply.ts';
import { type DnsContent, desiredRecords } from './desired.ts';
import { diffRecords } from './diff.ts';
import { dnsRecordIam } from './iam.ts';
import { type LiveRecords, observeRecords, recordText } from './observe.ts';

/** DNS records: the weighted aliases of one load balancer under a tenant's or a tier's name. */
export const dnsRecord: Reconciler<DnsContent, LiveRecords, DnsContext> = {
  kind: 'dns_record',
  iam: dnsRecordIam,
  name: (context) => context.dns.host,
  desired: desiredRecords,
  observe: observeRecords,
  diff: diffRecords,
  needsSuccessor: () => false,
  create: createRecords,
  update: updateRecords,
  retire: retireRecords,
  adopt: recordAdoption,
  conditions: dnsReady,
  signals: (_context, observation) => ({ foreign: foreignOf(observation) }),
};

function foreignOf(observation: Observation<LiveRecords>): readonly string[] {
  if (observation.state === 'live') return observation.live.foreign.map(recordText);
  return observation.state === 'absent' ? (observation.foreign ?? []) : [];
}

function dnsReady(
  context: DnsContext,
  desired: Desired<DnsContent>,
  observation: Observation<LiveRecords>,
): readonly ConditionUpdate[] {
  const type = 'DnsReady';
  const foreign = foreignOf(observation);
  if (foreign.length > 0) {
    const message = `a record that is not ours stands under ${context.dns.host}: ${foreign.join(', ')}`;
    return [{ type, status: 'False', reason: 'ForeignRecord', message }];
  }
  if (desired.state === 'none') {
    return [
      { type, status: 'False', reason: 'Withdrawn', message: `no record of ours stands under ${context.dns.host}` },
    ];
  }
  if (observation.state !== 'live' || desired.state !== 'known') {
    const message = `${context.dns.host} is not published yet: that follows when the placement serves`;
    return [{ type, status: 'False', reason: 'NotPublished', message }];
  }
  const off = diffRecords(desired.value, observation.live);
  if (off.length === 0)
    return [{ type, status: 'True', reason: 'InPlace', message: `${context.dns.host} leads to the load balancer` }];
  return [
    {
      type,
      status: 'False',
      reason: 'Differs',
      message: `the record differs in ${off.map((change) => change.field).join(', ')}`,
    },
  ];
}
