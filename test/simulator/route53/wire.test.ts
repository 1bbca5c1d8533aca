import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  InvalidChangeBatch,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from 'vitest';
import { account, createFixture, listenerArn, loadBalancerArn, ruleInput } from '../elbv2/fixture.ts';
import { clientsOf } from '../support/clients.ts';

const zoneId = 'Z0000000000000000001';

function createClients(rootErrorBody = false) {
  const { world } = createFixture({ latencyFactor: 0, rootErrorBody });
  world.route53.seedZone({ id: zoneId, name: 'example.com', account });
  return clientsOf(world);
}

test('the real client of ELBv2 makes a group and a rule, and reads them back', async () => {
  const { elbv2 } = createClients();
  const made = await elbv2.send(
    new CreateTargetGroupCommand({ Name: 'cw-acme', Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' }),
  );
  const group = made.TargetGroups?.[0]?.TargetGroupArn ?? '';
  await elbv2.send(
    new CreateRuleCommand({ ...ruleInput('acme.example.com', 7, group), Tags: [{ Key: 'a', Value: 'b' }] }),
  );
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
  expect(Rules?.map((rule) => [rule.Priority, rule.IsDefault])).toEqual([
    ['7', false],
    ['default', true],
  ]);
  expect(Rules?.[0]).toMatchObject({
    Actions: [{ ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }] } }],
    Conditions: [{ HostHeaderConfig: { Values: ['acme.example.com'] } }],
  });
  const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancerArn] }));
  expect(LoadBalancers?.[0]?.CreatedTime).toBeInstanceOf(Date);
  await expect(elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: group }))).rejects.toMatchObject({
    name: 'ResourceInUseException',
    $metadata: { httpStatusCode: 400 },
  });
  await expect(elbv2.send(new DescribeRulesCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
});

const changeRecords = (...Changes: Change[]) =>
  new ChangeResourceRecordSetsCommand({ HostedZoneId: `/hostedzone/${zoneId}`, ChangeBatch: { Changes } });

const AliasTarget = {
  HostedZoneId: 'Z35SXDOTRQ7X7K',
  DNSName: 'shared-1.us-east-1.elb.amazonaws.com',
  EvaluateTargetHealth: false,
};
const set = { Type: 'A' as const, SetIdentifier: 'cellwright/i/g/p', Weight: 0, AliasTarget };
const change: Change = { Action: 'CREATE', ResourceRecordSet: { ...set, Name: '*.example.com' } };

test('the real client of Route 53 changes records, and understands why a batch is refused', async () => {
  const { route53 } = createClients();
  const { ChangeInfo } = await route53.send(changeRecords(change));
  expect(ChangeInfo?.SubmittedAt).toBeInstanceOf(Date);
  const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }));
  expect(ResourceRecordSets?.find((one) => one.Type === 'A')).toEqual({
    ...set,
    Name: '\\052.example.com.',
    AliasTarget: { ...AliasTarget, DNSName: 'shared-1.us-east-1.elb.amazonaws.com.' },
  });
  const again = await route53.send(changeRecords(change)).catch((error: unknown) => error);
  expect(again).toBeInstanceOf(InvalidChangeBatch);
  expect(String((again as InvalidChangeBatch).message)).toContain('but it already exists');
  await expect(route53.send(new GetHostedZoneCommand({ Id: 'Z404' }))).rejects.toMatchObject({
    name: 'NoSuchHostedZone',
    $metadata: { httpStatusCode: 404 },
  });
});

test('in its other body InvalidChangeBatch reaches the real client without a name, with status 400', async () => {
  const { route53 } = createClients(true);
  await route53.send(changeRecords(change));
  await expect(route53.send(changeRecords(change))).rejects.toMatchObject({
    name: 'Unknown',
    $metadata: { httpStatusCode: 400 },
  });
});
