import type { IamConditions, IamNeed, IamScope } from '../../model/iam.ts';

const hostedZone = 'arn:{partition}:route53:::hostedzone/{zone}';

const zone: IamScope = {
  sid: 'Zone',
  resources: [hostedZone],
  words: "the tier's hosted zone",
};
const changes: IamScope = {
  sid: 'Changes',
  resources: ['arn:{partition}:route53:::change/*'],
  words: 'the progress of changes',
};
const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
const types = 'route53:ChangeResourceRecordSetsRecordTypes';

/**
 * A batch is judged by the sets of its names, types and actions; no key pairs a name with its type. So: only names of ours and the fence's, the fence among them, and an address among the types, as every
 * batch of the zone writer has it. What is left open is said in docs/explanation/iam.md.
 */
const batches = (addresses: readonly string[]): IamConditions => ({
  'ForAllValues:StringLike': { [names]: ['{fence}', '{recordName}'] },
  'ForAnyValue:StringEquals': { [names]: '{fence}', [types]: addresses },
  'ForAllValues:StringEquals': {
    [types]: [...addresses, 'TXT'],
    'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
  },
});
const records: readonly IamScope[] = [
  {
    sid: 'Records',
    resources: [hostedZone],
    when: batches(['A', 'AAAA']),
    words: "addresses under the tier's domain, in a batch that replaces the installation's fence",
  },
  {
    sid: 'AdoptRecords',
    resources: [hostedZone],
    when: batches(['A', 'AAAA', 'CNAME']),
    words: 'the same, with CNAME records of others that ours replace',
    adoption: true,
  },
];

export const dnsRecordIam: readonly IamNeed[] = [
  { action: 'route53:ListResourceRecordSets', role: 'dns', why: 'read the zone', on: [zone] },
  { action: 'route53:GetHostedZone', role: 'dns', why: "know the zone's name", on: [zone] },
  { action: 'route53:GetHostedZoneLimit', role: 'dns', why: 'know how many records the zone may hold', on: [zone] },
  { action: 'route53:ChangeResourceRecordSets', role: 'dns', why: 'publish, heal and withdraw records', on: records },
  { action: 'route53:GetChange', role: 'dns', why: 'wait until a change has reached every name server', on: [changes] },
];
