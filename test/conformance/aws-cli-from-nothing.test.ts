import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';
import { advance, calledSince, route, type Sim, startSim } from './sim.ts';
import { awsCli, describeBy } from './tools.ts';

// A tenant's whole chain in an account with nothing in it: the ground is made by the CLI too. Each test is the next link. Time passes where
// `/_sim/advance` says so, so that what lasts (draining, tombstones) can be met on the way.

const host = 'app.hand.example.com';
const named = ['--cluster', 'hand', '--service', 'hand'];

describeBy(awsCli, 'a tenant chain and its ground, made, changed and removed by hand')(
  'the aws CLI from nothing',
  () => {
    let sim: Sim;
    let aws: AwsCli;
    const made = { vpc: '', subnets: [''], group: '', balancer: '', dnsName: '', dnsZone: '', listener: '', zone: '' };
    const chain = { targetGroup: '', rule: '', task: '' };

    beforeAll(async () => {
      sim = await startSim();
      aws = AwsCli.of(sim.url, '555555555555');
    });
    afterAll(async () => {
      await sim?.program.end('SIGTERM');
    });

    const pass = (seconds: number): Promise<void> => advance(sim.url, seconds);
    const answers = async (): Promise<unknown[]> => {
      return (await route(sim.url, host)).map(({ status, tenant, task }) => [status, tenant, task]);
    };
    const codes = async (...calls: (readonly string[])[]): Promise<string[][]> => {
      const refusals = await Promise.all(calls.map((args) => aws.refused(...args)));
      return refusals.map(({ operation, code }) => [operation, code]);
    };

    const register = (version: string): string[] => [
      ...['ecs', 'register-task-definition', '--family', 'hand', '--network-mode', 'awsvpc', '--cpu', '.25 vCPU'],
      ...['--memory', '0.5 GB', '--requires-compatibilities', 'FARGATE', '--container-definitions'],
      JSON.stringify([
        {
          name: 'app',
          image: `registry.example.com/app:${version}`,
          portMappings: [{ containerPort: 8080 }],
          environment: [{ name: 'TENANT_ID', value: 'hand' }],
        },
      ]),
    ];
    const createRule = (priority: string): string[] => [
      ...['elbv2', 'create-rule', '--listener-arn', made.listener, '--priority', priority, '--conditions'],
      ...[`Field=host-header,Values=${host}`, '--actions', `Type=forward,TargetGroupArn=${chain.targetGroup}`],
    ];
    const createService = (count: string): string[] => [
      ...['ecs', 'create-service', '--cluster', 'hand', '--service-name', 'hand', '--task-definition', 'hand'],
      ...['--desired-count', count, '--launch-type', 'FARGATE', '--network-configuration'],
      `awsvpcConfiguration={subnets=[${made.subnets.join(',')}],securityGroups=[${made.group}]}`,
      ...['--load-balancers', `targetGroupArn=${chain.targetGroup},containerName=app,containerPort=8080`],
    ];
    const update = (...change: string[]): string[] => ['ecs', 'update-service', ...named, ...change];
    const service = (query: string): Promise<string> =>
      aws.text(`services[0].${query}`, 'ecs', 'describe-services', '--cluster', 'hand', '--services', 'hand');
    const health = (): Promise<string> =>
      aws.text(
        'sort(TargetHealthDescriptions[].TargetHealth.State)',
        ...['elbv2', 'describe-target-health', '--target-group-arn', chain.targetGroup],
      );
    const change = (action: string, weight: number): string[] => {
      const AliasTarget = { HostedZoneId: made.dnsZone, DNSName: made.dnsName, EvaluateTargetHealth: false };
      const ResourceRecordSet = { Name: host, Type: 'A', SetIdentifier: 'one', Weight: weight, AliasTarget };
      const batch = JSON.stringify({ Changes: [{ Action: action, ResourceRecordSet }] });
      return ['route53', 'change-resource-record-sets', '--hosted-zone-id', made.zone, '--change-batch', batch];
    };

    it('makes the ground: network, load balancer, listener and zone', async () => {
      made.vpc = await aws.text('Vpc.VpcId', 'ec2', 'create-vpc', '--cidr-block', '10.9.0.0/16');
      const subnet = (zone: string, cidr: string): Promise<string> =>
        aws.text(
          'Subnet.SubnetId',
          ...['ec2', 'create-subnet', '--vpc-id', made.vpc, '--availability-zone', zone, '--cidr-block', cidr],
        );
      made.subnets = [await subnet('us-east-1a', '10.9.0.0/20'), await subnet('us-east-1b', '10.9.16.0/20')];
      const group = ['--group-name', 'tasks', '--description', 'tasks of hand', '--vpc-id', made.vpc];
      made.group = await aws.text('GroupId', 'ec2', 'create-security-group', ...group);
      const balancer = await aws.text(
        'LoadBalancers[0].[LoadBalancerArn, DNSName, CanonicalHostedZoneId, State.Code]',
        ...['elbv2', 'create-load-balancer', '--name', 'hand', '--scheme', 'internal', '--subnets', ...made.subnets],
        ...['--security-groups', made.group],
      );
      const [arn = '', dnsName = '', dnsZone = '', state] = balancer.split('\t');
      expect(state).toBe('provisioning');
      Object.assign(made, { balancer: arn, dnsName, dnsZone });
      made.listener = await aws.text(
        'Listeners[0].ListenerArn',
        ...['elbv2', 'create-listener', '--load-balancer-arn', arn, '--protocol', 'HTTP', '--port', '80'],
        ...['--default-actions', 'Type=fixed-response,FixedResponseConfig={StatusCode=404,ContentType=text/plain}'],
      );
      made.zone = await aws.text(
        'HostedZone.Id',
        ...['route53', 'create-hosted-zone', '--name', 'hand.example.com', '--caller-reference', 'one'],
      );
      await pass(400);
      await aws.json('elbv2', 'wait', 'load-balancer-available', '--load-balancer-arns', arn);
    });

    it('makes the chain, and waits with the waiters that AWS gives for it', async () => {
      await aws.json('ecs', 'create-cluster', '--cluster-name', 'hand');
      await aws.json(...register('1'));
      chain.targetGroup = await aws.text(
        'TargetGroups[0].TargetGroupArn',
        ...['elbv2', 'create-target-group', '--name', 'hand', '--protocol', 'HTTP', '--port', '8080'],
        ...['--vpc-id', made.vpc, '--target-type', 'ip', '--health-check-interval-seconds', '10'],
      );
      await pass(10);
      expect(await codes(createService('1'))).toEqual([['CreateService', 'InvalidParameterException']]);
      chain.rule = await aws.text('Rules[0].RuleArn', ...createRule('10'));
      expect(await codes(createRule('10'))).toEqual([['CreateRule', 'PriorityInUse']]);
      expect(await aws.text('service.status', ...createService('1'))).toBe('ACTIVE');
      expect(await codes(createService('2'))).toEqual([['CreateService', 'InvalidParameterException']]);
      const id = await aws.text('ChangeInfo.Id', ...change('CREATE', 10));
      await pass(300);
      await aws.json('ecs', 'wait', 'services-stable', '--cluster', 'hand', '--services', 'hand');
      await aws.json('elbv2', 'wait', 'target-in-service', '--target-group-arn', chain.targetGroup);
      await aws.json('route53', 'wait', 'resource-record-sets-changed', '--id', id);
      const listed = ['ecs', 'list-tasks', '--cluster', 'hand', '--service-name', 'hand'];
      chain.task = await aws.text('taskArns[0]', ...listed);
      await aws.json('ecs', 'wait', 'tasks-running', '--cluster', 'hand', '--tasks', chain.task);
      expect(await answers()).toEqual([[200, 'hand', chain.task]]);
    });

    it('describes every link as it was asked for, defaults filled in', async () => {
      expect(await aws.json('ecs', 'describe-task-definition', '--task-definition', 'hand')).toMatchObject({
        taskDefinition: {
          cpu: '256',
          memory: '512',
          containerDefinitions: [{ essential: true, portMappings: [{ hostPort: 8080, protocol: 'tcp' }] }],
        },
      });
      const clusters = ['ecs', 'describe-clusters', '--clusters', 'hand', 'nobody', '--include', 'STATISTICS'];
      expect(await aws.json(...clusters)).toMatchObject({
        clusters: [{ status: 'ACTIVE', activeServicesCount: 1, runningTasksCount: 1 }],
        failures: [{ reason: 'MISSING' }],
      });
      expect(await service('[status, runningCount, deployments[0].rolloutState]')).toBe('ACTIVE\t1\tCOMPLETED');
      expect(await service('deploymentConfiguration.[minimumHealthyPercent, maximumPercent]')).toBe('100\t200');
      expect(await aws.json('elbv2', 'describe-rules', '--rule-arns', chain.rule)).toMatchObject({
        Rules: [{ Priority: '10', Conditions: [{ Field: 'host-header', Values: [host] }] }],
      });
      expect(await aws.text('TargetGroups[].TargetGroupName', 'elbv2', 'describe-target-groups')).toBe('hand');
      expect(await health()).toBe('healthy');
    });

    it('reads the times that AWS writes, in each of its formats', async () => {
      const since = Date.now() - 3_600_000;
      const times = await Promise.all([
        service('createdAt'),
        aws.text('tasks[0].startedAt', 'ecs', 'describe-tasks', '--cluster', 'hand', '--tasks', chain.task),
        aws.text('LoadBalancers[0].CreatedTime', 'elbv2', 'describe-load-balancers'),
      ]);
      for (const time of times) {
        // Version 1 of the CLI shows ECS's times as the seconds that they are on the wire.
        const read = /^[\d.]+$/.test(time) ? Number(time) * 1_000 : Date.parse(time);
        expect(read).toBeGreaterThan(since);
        expect(read).toBeLessThan(Date.now() + 3_600_000);
      }
    });

    it('rolls out a new revision, and scales', async () => {
      expect(await aws.text('taskDefinition.revision', ...register('2'))).toBe('2');
      const shown = 'service.deployments[].status';
      expect(await aws.text(shown, ...update('--task-definition', 'hand:2', '--desired-count', '2'))).toBe(
        'PRIMARY\tACTIVE',
      );
      await pass(1_000);
      await aws.json('ecs', 'wait', 'services-stable', '--cluster', 'hand', '--services', 'hand');
      expect(await service('[runningCount, length(deployments), deployments[0].rolloutState]')).toBe('2\t1\tCOMPLETED');
      expect(await service('taskDefinition')).toMatch(/task-definition\/hand:2$/);
      await aws.json('ecs', 'wait', 'tasks-stopped', '--cluster', 'hand', '--tasks', chain.task);
      const deployments = ['ecs', 'list-service-deployments', ...named];
      expect(await aws.text('serviceDeployments[].status', ...deployments)).toBe('SUCCESSFUL\tSUCCESSFUL');
      expect(await answers()).toHaveLength(2);
      expect(await health()).toBe('healthy\thealthy');
    });

    it('changes the rule, the checks, the attributes and the weight', async () => {
      const values = `Field=host-header,HostHeaderConfig={Values=[${host},other.hand.example.com]}`;
      await aws.json('elbv2', 'modify-rule', '--rule-arn', chain.rule, '--conditions', values);
      const rules = ['elbv2', 'describe-rules', '--rule-arns', chain.rule];
      expect(await aws.text('Rules[0].Conditions[0].HostHeaderConfig.Values', ...rules)).toBe(
        `${host}\tother.hand.example.com`,
      );
      const group = ['--target-group-arn', chain.targetGroup];
      await aws.json(
        'elbv2',
        'modify-target-group',
        ...group,
        '--health-check-path',
        '/other',
        '--matcher',
        'HttpCode=204',
      );
      const groups = ['elbv2', 'describe-target-groups', '--names', 'hand'];
      expect(await aws.text('TargetGroups[0].[HealthCheckPath, Matcher.HttpCode]', ...groups)).toBe('/other\t204');
      const delay = 'Key=deregistration_delay.timeout_seconds,Value=3600';
      await aws.json('elbv2', 'modify-target-group-attributes', ...group, '--attributes', delay);
      await aws.json(...change('UPSERT', 20));
      await pass(300);
      const records = ['route53', 'list-resource-record-sets', '--hosted-zone-id', made.zone];
      expect(await aws.text("ResourceRecordSets[?Type=='A'].Weight", ...records)).toBe('20');
      expect(await answers()).toHaveLength(2);
    });

    it('lists page by page, with the flags that the CLI has for it', async () => {
      const { last } = await calledSince(sim.url, 0);
      const tasks = ['ecs', 'list-tasks', '--cluster', 'hand'];
      expect((await aws.text('taskArns[]', ...tasks, '--page-size', '1')).split(/\s+/)).toHaveLength(2);
      expect((await calledSince(sim.url, last)).operations).toEqual(['ListTasks', 'ListTasks']);
      const first = (await aws.json(...tasks, '--max-items', '1')) as { taskArns: string[]; NextToken: string };
      const rest = (await aws.json(...tasks, '--starting-token', first.NextToken)) as { taskArns: string[] };
      expect(first.taskArns).toHaveLength(1);
      expect(rest.taskArns).toHaveLength(1);
      expect(rest.taskArns).not.toEqual(first.taskArns);
      const definitions = ['ecs', 'list-task-definitions', '--family-prefix', 'hand', '--sort', 'DESC'];
      expect(await aws.text('taskDefinitionArns[0]', ...definitions, '--max-items', '1')).toContain('hand:2');
      const records = ['route53', 'list-resource-record-sets', '--hosted-zone-id', made.zone, '--page-size', '1'];
      expect((await aws.text('ResourceRecordSets[].Type', ...records)).split(/\s+/)).toEqual(['NS', 'SOA', 'A']);
    });

    it('is refused what comes in the wrong order', async () => {
      expect(
        await codes(
          ['elbv2', 'delete-target-group', '--target-group-arn', chain.targetGroup],
          ['ecs', 'delete-cluster', '--cluster', 'hand'],
          ['ecs', 'delete-service', ...named],
          ['route53', 'delete-hosted-zone', '--id', made.zone],
          change('DELETE', 10),
          change('CREATE', 20),
          ['ec2', 'delete-subnet', '--subnet-id', made.subnets[0] ?? ''],
          ['ec2', 'delete-security-group', '--group-id', made.group],
          ['ec2', 'delete-vpc', '--vpc-id', made.vpc],
        ),
      ).toEqual([
        ['DeleteTargetGroup', 'ResourceInUse'],
        ['DeleteCluster', 'ClusterContainsServicesException'],
        ['DeleteService', 'InvalidParameterException'],
        ['DeleteHostedZone', 'HostedZoneNotEmpty'],
        ['ChangeResourceRecordSets', 'InvalidChangeBatch'],
        ['ChangeResourceRecordSets', 'InvalidChangeBatch'],
        ['DeleteSubnet', 'DependencyViolation'],
        ['DeleteSecurityGroup', 'DependencyViolation'],
        ['DeleteVpc', 'DependencyViolation'],
      ]);
      await aws.json('ecs', 'deregister-task-definition', '--task-definition', 'hand:2');
      expect(
        await aws.text('failures[].reason', 'ecs', 'delete-task-definitions', '--task-definitions', 'hand:1'),
      ).toContain('ACTIVE');
      expect(await answers()).toHaveLength(2);
    });

    it('takes the name away, once', async () => {
      const id = await aws.text('ChangeInfo.Id', ...change('DELETE', 20));
      await pass(180);
      await aws.json('route53', 'wait', 'resource-record-sets-changed', '--id', id);
      expect(await aws.refused(...change('DELETE', 20))).toMatchObject({
        code: 'InvalidChangeBatch',
        message: expect.stringContaining('not found'),
      });
      expect(await answers()).toEqual([]);
    });

    it('ends the service by DRAINING, which takes as long as its targets need', async () => {
      await aws.json(...update('--desired-count', '0'));
      await pass(10);
      expect(await aws.text('service.status', 'ecs', 'delete-service', ...named)).toBe('DRAINING');
      expect(await aws.text('serviceArns', 'ecs', 'list-services', '--cluster', 'hand')).toBe('');
      expect(await service('status')).toBe('DRAINING');
      expect(await health()).toBe('draining\tdraining');
      expect(await aws.refused(...createService('1'), '--client-token', 'again')).toMatchObject({
        code: 'InvalidParameterException',
        message: expect.stringContaining('Unable to Start a service that is still Draining.'),
      });
      expect(await codes(update('--desired-count', '1'), ['ecs', 'delete-cluster', '--cluster', 'hand'])).toEqual([
        ['UpdateService', 'ServiceNotActiveException'],
        ['DeleteCluster', 'ClusterContainsTasksException'],
      ]);
      await pass(3_700);
      await aws.json('ecs', 'wait', 'services-inactive', '--cluster', 'hand', '--services', 'hand');
      expect(await codes(['ecs', 'delete-service', ...named])).toEqual([['DeleteService', 'ServiceNotFoundException']]);
    });

    it('removes the rest of the chain in its order; tombstones go in their time', async () => {
      await aws.json('elbv2', 'delete-rule', '--rule-arn', chain.rule);
      await pass(30);
      await aws.json('elbv2', 'delete-target-group', '--target-group-arn', chain.targetGroup);
      await aws.json('ecs', 'deregister-task-definition', '--task-definition', 'hand:1');
      const definitions = ['--task-definitions', 'hand:1', 'hand:2'];
      expect(await aws.text('taskDefinitions[].status', 'ecs', 'delete-task-definitions', ...definitions)).toBe(
        'DELETE_IN_PROGRESS\tDELETE_IN_PROGRESS',
      );
      expect(await aws.text('cluster.status', 'ecs', 'delete-cluster', '--cluster', 'hand')).toBe('INACTIVE');
      const clusters = ['ecs', 'describe-clusters', '--clusters', 'hand'];
      expect(await aws.text('clusters[].status', ...clusters)).toBe('INACTIVE');
      await pass(3_700);
      expect(await aws.text('failures[].reason', ...clusters)).toBe('MISSING');
      expect(await codes(['ecs', 'describe-task-definition', '--task-definition', 'hand:2'])).toEqual([
        ['DescribeTaskDefinition', 'ClientException'],
      ]);
    });

    it('removes the ground', async () => {
      await aws.json('elbv2', 'delete-listener', '--listener-arn', made.listener);
      await aws.json('elbv2', 'delete-load-balancer', '--load-balancer-arn', made.balancer);
      await aws.json('route53', 'delete-hosted-zone', '--id', made.zone);
      await pass(120);
      await aws.json('elbv2', 'wait', 'load-balancers-deleted', '--load-balancer-arns', made.balancer);
      for (const subnet of made.subnets) await aws.json('ec2', 'delete-subnet', '--subnet-id', subnet);
      await aws.json('ec2', 'delete-security-group', '--group-id', made.group);
      await aws.json('ec2', 'delete-vpc', '--vpc-id', made.vpc);
      expect(
        await codes(
          ['ec2', 'delete-vpc', '--vpc-id', made.vpc],
          ['route53', 'get-hosted-zone', '--id', made.zone],
          ['elbv2', 'describe-load-balancers', '--names', 'hand'],
        ),
      ).toEqual([
        ['DeleteVpc', 'InvalidVpcID.NotFound'],
        ['GetHostedZone', 'NoSuchHostedZone'],
        ['DescribeLoadBalancers', 'LoadBalancerNotFound'],
      ]);
    });
  },
);
