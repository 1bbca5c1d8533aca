import { describe, expect, it } from 'vitest';
import type { SmallWorld } from './world.ts';
import { smallWorld } from './world.ts';

const tags = { key: 'owner', value: 'a' };
const Tags = [{ Key: 'owner', Value: 'a' }];
const given = { 'aws:RequestTag/owner': 'a', 'aws:TagKeys': ['owner'] };
const ecs = 'arn:aws:ecs:us-east-1:111111111111:';
const elb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:';
const ec2 = 'arn:aws:ec2:us-east-1:111111111111:';
const scaling = 'arn:aws:application-autoscaling:us-east-1:111111111111:';
const table = 'arn:aws:dynamodb:us-east-1:111111111111:table/one';

/** Action and resource of all that a call asks for. */
function what(world: SmallWorld, ...call: Parameters<SmallWorld['asked']>): readonly string[] {
  return world.asked(...call).map(({ action, resource }) => `${action} ${resource}`);
}

describe('ECS', () => {
  it('creating asks for the tags’ own action as well, and for AWS’s own role until it is there', () => {
    const world = smallWorld();
    const create = ['ecs', 'CreateCluster', { clusterName: 'one', tags: [tags] }] as const;
    expect(what(world, ...create)).toEqual([
      `ecs:CreateCluster ${ecs}cluster/one`,
      `ecs:TagResource ${ecs}cluster/one`,
      'iam:CreateServiceLinkedRole arn:aws:iam::111111111111:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
    ]);
    const [own, tagging] = world.asked(...create);
    expect(own?.context).toMatchObject(given);
    expect(own?.context).not.toHaveProperty('ecs:CreateAction');
    expect(tagging?.context).toMatchObject({ ...given, 'ecs:CreateAction': 'CreateCluster' });
    expect(what(world, 'ecs', 'CreateCluster', { clusterName: 'one' })).not.toContain(
      `ecs:TagResource ${ecs}cluster/one`,
    );
  });

  it('knows the tags of what is there, as aws:ResourceTag and as its own key', () => {
    const world = smallWorld();
    world.call('ecs', 'CreateCluster', { clusterName: 'one', tags: [tags] });
    for (const cluster of ['one', `${ecs}cluster/one`]) {
      expect(world.asked('ecs', 'DeleteCluster', { cluster })).toEqual([
        expect.objectContaining({
          action: 'ecs:DeleteCluster',
          resource: `${ecs}cluster/one`,
          context: expect.objectContaining({ 'aws:ResourceTag/owner': 'a', 'ecs:ResourceTag/owner': 'a' }) as object,
        }),
      ]);
    }
    expect(world.asked('ecs', 'DeleteCluster', { cluster: 'two' })[0]?.context).not.toHaveProperty(
      'aws:ResourceTag/owner',
    );
  });

  it('a service is named within its cluster, which is a key of its own', () => {
    const world = smallWorld();
    const input = { cluster: 'one', serviceName: 'web', tags: [tags] };
    expect(what(world, 'ecs', 'CreateService', input)).toEqual([
      `ecs:CreateService ${ecs}service/one/web`,
      `ecs:TagResource ${ecs}service/one/web`,
    ]);
    expect(world.asked('ecs', 'CreateService', input)[0]?.context).toMatchObject({
      'ecs:cluster': `${ecs}cluster/one`,
    });
    expect(world.asked('ecs', 'ListServices', { cluster: 'one' })).toMatchObject([
      { action: 'ecs:ListServices', resource: '*', context: { 'ecs:cluster': `${ecs}cluster/one` } },
    ]);
    expect(what(world, 'ecs', 'DescribeServices', { cluster: 'one', services: ['a', `${ecs}service/one/b`] })).toEqual([
      `ecs:DescribeServices ${ecs}service/one/a`,
      `ecs:DescribeServices ${ecs}service/one/b`,
    ]);
  });

  it('a task definition passes its roles, each once, to tasks', () => {
    const role = 'arn:aws:iam::111111111111:role/task';
    const input = { family: 'f', tags: [tags], taskRoleArn: role, executionRoleArn: 'execution' };
    const world = smallWorld();
    expect(what(world, 'ecs', 'RegisterTaskDefinition', input)).toEqual([
      'ecs:RegisterTaskDefinition *',
      `ecs:TagResource ${ecs}task-definition/f`,
      `iam:PassRole ${role}`,
      'iam:PassRole arn:aws:iam::111111111111:role/execution',
    ]);
    expect(world.asked('ecs', 'RegisterTaskDefinition', input)[2]?.context).toMatchObject({
      'iam:PassedToService': 'ecs-tasks.amazonaws.com',
    });
    expect(what(world, 'ecs', 'RegisterTaskDefinition', { ...input, executionRoleArn: role })).toHaveLength(3);
  });
});

