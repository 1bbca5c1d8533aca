import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';
import { type Sim, startSim } from './sim.ts';
import { awsCli, describeBy } from './tools.ts';

const judged = 'identities, quotas, networks and paging of a simulated account';

describeBy(awsCli, judged)('the aws CLI in an account of the example fleet', () => {
  let sim: Sim;
  let home: AwsCli;
  let cell: AwsCli;

  beforeAll(async () => {
    sim = await startSim('--fleet', 'examples/fleet.yaml', '--time-scale', '60');
    home = AwsCli.of(sim.url, '000000000000');
    cell = AwsCli.of(sim.url, '111111111111');
  });
  afterAll(async () => {
    await sim?.program.end('SIGTERM');
  });

  const assume = (externalId: string): string[] => [
    ...['sts', 'assume-role', '--role-arn', 'arn:aws:iam::111111111111:role/cellwright/apply'],
    ...['--role-session-name', 'by-hand', '--external-id', externalId],
  ];

  it('is who its keys say, and whom a role lets it be', async () => {
    expect(await cell.json('sts', 'get-caller-identity')).toMatchObject({ Account: '111111111111' });
    const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = (
      await home.text('Credentials.[AccessKeyId, SecretAccessKey, SessionToken]', ...assume('cellwright-example'))
    ).split('\t');
    const session = home.as({ accessKeyId, secretAccessKey, sessionToken });
    expect(await session.json('sts', 'get-caller-identity')).toMatchObject({
      Account: '111111111111',
      Arn: 'arn:aws:sts::111111111111:assumed-role/apply/by-hand',
    });
    expect(await session.text('length(LoadBalancers)', 'elbv2', 'describe-load-balancers')).toBe('2');
    const forged = home.as({ accessKeyId, secretAccessKey, sessionToken: 'forged' });
    expect(await forged.refused('elbv2', 'describe-load-balancers')).toMatchObject({ code: 'InvalidClientTokenId' });
  });

  it('is refused a role by the wrong external id', async () => {
    expect(await home.refused(...assume('wrong'))).toMatchObject({ code: 'AccessDenied', operation: 'AssumeRole' });
  });

  it('reads quotas', async () => {
    const quota = (service: string, code: string): string[] => [
      ...['service-quotas', 'get-service-quota', '--service-code', service, '--quota-code', code],
    ];
    expect(Number(await cell.text('Quota.Value', ...quota('fargate', 'L-3032A538')))).toBe(4_000);
    expect(await cell.refused(...quota('fargate', 'L-00000000'))).toMatchObject({ code: 'NoSuchResourceException' });
    expect(
      await cell.text(
        "Quotas[?QuotaCode=='L-3032A538'].Value",
        'service-quotas',
        'list-service-quotas',
        '--service-code',
        'fargate',
      ),
    ).toMatch(/^4000(\.0)?$/);
  });

  it('describes the networks that the fleet file names, and only its own', async () => {
    expect(await cell.text('sort(Vpcs[].VpcId)', 'ec2', 'describe-vpcs')).toBe(
      'vpc-0a10000000000000\tvpc-0a20000000000000',
    );
    expect(
      await cell.text(
        'sort(Subnets[].SubnetId)',
        ...['ec2', 'describe-subnets', '--filters', 'Name=vpc-id,Values=vpc-0a10000000000000'],
      ),
    ).toBe('subnet-0a10000000000001\tsubnet-0a10000000000002');
    expect(
      await cell.text(
        'SecurityGroups[].VpcId',
        'ec2',
        'describe-security-groups',
        '--group-ids',
        'sg-0a10000000000000',
      ),
    ).toBe('vpc-0a10000000000000');
    expect(await home.text('Vpcs', 'ec2', 'describe-vpcs')).toBe('');
    expect(await cell.refused('ec2', 'describe-vpcs', '--vpc-ids', 'vpc-00000000000000000')).toMatchObject({
      code: 'InvalidVpcID.NotFound',
    });
  });

  it('does not know what the simulator does not do, by an error of AWS', async () => {
    const refusals = await Promise.all([
      cell.refused('ecs', 'list-attributes', '--target-type', 'container-instance'),
      cell.refused('elbv2', 'describe-trust-stores'),
      cell.refused('ec2', 'describe-volumes'),
      cell.refused('route53', 'list-traffic-policies'),
    ]);
    expect(refusals.map(({ code }) => code)).toEqual([
      'UnknownOperationException',
      'InvalidAction',
      'InvalidAction',
      'UnknownOperationException',
    ]);
  });

  it('lists page by page', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    await Promise.all(names.map((name) => cell.json('ecs', 'create-cluster', '--cluster-name', name)));
    const since = at(await calls(0));
    const arns = await cell.text('clusterArns[]', 'ecs', 'list-clusters', '--page-size', '2');
    expect(
      arns
        .split(/\s+/)
        .map((arn) => arn.split('/')[1])
        .sort(),
    ).toEqual([...names].sort());
    expect((await calls(since)).map(({ operation }) => operation)).toEqual([
      'ListClusters',
      'ListClusters',
      'ListClusters',
    ]);
    const first = await cell.json('ecs', 'list-clusters', '--max-items', '2');
    expect(first).toMatchObject({
      clusterArns: [expect.any(String), expect.any(String)],
      NextToken: expect.any(String),
    });
  });

  const calls = async (since: number): Promise<readonly { n: number; operation: string }[]> => {
    const response = await fetch(`${sim.url}/_sim/calls?since=${since}`);
    return (await response.json()) as { n: number; operation: string }[];
  };
  const at = (list: readonly { n: number }[]): number => list.at(-1)?.n ?? 0;
});
