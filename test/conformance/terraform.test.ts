import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListClustersCommand, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientsOf } from '../simulator/support/clients.ts';
import { route, type Sim, startSim } from './sim.ts';
import { describeIn, type TerraformRun, workspaceIfAny } from './terraform.ts';

// Terraform makes a network, a load balancer, services and names (terraform/main.tf), finds no differences, changes and removes them. Each test is
// the next step. Most of the time Terraform itself waits: it looks every ten seconds or more.

const account = '111111111111';
const workspace = workspaceIfAny('a network, a load balancer, services and names against `cellwright sim`');
/** At 60 times the speed the longest of AWS's own latencies passes in five seconds. */
const timeScale = '60';
const stepMs = 600_000;

/** What the update step changes: see terraform/variables.tf. */
const second = {
  owner: 'second',
  rule_description: 'the load balancer and nobody else',
  last_operator_port: '9010',
  idle_timeout: '120',
  health_check_path: '/ready',
  weight: '30',
  image_tag: '2',
  desired_count: '2',
};
const changed = Object.entries(second).map(([name, value]) => `-var=${name}=${value}`);

describeIn(workspace)('Terraform with hashicorp/aws', () => {
  let sim: Sim;

  beforeAll(async () => {
    sim = await startSim('--time-scale', timeScale);
  });
  afterAll(async () => {
    await sim?.program.end('SIGTERM');
    workspace?.remove();
  });

  const terraform = async (...args: string[]): Promise<TerraformRun> => {
    const run = await workspace?.run(sim.url, account, ...args);
    if (run === undefined) throw new Error('there is no workspace');
    return run;
  };
  const succeeds = async (...args: string[]): Promise<string> => {
    const { code, output } = await terraform(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${output.slice(-4_000)}`);
    return output;
  };
  /** 0: no differences; 2: some. */
  const differences = async (...vars: string[]): Promise<string> => {
    const { code, output } = await terraform('plan', '-detailed-exitcode', ...vars);
    return code === 0 ? 'none' : `${code}:\n${output.slice(-4_000)}`;
  };

  it('creates everything', { timeout: stepMs }, async () => {
    expect(await succeeds('apply', '-auto-approve')).toMatch(/Apply complete! Resources: 28 added/);
  });

  it('finds no differences afterwards', { timeout: stepMs }, async () => {
    expect(await differences()).toBe('none');
  });

  it('has built what answers requests', async () => {
    const answers = () => route(sim.url, 't.judged.example.com');
    await expect
      .poll(async () => (await answers()).map((answer) => [answer.share, answer.account, answer.status]), {
        timeout: 30_000,
        interval: 500,
      })
      .toEqual([[1, account, 200]]);
  });

  it('changes what the second set of variables changes, in place', { timeout: stepMs }, async () => {
    const output = await succeeds('apply', '-auto-approve', ...changed);
    // Only a task definition is replaced: its revisions cannot be changed.
    expect(output).toMatch(/Apply complete! Resources: 1 added, \d+ changed, 1 destroyed/);
  });

  it('finds no differences after the change', { timeout: stepMs }, async () => {
    expect(await differences(...changed)).toBe('none');
  });

  it('destroys everything', { timeout: stepMs }, async () => {
    expect(await succeeds('destroy', '-auto-approve', ...changed)).toMatch(/Destroy complete! Resources: 28 destroyed/);
  });

  it('leaves nothing behind', async () => {
    const { ec2, ecs, elbv2, route53 } = clientsOf(undefined, { accessKeyId: account, endpoint: sim.url });
    const endpoints = (await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints ?? [];
    const left = {
      vpcs: (await ec2.send(new DescribeVpcsCommand({}))).Vpcs,
      subnets: (await ec2.send(new DescribeSubnetsCommand({}))).Subnets,
      groups: (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups,
      interfaces: (await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces,
      // AWS shows deleted endpoints for a while.
      endpoints: endpoints.filter((endpoint) => String(endpoint.State) !== 'deleted'),
      loadBalancers: (await elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers,
      targetGroups: (await elbv2.send(new DescribeTargetGroupsCommand({}))).TargetGroups,
      // Deleted clusters and deregistered task definitions are INACTIVE, and in neither list.
      clusters: (await ecs.send(new ListClustersCommand({}))).clusterArns,
      taskDefinitions: (await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }))).taskDefinitionArns,
      zones: (await route53.send(new ListHostedZonesCommand({}))).HostedZones,
    };
    expect(Object.entries(left).filter(([, found]) => found === undefined || found.length > 0)).toEqual([]);
  });
});