describe('Elastic Load Balancing', () => {
  const listener = `${elb}listener/app/lb/1/2`;

  it('a rule is created on its listener, and tagged as a rule of it', () => {
    const world = smallWorld();
    const asked = world.asked('elbv2', 'CreateRule', { ListenerArn: listener, Tags });
    expect(asked).toMatchObject([
      { action: 'elasticloadbalancing:CreateRule', resource: listener, context: given },
      {
        action: 'elasticloadbalancing:AddTags',
        resource: `${elb}listener-rule/app/lb/1/2/*`,
        context: { ...given, 'elasticloadbalancing:CreateAction': 'CreateRule' },
      },
    ]);
  });

  it('a target group has a name and no id before it is there; then its tags are known', () => {
    const world = smallWorld();
    const input = { Name: 'one', TargetType: 'ip', Protocol: 'HTTP', Port: 80, VpcId: world.vpcId, Tags };
    expect(what(world, 'elbv2', 'CreateTargetGroup', input)).toEqual([
      `elasticloadbalancing:CreateTargetGroup ${elb}targetgroup/one/*`,
      `elasticloadbalancing:AddTags ${elb}targetgroup/one/*`,
    ]);
    const made = world.call('elbv2', 'CreateTargetGroup', input) as { TargetGroups: { TargetGroupArn: string }[] };
    const TargetGroupArn = made.TargetGroups[0]?.TargetGroupArn ?? '';
    expect(world.asked('elbv2', 'DeleteTargetGroup', { TargetGroupArn })).toMatchObject([
      {
        resource: TargetGroupArn,
        context: { 'aws:ResourceTag/owner': 'a', 'elasticloadbalancing:ResourceTag/owner': 'a' },
      },
    ]);
  });

  it('priorities are set rule by rule, and have no condition keys of rules', () => {
    const RulePriorities = ['a', 'b'].map((id, at) => ({
      RuleArn: `${elb}listener-rule/app/lb/1/2/${id}`,
      Priority: at,
    }));
    expect(what(smallWorld(), 'elbv2', 'SetRulePriorities', { RulePriorities })).toEqual([
      `elasticloadbalancing:SetRulePriorities ${elb}listener-rule/app/lb/1/2/a`,
      `elasticloadbalancing:SetRulePriorities ${elb}listener-rule/app/lb/1/2/b`,
    ]);
  });
});

describe('EC2', () => {
  it('an endpoint is asked for on the VPC, each subnet and security group, and itself', () => {
    const world = smallWorld();
    const input = {
      VpcId: 'vpc-1',
      SubnetIds: ['subnet-1', 'subnet-2'],
      SecurityGroupIds: ['sg-1'],
      ServiceName: 'com.amazonaws.us-east-1.logs',
      PrivateDnsEnabled: true,
      TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags }],
    };
    expect(what(world, 'ec2', 'CreateVpcEndpoint', input)).toEqual([
      `ec2:CreateVpcEndpoint ${ec2}vpc/vpc-1`,
      `ec2:CreateVpcEndpoint ${ec2}vpc-endpoint/*`,
      `ec2:CreateVpcEndpoint ${ec2}subnet/subnet-1`,
      `ec2:CreateVpcEndpoint ${ec2}subnet/subnet-2`,
      `ec2:CreateVpcEndpoint ${ec2}security-group/sg-1`,
      `ec2:CreateTags ${ec2}vpc-endpoint/*`,
      'route53:AssociateVPCWithHostedZone *',
    ]);
    const tagging = world.asked('ec2', 'CreateVpcEndpoint', input).find(({ action }) => action === 'ec2:CreateTags');
    expect(tagging?.context).toMatchObject({ ...given, 'ec2:CreateAction': 'CreateVpcEndpoint' });
  });

  it('tags are asked for on each resource, by the kind that its id tells', () => {
    expect(what(smallWorld(), 'ec2', 'CreateTags', { Resources: ['vpce-1', 'vpc-1'], Tags })).toEqual([
      `ec2:CreateTags ${ec2}vpc-endpoint/vpce-1`,
      `ec2:CreateTags ${ec2}vpc/vpc-1`,
    ]);
  });
});

describe('Application Auto Scaling', () => {
  it('registering asks for what the service does: in ECS, in CloudWatch, and for AWS’s own role', () => {
    const input = {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: 'service/one/web',
      Tags: { owner: 'a' },
    };
    const world = smallWorld();
    expect(what(world, 'application-autoscaling', 'RegisterScalableTarget', input)).toEqual([
      `application-autoscaling:RegisterScalableTarget ${scaling}scalable-target/*`,
      `application-autoscaling:TagResource ${scaling}scalable-target/*`,
      'iam:CreateServiceLinkedRole arn:aws:iam::111111111111:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
      `ecs:DescribeServices ${ecs}service/one/web`,
      `ecs:UpdateService ${ecs}service/one/web`,
      'cloudwatch:PutMetricAlarm arn:aws:cloudwatch:us-east-1:111111111111:alarm:*',
      'cloudwatch:DescribeAlarms arn:aws:cloudwatch:us-east-1:111111111111:alarm:*',
      'cloudwatch:DeleteAlarms arn:aws:cloudwatch:us-east-1:111111111111:alarm:*',
    ]);
    const [own] = world.asked('application-autoscaling', 'RegisterScalableTarget', input);
    expect(own?.context).toMatchObject({
      ...given,
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    });
  });
});

