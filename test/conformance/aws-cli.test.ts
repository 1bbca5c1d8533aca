import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';
import { route, type Sim, startSim } from './sim.ts';
import { awsCli, describeBy } from './tools.ts';

// One tenant's chain in the first cell of the example fleet, made, changed and removed by hand; each test is the next link.

const listener =
  'arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/standard-a1/0a10000000000000/0a100000000000ff';
const zone = 'Z0STANDARD00000000001';
const host = 'hand.standard.example.com';
const vpc = 'vpc-0a10000000000000';
const network =
  'awsvpcConfiguration={subnets=[subnet-0a10000000000001,subnet-0a10000000000002],securityGroups=[sg-0a10000000000000],assignPublicIp=DISABLED}';
/** At 60 times the speed an hour of AWS's own latencies passes in a minute; the CLI itself needs a second. */
const patience = { timeout: 60_000, interval: 500 };

describeBy(awsCli, 'a tenant chain driven by hand against `cellwright sim`')('the aws CLI', () => {
  let sim: Sim;
  let cell: AwsCli;
  let dns: AwsCli;
  let targetGroup = '';
  let rule = '';
  let firstTask = '';

  beforeAll(async () => {
    sim = await startSim('--fleet', 'examples/fleet.yaml', '--time-scale', '60');
    cell = AwsCli.of(sim.url, '111111111111');
    dns = AwsCli.of(sim.url, '999999999999');
  });
  afterAll(async () => {
    await sim?.program.end('SIGTERM');
  });

  const container = (image: string): string =>
    JSON.stringify([
      {
        name: 'app',
        image,
        essential: true,
        portMappings: [{ containerPort: 8080 }],
        environment: [{ name: 'TENANT_ID', value: 'hand' }],
      },
    ]);
  const register = (image: string, cpu: string, memory: string): string[] => [
    ...['ecs', 'register-task-definition', '--family', 'hand', '--network-mode', 'awsvpc'],
    ...['--requires-compatibilities', 'FARGATE', '--cpu', cpu, '--memory', memory],
    ...['--container-definitions', container(image)],
  ];
  const createTargetGroup = (port: string): string[] => [
    ...['elbv2', 'create-target-group', '--name', 'hand', '--protocol', 'HTTP', '--port', port, '--vpc-id', vpc],
    ...['--target-type', 'ip', '--health-check-path', '/healthz', '--health-check-interval-seconds', '10'],
    ...['--healthy-threshold-count', '2'],
  ];
  const createRule = (name: string, priority: string): string[] => [
    ...['elbv2', 'create-rule', '--listener-arn', listener, '--priority', priority],
    ...['--conditions', `Field=host-header,Values=${name}`, '--actions', `Type=forward,TargetGroupArn=${targetGroup}`],
  ];
  const createService = (count: string): string[] => [
    ...['ecs', 'create-service', '--cluster', 'hand', '--service-name', 'hand', '--task-definition', 'hand:1'],
    ...['--desired-count', count, '--launch-type', 'FARGATE', '--network-configuration', network],
    ...['--load-balancers', `targetGroupArn=${targetGroup},containerName=app,containerPort=8080`],
  ];
  const service = (query: string): Promise<string> =>
    cell.text(`services[0].${query}`, 'ecs', 'describe-services', '--cluster', 'hand', '--services', 'hand');
  const change = async (action: string, weight: number): Promise<string[]> => {
    const balancer = await cell.text(
      'LoadBalancers[0].DNSName',
      ...['elbv2', 'describe-load-balancers', '--names', 'standard-a1'],
    );
    const AliasTarget = { HostedZoneId: 'Z35SXDOTRQ7X7K', DNSName: balancer, EvaluateTargetHealth: true };
    const ResourceRecordSet = { Name: host, Type: 'A', SetIdentifier: 'one', Weight: weight, AliasTarget };
    const batch = JSON.stringify({ Changes: [{ Action: action, ResourceRecordSet }] });
    return ['route53', 'change-resource-record-sets', '--hosted-zone-id', zone, '--change-batch', batch];
  };

  it('makes a cluster; making it again answers with the same one', async () => {
    const create = ['ecs', 'create-cluster', '--cluster-name', 'hand', '--tags', 'key=team,value=ops'];
    const arn = await cell.text('cluster.clusterArn', ...create);
    expect(arn).toBe('arn:aws:ecs:us-east-1:111111111111:cluster/hand');
    expect(await cell.text('cluster.clusterArn', ...create)).toBe(arn);
    expect(
      await cell.json('ecs', 'describe-clusters', '--clusters', 'hand', 'nobody', '--include', 'TAGS'),
    ).toMatchObject({
      clusters: [{ clusterArn: arn, status: 'ACTIVE', tags: [{ key: 'team', value: 'ops' }] }],
      failures: [{ reason: 'MISSING' }],
    });
  });

  it('registers a task definition; sizes that Fargate does not have are refused', async () => {
    expect(await cell.json(...register('registry.example.com/app:1', '256', '512'))).toMatchObject({
      taskDefinition: { family: 'hand', revision: 1, status: 'ACTIVE', cpu: '256', networkMode: 'awsvpc' },
    });
    expect(await cell.refused(...register('registry.example.com/app:1', '256', '8192'))).toMatchObject({
      code: 'ClientException',
      operation: 'RegisterTaskDefinition',
    });
    expect(await cell.refused('ecs', 'describe-task-definition', '--task-definition', 'hand:2')).toMatchObject({
      code: 'ClientException',
    });
  });

  it('makes a target group, whose name then stands for these settings only', async () => {
    targetGroup = await cell.text('TargetGroups[0].TargetGroupArn', ...createTargetGroup('8080'));
    expect(targetGroup).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup\/hand\/[0-9a-f]{16}$/,
    );
    expect(await cell.text('TargetGroups[0].TargetGroupArn', ...createTargetGroup('8080'))).toBe(targetGroup);
    expect(await cell.refused(...createTargetGroup('9090'))).toMatchObject({ code: 'DuplicateTargetGroupName' });
    await cell.json(
      ...['elbv2', 'modify-target-group-attributes', '--target-group-arn', targetGroup],
      ...['--attributes', 'Key=deregistration_delay.timeout_seconds,Value=20'],
    );
    expect(
      await cell.text(
        "Attributes[?Key=='deregistration_delay.timeout_seconds'].Value",
        ...['elbv2', 'describe-target-group-attributes', '--target-group-arn', targetGroup],
      ),
    ).toBe('20');
  });

  it('has no service behind a target group that no load balancer uses', async () => {
    expect(await cell.refused(...createService('1'))).toMatchObject({
      code: 'InvalidParameterException',
      operation: 'CreateService',
      message: expect.stringContaining('does not have an associated load balancer'),
    });
  });

  it('makes a rule; a priority is used once', async () => {
    rule = await cell.text('Rules[0].RuleArn', ...createRule(host, '10'));
    expect(await cell.refused(...createRule('other.standard.example.com', '10'))).toMatchObject({
      code: 'PriorityInUse',
    });
    // With a page size the CLI leaves paging to its user here.
    const rules = ['elbv2', 'describe-rules', '--listener-arn', listener, '--page-size', '1'];
    const [priority, marker = ''] = (await cell.text('[Rules[0].Priority, NextMarker]', ...rules)).split('\t');
    expect(priority).toBe('10');
    expect(await cell.text('[Rules[0].Priority, NextMarker]', ...rules, '--marker', marker)).toBe('default\tNone');
  });

  it('makes a service, whose task comes to run and to be healthy', async () => {
    expect(await cell.text('service.status', ...createService('1'))).toBe('ACTIVE');
    expect(await cell.refused(...createService('2'))).toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining('not idempotent'),
    });
    await expect.poll(() => service('runningCount'), patience).toBe('1');
    const health = ['elbv2', 'describe-target-health', '--target-group-arn', targetGroup];
    await expect
      .poll(() => cell.text('TargetHealthDescriptions[].TargetHealth.State', ...health), patience)
      .toBe('healthy');
    firstTask = await cell.text('taskArns[0]', 'ecs', 'list-tasks', '--cluster', 'hand', '--service-name', 'hand');
    expect(await cell.json('ecs', 'describe-tasks', '--cluster', 'hand', '--tasks', firstTask)).toMatchObject({
      tasks: [{ lastStatus: 'RUNNING', desiredStatus: 'RUNNING', group: 'service:hand' }],
    });
    await Promise.all([
      cell.json('ecs', 'wait', 'services-stable', '--cluster', 'hand', '--services', 'hand'),
      cell.json('ecs', 'wait', 'tasks-running', '--cluster', 'hand', '--tasks', firstTask),
      cell.json('elbv2', 'wait', 'target-in-service', '--target-group-arn', targetGroup),
    ]);
  });

  it('gives it a name, which is told everywhere once the change is INSYNC', async () => {
    const id = await dns.text('ChangeInfo.Id', ...(await change('CREATE', 10)));
    expect(id).toMatch(/^\/change\/C[0-9A-Z]+$/);
    expect(await dns.refused(...(await change('CREATE', 10)))).toMatchObject({
      code: 'InvalidChangeBatch',
      message: expect.stringContaining('already exists'),
    });
    await expect
      .poll(() => dns.text('ChangeInfo.Status', 'route53', 'get-change', '--id', id), patience)
      .toBe('INSYNC');
    await dns.json('route53', 'wait', 'resource-record-sets-changed', '--id', id);
    expect(
      await dns.text(
        "ResourceRecordSets[?Type=='A'].[Name, SetIdentifier, Weight]",
        ...['route53', 'list-resource-record-sets', '--hosted-zone-id', zone, '--page-size', '1'],
      ),
    ).toBe(`${host}.\tone\t10`);
    expect(await route(sim.url, host)).toMatchObject([
      { share: 1, account: '111111111111', status: 200, tenant: 'hand', task: firstTask },
    ]);
  });

  it('replaces the task of a service that is told another task definition', async () => {
    expect(await cell.text('taskDefinition.revision', ...register('registry.example.com/app:2', '256', '512'))).toBe(
      '2',
    );
    await cell.json('ecs', 'update-service', '--cluster', 'hand', '--service', 'hand', '--task-definition', 'hand:2');
    await expect
      .poll(() => service('[length(deployments), deployments[0].rolloutState]'), patience)
      .toBe('1\tCOMPLETED');
    expect(await service('taskDefinition')).toMatch(/task-definition\/hand:2$/);
    await expect
      .poll(
        async () => (await route(sim.url, host)).map((answer) => [answer.status, answer.task === firstTask]),
        patience,
      )
      .toEqual([[200, false]]);
  });

  it('refuses to remove what is in use, with the names that AWS has for it', async () => {
    const refusals = await Promise.all([
      cell.refused('elbv2', 'delete-target-group', '--target-group-arn', targetGroup),
      cell.refused('ecs', 'delete-cluster', '--cluster', 'hand'),
      cell.refused('ecs', 'delete-service', '--cluster', 'hand', '--service', 'hand'),
      dns.refused('route53', 'delete-hosted-zone', '--id', zone),
      dns.refused(...(await change('DELETE', 11))),
    ]);
    expect(refusals.map(({ operation, code }) => [operation, code])).toEqual([
      ['DeleteTargetGroup', 'ResourceInUse'],
      ['DeleteCluster', 'ClusterContainsServicesException'],
      ['DeleteService', 'InvalidParameterException'],
      ['DeleteHostedZone', 'HostedZoneNotEmpty'],
      ['ChangeResourceRecordSets', 'InvalidChangeBatch'],
    ]);
    expect(await cell.json('ecs', 'delete-task-definitions', '--task-definitions', 'hand:1')).toMatchObject({
      taskDefinitions: [],
      failures: [{ reason: expect.stringContaining('ACTIVE') }],
    });
  });

  it('names what is not there', async () => {
    const refusals = await Promise.all([
      cell.refused('ecs', 'update-service', '--cluster', 'hand', '--service', 'nobody', '--desired-count', '1'),
      cell.refused('ecs', 'list-services', '--cluster', 'nobody'),
      cell.refused('elbv2', 'describe-target-groups', '--names', 'nobody'),
      cell.refused('elbv2', 'delete-rule', '--rule-arn', `${rule.slice(0, -4)}ffff`),
      dns.refused('route53', 'get-change', '--id', 'C0NOBODY'),
      dns.refused('route53', 'list-resource-record-sets', '--hosted-zone-id', 'Z0NOBODY'),
    ]);
    expect(refusals.map(({ operation, code }) => [operation, code])).toEqual([
      ['UpdateService', 'ServiceNotFoundException'],
      ['ListServices', 'ClusterNotFoundException'],
      ['DescribeTargetGroups', 'TargetGroupNotFound'],
      ['DeleteRule', 'RuleNotFound'],
      ['GetChange', 'NoSuchChange'],
      ['ListResourceRecordSets', 'NoSuchHostedZone'],
    ]);
  });

  it('removes everything in the right order; what is gone stays INACTIVE or unknown', async () => {
    await dns.json(...(await change('DELETE', 10)));
    expect(await dns.refused(...(await change('DELETE', 10)))).toMatchObject({
      code: 'InvalidChangeBatch',
      message: expect.stringContaining('not found'),
    });
    await expect.poll(() => route(sim.url, host), patience).toEqual([]);
    await cell.json('elbv2', 'delete-rule', '--rule-arn', rule);
    const named = ['--cluster', 'hand', '--service', 'hand'];
    await cell.json('ecs', 'update-service', ...named, '--desired-count', '0');
    await expect.poll(() => service('runningCount'), patience).toBe('0');
    expect(await cell.text('service.status', 'ecs', 'delete-service', ...named)).toBe('DRAINING');
    await expect.poll(() => service('status'), patience).toBe('INACTIVE');
    await cell.json('ecs', 'wait', 'services-inactive', '--cluster', 'hand', '--services', 'hand');
    expect(await cell.refused('ecs', 'update-service', ...named, '--desired-count', '1')).toMatchObject({
      code: 'ServiceNotActiveException',
    });
    await cell.json('elbv2', 'delete-target-group', '--target-group-arn', targetGroup);
    expect(await cell.refused('elbv2', 'describe-target-groups', '--target-group-arns', targetGroup)).toMatchObject({
      code: 'TargetGroupNotFound',
    });
    for (const definition of ['hand:1', 'hand:2'])
      expect(
        await cell.text(
          'taskDefinition.status',
          ...['ecs', 'deregister-task-definition', '--task-definition', definition],
        ),
      ).toBe('INACTIVE');
    expect(
      await cell.text('taskDefinitions[].status', 'ecs', 'delete-task-definitions', '--task-definitions', 'hand:1'),
    ).toBe('DELETE_IN_PROGRESS');
    expect(await cell.text('cluster.status', 'ecs', 'delete-cluster', '--cluster', 'hand')).toBe('INACTIVE');
    expect(await cell.text('clusterArns', 'ecs', 'list-clusters')).toBe('');
    expect(await cell.refused(...createService('1'))).toMatchObject({ code: 'ClusterNotFoundException' });
  });
});
