import { describe, expect, it } from 'vitest';
import type { Ec2 } from '../../../src/aws/ports.ts';
import { marks } from '../../../src/model/names.ts';
import type { EndpointContext, GroupAccess, Observation } from '../../../src/reconcilers/contract.ts';
import { endpointAdoption } from '../../../src/reconcilers/endpoint/adopt.ts';
import { desiredEndpoint } from '../../../src/reconcilers/endpoint/desired.ts';
import type { LiveEndpoint } from '../../../src/reconcilers/endpoint/observe.ts';

const context: EndpointContext = {
  installation: 'abcdefghij',
  infraGroup: 'g1',
  network: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
  dependency: { name: 'orders', serviceName: 'service-1', privateDns: true },
  retired: [],
};

const endpoint = (VpcEndpointId: string, change: Partial<Ec2.VpcEndpoint> = {}): Ec2.VpcEndpoint => ({
  VpcEndpointId,
  VpcEndpointType: 'Interface',
  VpcId: 'vpc-1',
  ServiceName: 'service-1',
  State: 'Available',
  SubnetIds: ['subnet-1'],
  Groups: [{ GroupId: 'sg-1' }],
  PrivateDnsEnabled: true,
  Tags: [],
  ...change,
});

/** Answers with these endpoints, and has nothing else: what would be written or asked beside fails. */
const accessTo = (all: readonly Ec2.VpcEndpoint[]): GroupAccess =>
  ({ cell: { views: { interfaceEndpoints: async () => all } } }) as unknown as GroupAccess;

interface FindOptions {
  readonly observation?: Observation<LiveEndpoint>;
  readonly at?: EndpointContext;
  readonly dropped?: boolean;
}

function find(
  all: readonly Ec2.VpcEndpoint[],
  { observation = { state: 'absent' }, at = context, dropped = false }: FindOptions = {},
) {
  const desired = dropped ? ({ state: 'none' } as const) : desiredEndpoint(at);
  const ids = all.flatMap(({ VpcEndpointId }) => VpcEndpointId ?? []);
  return endpointAdoption.find(accessTo(all), at, { desired, observation, serves: true }, ids);
}

const tag = (key: string, value: string): Ec2.Tag => ({ Key: key, Value: value });
const entry = (arn: string) => ({ kind: 'endpoint', n: 1, name: 'g1--orders--1', arn }) as const;

describe('what of the named endpoints can be adopted', () => {
  it('is one to the same service in the same VPC, with all that is written to it', async () => {
    const found = await find([
      endpoint('vpce-1', { SubnetIds: ['subnet-2'], Tags: [tag('Name', 'theirs')] }),
      endpoint('vpce-2', { VpcId: 'vpc-2' }),
      endpoint('vpce-3', { ServiceName: 'service-2' }),
      endpoint('vpce-4', { State: 'Deleting' }),
    ]);
    expect(found).toMatchObject([{ arn: 'vpce-1', becomes: 'current' }]);
    expect(found[0]?.refusal).toBeUndefined();
    expect(found[0]?.fields.map(({ field }) => field)).toEqual(['AddSubnetIds', 'RemoveSubnetIds', 'Tags']);
    expect(found[0]?.fields.at(-1)).toMatchObject({ before: { Name: 'theirs' }, after: { [marks.infraGroup]: 'g1' } });
  });

  it('is only the first of two to the same service', async () => {
    const [first, second] = await find([endpoint('vpce-1'), endpoint('vpce-2')]);
    expect(first?.refusal).toBeUndefined();
    expect(second?.refusal).toContain('vpce-1, named as well, is taken over');
  });

  it.each<[string, Partial<Ec2.VpcEndpoint>, string]>([
    ['another installation', { Tags: [tag(marks.installation, 'zyxwvutsrq')] }, 'says zyxwvutsrq'],
    ['another infra group', { Tags: [tag(marks.installation, 'abcdefghij'), tag(marks.infraGroup, 'g2')] }, 'says g2'],
    ['an AWS service', { RequesterManaged: true }, 'an AWS service made it'],
    ['nobody any more', { State: 'Failed' }, 'it is failed and will never serve'],
  ])('is none of %s', async (_whose, change, refusal) => {
    const [found] = await find([endpoint('vpce-1', change)]);
    expect(found).toMatchObject({ arn: 'vpce-1', fields: [] });
    expect(found?.refusal).toContain(refusal);
  });

  it.each<[string, Observation<LiveEndpoint>, string | undefined]>([
    ['stands', { state: 'live', arn: 'vpce-0', live: {} as LiveEndpoint }, 'vpce-0 of the infra group stands already'],
    ['lost its mark', { state: 'unmarked', arn: 'vpce-0', found: 'lacks it' }, 'vpce-0 is the infra group'],
    ['is going', { state: 'ending', arn: 'vpce-0', found: 'is deleting' }, undefined],
    ['was not read', { state: 'unread' }, 'not known yet'],
  ])('depends upon ours where it %s', async (_how, observation, refusal) => {
    const [found] = await find([endpoint('vpce-1')], { observation });
    if (refusal === undefined) expect(found?.refusal).toBeUndefined();
    else expect(found?.refusal).toContain(refusal);
  });

  it('is the group’s own that lost its mark, and never one that bears it', async () => {
    const marked = [tag(marks.installation, 'abcdefghij'), tag(marks.infraGroup, 'g1')];
    const at = { ...context, resource: entry('vpce-1'), retired: [entry('vpce-2')] };
    const all = [endpoint('vpce-1'), endpoint('vpce-2', { ServiceName: 'service-0' })];
    const observation = { state: 'unmarked', arn: 'vpce-1', found: 'lacks it' } as const;
    expect(await find(all, { at, observation })).toMatchObject([{ becomes: 'current' }, { becomes: 'retired' }]);
    expect(
      await find(
        all.map((one) => ({ ...one, Tags: marked })),
        { at, observation },
      ),
    ).toEqual([]);
  });

  it('is nobody else’s where the dependency was dropped', async () => {
    const at = { ...context, resource: entry('vpce-1') };
    const found = await find([endpoint('vpce-1'), endpoint('vpce-2')], { at, dropped: true });
    expect(found).toMatchObject([{ arn: 'vpce-1', becomes: 'retired' }]);
  });
});