describe('DynamoDB', () => {
  const text = (S: string) => ({ S });

  it('knows the partition keys that a call names, and none where it names none', () => {
    const world = smallWorld();
    const keysOf = (operation: string, input: object): unknown =>
      world.asked('dynamodb', operation, { TableName: 'one', ...input })[0]?.context['dynamodb:LeadingKeys'];
    expect(keysOf('GetItem', { Key: { pk: text('a'), sk: text('x') } })).toEqual(['a']);
    expect(keysOf('PutItem', { Item: { pk: text('a'), sk: text('x'), more: text('b') } })).toEqual(['a']);
    const Query = { KeyConditionExpression: '#p = :p AND sk > :s', ExpressionAttributeNames: { '#p': 'pk' } };
    expect(keysOf('Query', { ...Query, ExpressionAttributeValues: { ':p': text('a'), ':s': text('b') } })).toEqual([
      'a',
    ]);
    expect(keysOf('Scan', {})).toBeUndefined();
  });

  it('a transaction is judged by its parts, a batch by its tables', () => {
    const world = smallWorld();
    const Key = { pk: text('a'), sk: text('x') };
    const part = { TableName: 'one', Key };
    const TransactItems = [
      { Put: { TableName: 'one', Item: Key } },
      { Update: part },
      { Delete: part },
      { ConditionCheck: part },
    ];
    expect(what(world, 'dynamodb', 'TransactWriteItems', { TransactItems })).toEqual([
      `dynamodb:PutItem ${table}`,
      `dynamodb:UpdateItem ${table}`,
      `dynamodb:DeleteItem ${table}`,
      `dynamodb:ConditionCheckItem ${table}`,
    ]);
    const RequestItems = {
      one: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key: { ...Key, pk: text('b') } } }],
    };
    expect(world.asked('dynamodb', 'BatchWriteItem', { RequestItems })).toMatchObject([
      { action: 'dynamodb:BatchWriteItem', resource: table, context: { 'dynamodb:LeadingKeys': ['a', 'b'] } },
    ]);
  });
});

describe('Route 53, STS and the rest', () => {
  it('a change batch tells its actions, types and normalised names', () => {
    const change = (Action: string, Name: string, Type: string) => ({ Action, ResourceRecordSet: { Name, Type } });
    const Changes = [
      change('CREATE', 'A.Example.com.', 'A'),
      change('UPSERT', '*.example.com', 'TXT'),
      change('CREATE', 'a.example.com', 'A'),
    ];
    expect(
      smallWorld().asked('route53', 'ChangeResourceRecordSets', {
        HostedZoneId: '/hostedzone/Z1',
        ChangeBatch: { Changes },
      }),
    ).toMatchObject([
      {
        resource: 'arn:aws:route53:::hostedzone/Z1',
        context: {
          'aws:RequestedRegion': 'us-east-1',
          'route53:ChangeResourceRecordSetsActions': ['CREATE', 'UPSERT'],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'TXT'],
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['a.example.com', '\\052.example.com'],
        },
      },
    ]);
  });

  it('session tags are an action of their own; nobody asks to know who he is', () => {
    const world = smallWorld();
    const RoleArn = 'arn:aws:iam::222222222222:role/x';
    expect(what(world, 'sts', 'AssumeRole', { RoleArn })).toEqual([`sts:AssumeRole ${RoleArn}`]);
    expect(what(world, 'sts', 'AssumeRole', { RoleArn, Tags })).toEqual([
      `sts:AssumeRole ${RoleArn}`,
      `sts:TagSession ${RoleArn}`,
    ]);
    expect(what(world, 'sts', 'GetCallerIdentity', {})).toEqual([]);
  });

  it('quotas and certificates are named', () => {
    const world = smallWorld();
    expect(what(world, 'service-quotas', 'GetServiceQuota', { ServiceCode: 'ecs', QuotaCode: 'L-1' })).toEqual([
      'servicequotas:GetServiceQuota arn:aws:servicequotas:us-east-1:111111111111:ecs/L-1',
    ]);
    expect(what(world, 'acm', 'DescribeCertificate', { CertificateArn: 'arn:aws:acm:r:1:certificate/x' })).toEqual([
      'acm:DescribeCertificate arn:aws:acm:r:1:certificate/x',
    ]);
  });

  it('an operation that nobody looked up is asked for on everything, under its own name', () => {
    expect(what(smallWorld(), 'ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).toEqual(['ec2:CreateVpc *']);
    expect(what(smallWorld(), 'ecs', 'StopTask', { task: 'x' })).toEqual(['ecs:StopTask *']);
  });
});
