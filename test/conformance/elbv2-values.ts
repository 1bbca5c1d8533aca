import {
  type Action,
  CreateListenerCommand,
  type CreateListenerCommandInput,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  type CreateTargetGroupCommandInput,
  ModifyTargetGroupCommand,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbBehaviour } from './elbv2-behaviours.ts';
import { type Bench, notFound, outcome, ruleOn } from './elbv2-target.ts';

const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const header = (HttpHeaderName: string, ...Values: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});

const conditions: Readonly<Record<string, RuleCondition[]>> = {
  'an unknown field': [{ Field: 'cookie', Values: ['a'] }],
  'two conditions on the host': [host('a.example.com'), host('b.example.com')],
  'six values': [host('a.b', 'c.d', 'e.f'), path('/1', '/2', '/3')],
  'six wildcards': [path('/*/*', '/*/*', '/*/*')],
  'a host without a dot': [host('localhost')],
  'a host with an underscore': [host('a_b.example.com')],
  'a host of 129 characters': [host(`${'a'.repeat(125)}.com`)],
  'a path of 129 characters': [path(`/${'a'.repeat(128)}`)],
  'a path with a space': [path('/a b')],
  'values in both forms': [{ ...path('/a'), Values: ['/b'] }],
  'two plain values': [{ Field: 'path-pattern', Values: ['/a', '/b'] }],
  'plain values for a header': [{ Field: 'http-header', Values: ['a'] }],
  'a header without its configuration': [{ Field: 'http-header' }],
  'a header with a name of 41 characters': [header('h'.repeat(41), 'a')],
  'a header value of 129 characters': [header('x-a', 'a'.repeat(129))],
  'a method in small letters': [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['get'] } }],
  'no source address': [{ Field: 'source-ip', SourceIpConfig: { Values: [] } }],
  'what is no block of addresses': [{ Field: 'source-ip', SourceIpConfig: { Values: ['everywhere'] } }],
  'a query of 129 characters': [{ Field: 'query-string', QueryStringConfig: { Values: [{ Value: 'v'.repeat(129) }] } }],
};

const actions: Readonly<Record<string, Action[]>> = {
  'an unknown type': [{ Type: 'teleport' as Action['Type'] }],
  'a fixed response of 302': [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '302' } }],
  'a fixed response of an image': [
    { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'image/png' } },
  ],
  'two fixed responses': [
    { ...notFound, Order: 1 },
    { ...notFound, Order: 2 },
  ],
  'a redirect to where it came from': [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }],
  'a forward to nothing': [{ Type: 'forward' }],
};

const groups: Readonly<Record<string, Partial<CreateTargetGroupCommandInput>>> = {
  'a name of 33 characters': { Name: 'a'.repeat(33) },
  'a name with an underscore': { Name: 'a_b' },
  'a name that begins with a hyphen': { Name: '-a' },
  'a name that ends with a hyphen': { Name: 'a-' },
  'a name with two hyphens in a row': { Name: 'a--b' },
  'no protocol': { Protocol: undefined },
  'no port': { Port: undefined },
  'no VPC': { VpcId: undefined },
  'a VPC that is not there': { VpcId: 'vpc-00000000000000000' },
  'a protocol that there is not': { Protocol: 'FTP' as 'HTTP' },
  'an interval of 4 s': { HealthCheckIntervalSeconds: 4 },
  'a time-out as long as the interval': { HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 },
  'a time-out longer than the interval': { HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 20 },
  'a healthy threshold of 1': { HealthyThresholdCount: 1 },
  'a matcher of 500': { Matcher: { HttpCode: '500' } },
  'a path without a slash': { HealthCheckPath: 'healthz' },
};

const listeners: Readonly<Record<string, Partial<CreateListenerCommandInput>>> = {
  'no port': { Port: undefined },
  'no protocol': { Protocol: undefined },
  'the protocol of a Network Load Balancer': { Protocol: 'TCP' },
  'a protocol that there is not': { Protocol: 'FTP' as 'HTTP' },
  'TLS without a certificate': { Protocol: 'HTTPS', Port: 443 },
  'an action of an unknown type': { DefaultActions: [{ Type: 'teleport' as Action['Type'] }] },
};

const of = <T>(what: string, table: Readonly<Record<string, T>>, ask: (bench: Bench, value: T) => Promise<unknown>) =>
  Object.entries(table).map(
    ([name, value]): ElbBehaviour => ({
      name: `${what}: ${name}`,
      run: (bench) => ask(bench, value),
    }),
  );

/** Values that may be out of bounds. */
export const valueBehaviours: readonly ElbBehaviour[] = [
  ...of('condition', conditions, async (bench, Conditions) => {
    const input = ruleOn(await bench.listener(), 1, await bench.group());
    return outcome(bench.elb.send(new CreateRuleCommand({ ...input, Conditions })));
  }),
  ...of('action', actions, async (bench, Actions) => {
    const input = ruleOn(await bench.listener(), 1, await bench.group());
    return outcome(bench.elb.send(new CreateRuleCommand({ ...input, Actions })));
  }),
  ...of('priority', { 'below 1': 0, 'above 50,000': 50_001 }, async (bench, Priority) => {
    const input = ruleOn(await bench.listener(), 1, await bench.group());
    return outcome(bench.elb.send(new CreateRuleCommand({ ...input, Priority })));
  }),
  ...of('target group', groups, (bench, more) => outcome(bench.group(more))),
  {
    name: 'target group: health checks after a change',
    run: async (bench) => {
      const TargetGroupArn = await bench.group();
      const { TargetGroups } = await bench.elb.send(
        new ModifyTargetGroupCommand({ TargetGroupArn, HealthCheckPath: '/healthz', Matcher: { HttpCode: '200-299' } }),
      );
      return TargetGroups?.map((group) => [
        ...[group.HealthCheckPath, group.Matcher?.HttpCode, group.HealthCheckIntervalSeconds],
        ...[group.HealthCheckTimeoutSeconds, group.HealthyThresholdCount, group.UnhealthyThresholdCount],
      ]);
    },
  },
  ...of('listener', listeners, async (bench, more) => {
    const LoadBalancerArn = await bench.loadBalancer();
    const base: CreateListenerCommandInput = {
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [notFound],
    };
    const input = { ...base, ...more };
    return outcome(bench.elb.send(new CreateListenerCommand(input)));
  }),
  ...of(
    'load balancer',
    {
      'a subnet that is not there': { Subnets: ['subnet-00000000000000000', 'subnet-00000000000000001'] },
      'no subnet': { Subnets: [] },
      'an address type that there is not': { IpAddressType: 'ipv5' as 'ipv4' },
    },
    (bench, more) => {
      const input = { Name: `${bench.prefix}-lb`, Subnets: [...bench.subnets], ...more };
      return outcome(bench.elb.send(new CreateLoadBalancerCommand(input)));
    },
  ),
];
