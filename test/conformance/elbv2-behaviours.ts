import {
  AddListenerCertificatesCommand,
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
  RemoveTagsCommand,
  SetIpAddressTypeCommand,
  SetRulePrioritiesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Bench, notFound, outcome, ruleOn } from './elbv2-target.ts';
import { valueBehaviours } from './elbv2-values.ts';

/** What implementations of ELBv2 are asked. They answer with the names of errors, and with values that two honest ones cannot differ in. */
export interface ElbBehaviour {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<unknown>;
}

const gone = (arn: string): string => `${arn.slice(0, -4)}ffff`;

const notFoundBehaviours: readonly ElbBehaviour[] = [
  {
    name: 'not found: a load balancer',
    run: async (bench) => {
      const { elb } = bench;
      const arn = gone(await bench.loadBalancer());
      return [
        await outcome(elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))),
        await outcome(elb.send(new DescribeLoadBalancersCommand({ Names: ['nobody'] }))),
        await outcome(elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }))),
        await outcome(elb.send(new DescribeListenersCommand({ LoadBalancerArn: arn }))),
        await outcome(elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: arn }))),
        await outcome(elb.send(new SetSubnetsCommand({ LoadBalancerArn: arn, Subnets: [...bench.subnets] }))),
        await outcome(elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn: arn, SecurityGroups: [] }))),
        await outcome(elb.send(new SetIpAddressTypeCommand({ LoadBalancerArn: arn, IpAddressType: 'ipv4' }))),
        await outcome(
          elb.send(
            new CreateListenerCommand({
              LoadBalancerArn: arn,
              Protocol: 'HTTP',
              Port: 80,
              DefaultActions: [notFound],
            }),
          ),
        ),
      ];
    },
  },
  {
    name: 'not found: deleting a load balancer that is gone succeeds',
    run: async (bench) => {
      const arn = await bench.loadBalancer();
      const remove = () => outcome(bench.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn })));
      return [await remove(), await remove()];
    },
  },
  {
    name: 'not found: a target group',
    run: async (bench) => {
      const { elb } = bench;
      const arn = gone(await bench.group());
      const targets = { TargetGroupArn: arn, Targets: [{ Id: '10.20.0.9' }] };
      return [
        await outcome(elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))),
        await outcome(elb.send(new DescribeTargetGroupsCommand({ Names: ['nobody'] }))),
        await outcome(elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }))),
        await outcome(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }))),
        await outcome(elb.send(new ModifyTargetGroupCommand({ TargetGroupArn: arn, HealthCheckPath: '/' }))),
        await outcome(elb.send(new RegisterTargetsCommand(targets))),
        await outcome(elb.send(new DeregisterTargetsCommand(targets))),
      ];
    },
  },
  {
    name: 'not found: deleting a target group that is gone',
    run: async (bench) =>
      outcome(bench.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: gone(await bench.group()) }))),
  },
  {
    name: 'not found: the target groups of a load balancer that has none',
    run: async (bench) => {
      const { elb } = bench;
      return outcome(elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: await bench.loadBalancer() })));
    },
  },
  {
    name: 'not found: a listener',
    run: async (bench) => {
      const { elb } = bench;
      const ListenerArn = gone(await bench.listener());
      const group = await bench.group();
      return [
        await outcome(elb.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn] }))),
        await outcome(elb.send(new DescribeRulesCommand({ ListenerArn }))),
        await outcome(elb.send(new DeleteListenerCommand({ ListenerArn }))),
        await outcome(elb.send(new CreateRuleCommand(ruleOn(ListenerArn, 1, group)))),
        await outcome(elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [notFound] }))),
      ];
    },
  },
  {
    name: 'not found: one listener beside one that is there',
    run: async (bench) => {
      const arn = await bench.listener();
      return outcome(bench.elb.send(new DescribeListenersCommand({ ListenerArns: [arn, gone(arn)] })));
    },
  },
  {
    name: 'not found: a rule',
    run: async (bench) => {
      const { elb } = bench;
      const RuleArn = gone(await bench.rule(ruleOn(await bench.listener(), 1, await bench.group())));
      return [
        await outcome(elb.send(new DescribeRulesCommand({ RuleArns: [RuleArn] }))),
        await outcome(elb.send(new ModifyRuleCommand({ RuleArn, Actions: [notFound] }))),
        await outcome(elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 2 }] }))),
      ];
    },
  },
  {
    name: 'not found: deleting a rule that is gone',
    run: async (bench) => {
      const RuleArn = await bench.rule(ruleOn(await bench.listener(), 1, await bench.group()));
      const remove = () => outcome(bench.elb.send(new DeleteRuleCommand({ RuleArn })));
      return [await remove(), await remove()];
    },
  },
  {
    name: 'not found: the target group of an action',
    run: async (bench) => {
      const listener = await bench.listener();
      return outcome(bench.elb.send(new CreateRuleCommand(ruleOn(listener, 1, gone(await bench.group())))));
    },
  },
  {
    name: 'not found: what is no ARN',
    run: async ({ elb }) => [
      await outcome(elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: ['nope'] }))),
      await outcome(elb.send(new DescribeTagsCommand({ ResourceArns: ['nope'] }))),
    ],
  },
];

const duplicates: readonly ElbBehaviour[] = [
  {
    name: 'again: a target group with the same settings',
    run: async (bench) => [await outcome(bench.group()), await outcome(bench.group())],
  },
  {
    name: 'again: a target group with other settings',
    run: async (bench) => [await outcome(bench.group()), await outcome(bench.group({ HealthCheckPath: '/other' }))],
  },
  {
    name: 'again: a load balancer with the same settings',
    run: async (bench) => {
      const [first, second] = [await bench.loadBalancer(), await bench.loadBalancer()];
      return first === second;
    },
  },
  {
    name: 'again: a load balancer with other settings',
    run: async (bench) => {
      await bench.loadBalancer();
      const input = { Name: `${bench.prefix}-lb`, Subnets: [...bench.subnets], Scheme: 'internal' as const };
      const { elb } = bench;
      return outcome(elb.send(new CreateLoadBalancerCommand(input)));
    },
  },
  {
    name: 'again: a listener with the same settings, and with others',
    run: async (bench) => {
      const loadBalancer = await bench.loadBalancer();
      const first = await bench.listener(notFound, loadBalancer);
      const same = await outcome(bench.listener(notFound, loadBalancer).then((arn) => ({ arn })));
      const other = { ...notFound, FixedResponseConfig: { StatusCode: '410' } };
      return [first !== '', same, await outcome(bench.listener(other, loadBalancer))];
    },
  },
  {
    name: 'again: a rule at the same priority',
    run: async (bench) => {
      const input = ruleOn(await bench.listener(), 7, await bench.group());
      return [await outcome(bench.rule(input)), await outcome(bench.rule(input))];
    },
  },
  {
    name: 'again: identical conditions at another priority',
    run: async (bench) => {
      const input = ruleOn(await bench.listener(), 7, await bench.group());
      return [await outcome(bench.rule(input)), await outcome(bench.rule({ ...input, Priority: 8 }))];
    },
  },
];

const rules: readonly ElbBehaviour[] = [
  {
    name: 'rules: priorities are sent as numbers and come back as strings',
    run: async (bench) => {
      const ListenerArn = await bench.listener();
      await bench.rule(ruleOn(ListenerArn, 7, await bench.group()));
      const { Rules } = await bench.elb.send(new DescribeRulesCommand({ ListenerArn }));
      return Rules?.map((rule) => [rule.Priority, rule.IsDefault]);
    },
  },
  {
    name: 'rules: a path comes back in both forms',
    run: async (bench) => {
      const ListenerArn = await bench.listener();
      await bench.rule(ruleOn(ListenerArn, 7, await bench.group()));
      const { Rules } = await bench.elb.send(new DescribeRulesCommand({ ListenerArn }));
      return Rules?.[0]?.Conditions;
    },
  },
  {
    name: 'rules: a priority that is taken, one given twice, two swapped',
    run: async (bench) => {
      const ListenerArn = await bench.listener();
      const group = await bench.group();
      const [a, b] = [await bench.rule(ruleOn(ListenerArn, 1, group)), await bench.rule(ruleOn(ListenerArn, 2, group))];
      await bench.rule(ruleOn(ListenerArn, 3, group));
      const set = (x: number, y: number) =>
        outcome(
          bench.elb.send(
            new SetRulePrioritiesCommand({
              RulePriorities: [
                { RuleArn: a, Priority: x },
                { RuleArn: b, Priority: y },
              ],
            }),
          ),
        );
      return [await set(3, 4), await set(9, 9), await set(2, 1)];
    },
  },
  {
    name: 'rules: the default rule is neither changed, moved nor deleted',
    run: async (bench) => {
      const { elb } = bench;
      const ListenerArn = await bench.listener();
      const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      const RuleArn = Rules?.[0]?.RuleArn;
      const Conditions = [{ Field: 'path-pattern', Values: ['/'] }];
      return [
        await outcome(elb.send(new ModifyRuleCommand({ RuleArn, Conditions }))),
        await outcome(elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 1 }] }))),
        await outcome(elb.send(new DeleteRuleCommand({ RuleArn }))),
      ];
    },
  },
  {
    name: 'rules: a change of nothing',
    run: async (bench) => {
      const RuleArn = await bench.rule(ruleOn(await bench.listener(), 1, await bench.group()));
      return outcome(bench.elb.send(new ModifyRuleCommand({ RuleArn })));
    },
  },
  {
    name: 'rules: the 101st of a load balancer',
    run: async (bench) => {
      const ListenerArn = await bench.listener();
      const group = await bench.group();
      for (let priority = 1; priority <= 100; priority++) await bench.rule(ruleOn(ListenerArn, priority, group));
      return outcome(bench.rule(ruleOn(ListenerArn, 101, group)));
    },
  },
];

const order: readonly ElbBehaviour[] = [
  {
    name: 'order: a target group stays as long as a rule, or a default action, forwards to it',
    run: async (bench) => {
      const group = await bench.group();
      const other = await bench.group({ Name: `${bench.prefix}-h` });
      const listener = await bench.listener({ Type: 'forward', TargetGroupArn: other });
      const RuleArn = await bench.rule(ruleOn(listener, 1, group));
      const remove = (arn: string) => outcome(bench.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn })));
      const refused = [await remove(group), await remove(other)];
      await bench.elb.send(new DeleteRuleCommand({ RuleArn }));
      await bench.elb.send(new DeleteListenerCommand({ ListenerArn: listener }));
      return refused;
    },
  },
  {
    name: 'order: a second load balancer for a target group',
    run: async (bench) => {
      const group = await bench.group();
      await bench.rule(ruleOn(await bench.listener(), 1, group));
      const second = await bench.listener(notFound, await bench.loadBalancer(`${bench.prefix}-b`));
      return outcome(bench.rule(ruleOn(second, 1, group)));
    },
  },
  {
    name: 'order: a load balancer that is protected',
    run: async (bench) => {
      const LoadBalancerArn = await bench.loadBalancer();
      const protect = (Value: string) =>
        bench.elb.send(
          new ModifyLoadBalancerAttributesCommand({
            LoadBalancerArn,
            Attributes: [{ Key: 'deletion_protection.enabled', Value }],
          }),
        );
      await protect('true');
      const refused = await outcome(bench.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })));
      await outcome(protect('false'));
      return refused;
    },
  },
];

const tags: readonly ElbBehaviour[] = [
  {
    name: 'tags: one key twice, 51 tags, a key of AWS',
    run: async (bench) => {
      const arn = await bench.group();
      const add = (Tags: { Key: string; Value: string }[]) =>
        outcome(bench.elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags })));
      const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
      return [
        await add([...many.slice(0, 1), ...many.slice(0, 1)]),
        await add(many),
        await add([{ Key: 'aws:k', Value: '' }]),
      ];
    },
  },
  {
    name: 'tags: 50 of them',
    run: async (bench) => {
      const Tags = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
      return outcome(bench.elb.send(new AddTagsCommand({ ResourceArns: [await bench.group()], Tags })));
    },
  },
  {
    name: 'tags: two resources in one write',
    run: async (bench) => {
      const ResourceArns = [await bench.group(), await bench.group({ Name: `${bench.prefix}-h` })];
      return outcome(bench.elb.send(new AddTagsCommand({ ResourceArns, Tags: [{ Key: 'k', Value: 'v' }] })));
    },
  },
  {
    name: 'tags: one resource that is not there fails the read',
    run: async (bench) => {
      const arn = await bench.group();
      return outcome(bench.elb.send(new DescribeTagsCommand({ ResourceArns: [arn, gone(arn)] })));
    },
  },
  {
    name: 'tags: of what is not there',
    run: async (bench) => {
      const { elb } = bench;
      const listener = await bench.listener();
      const rule = await bench.rule(ruleOn(listener, 1, await bench.group()));
      const answers: string[] = [];
      for (const arn of [listener, rule, await bench.group({ Name: `${bench.prefix}-h` })].map(gone)) {
        answers.push(
          await outcome(elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: 'k', Value: 'v' }] }))),
          await outcome(elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: ['k'] }))),
        );
      }
      return answers;
    },
  },
  {
    name: 'tags: of 21 resources in one read',
    run: async (bench) => {
      const ResourceArns = Array.from({ length: 21 }, () => '');
      ResourceArns.fill(await bench.group());
      return outcome(bench.elb.send(new DescribeTagsCommand({ ResourceArns })));
    },
  },
];

const reads: readonly ElbBehaviour[] = [
  {
    name: 'reads: by nothing, or by two things at once',
    run: async (bench) => {
      const { elb } = bench;
      const ListenerArn = await bench.listener();
      const group = await bench.group();
      const RuleArns = [await bench.rule(ruleOn(ListenerArn, 1, group))];
      return [
        await outcome(elb.send(new DescribeRulesCommand({}))),
        await outcome(elb.send(new DescribeRulesCommand({ ListenerArn, RuleArns }))),
        await outcome(elb.send(new DescribeListenersCommand({}))),
        await outcome(
          elb.send(new DescribeTargetGroupsCommand({ Names: [`${bench.prefix}-g`], TargetGroupArns: [group] })),
        ),
      ];
    },
  },
  {
    name: 'reads: a page of 0 and of 401',
    run: async ({ elb }) => [
      await outcome(elb.send(new DescribeTargetGroupsCommand({ PageSize: 0 }))),
      await outcome(elb.send(new DescribeTargetGroupsCommand({ PageSize: 401 }))),
    ],
  },
  {
    name: 'reads: 21 target groups by ARN',
    run: async (bench) => {
      const arn = await bench.group();
      const TargetGroupArns = Array.from({ length: 21 }, () => arn);
      return outcome(bench.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns })));
    },
  },
];

const targets: readonly ElbBehaviour[] = [
  {
    name: 'targets: one that is not registered leaves without an error, and its health says so',
    run: async (bench) => {
      const request = { TargetGroupArn: await bench.group(), Targets: [{ Id: '10.20.0.9', Port: 80 }] };
      const left = await outcome(bench.elb.send(new DeregisterTargetsCommand(request)));
      const { TargetHealthDescriptions } = await bench.elb.send(new DescribeTargetHealthCommand(request));
      return [left, TargetHealthDescriptions?.map((one) => [one.TargetHealth?.State, one.TargetHealth?.Reason])];
    },
  },
  {
    name: 'targets: of a group that no rule uses are unused',
    run: async (bench) => {
      const request = { TargetGroupArn: await bench.group(), Targets: [{ Id: '10.20.0.9', Port: 80 }] };
      await bench.elb.send(new RegisterTargetsCommand(request));
      const { TargetHealthDescriptions } = await bench.elb.send(new DescribeTargetHealthCommand(request));
      return TargetHealthDescriptions?.map((one) => [one.TargetHealth?.State, one.TargetHealth?.Reason]);
    },
  },
  {
    name: 'targets: an address of the internet',
    run: async (bench) => {
      const request = { TargetGroupArn: await bench.group(), Targets: [{ Id: '8.8.8.8' }] };
      return outcome(bench.elb.send(new RegisterTargetsCommand(request)));
    },
  },
  {
    name: 'targets: an instance that is not there',
    run: async (bench) => {
      const TargetGroupArn = await bench.group({ TargetType: 'instance' });
      const Targets = [{ Id: 'i-0123456789abcdef0' }];
      return outcome(bench.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets })));
    },
  },
];

const attributes: readonly ElbBehaviour[] = [
  {
    name: 'attributes: of a target group, one unknown, one out of range, stickiness by a cookie without a name',
    run: async (bench) => {
      const TargetGroupArn = await bench.group();
      const write = (...Attributes: { Key: string; Value: string }[]) =>
        outcome(bench.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes })));
      return [
        await write({ Key: 'no.such.key', Value: '1' }),
        await write({ Key: 'deregistration_delay.timeout_seconds', Value: '3601' }),
        await write({ Key: 'stickiness.enabled', Value: 'true' }, { Key: 'stickiness.type', Value: 'app_cookie' }),
      ];
    },
  },
  {
    name: 'attributes: the longest deregistration delay',
    run: async (bench) => {
      const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '3600' }];
      const TargetGroupArn = await bench.group();
      return outcome(bench.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes })));
    },
  },
  {
    name: 'attributes: of a load balancer, one unknown',
    run: async (bench) => {
      const LoadBalancerArn = await bench.loadBalancer();
      const Attributes = [{ Key: 'no.such.key', Value: '1' }];
      return outcome(bench.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes })));
    },
  },
];

/** What ELBv2 is asked. */
export const elbBehaviours: readonly ElbBehaviour[] = [
  ...notFoundBehaviours,
  ...duplicates,
  ...rules,
  ...order,
  ...tags,
  ...reads,
  ...targets,
  ...attributes,
  ...valueBehaviours,
  {
    name: 'certificates: the 26th of a listener',
    run: async (bench) => {
      const LoadBalancerArn = await bench.loadBalancer();
      const certificate = (n: number): string => `arn:aws:iam::111111111111:server-certificate/conformance-${n}`;
      const { Listeners } = await bench.elb.send(
        new CreateListenerCommand({
          LoadBalancerArn,
          Protocol: 'HTTPS',
          Port: 443,
          Certificates: [{ CertificateArn: certificate(0) }],
          DefaultActions: [notFound],
        }),
      );
      const ListenerArn = Listeners?.[0]?.ListenerArn;
      const add = (from: number, to: number) => {
        const Certificates = Array.from({ length: to - from + 1 }, (_, i) => ({
          CertificateArn: certificate(from + i),
        }));
        return outcome(bench.elb.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates })));
      };
      return [await add(1, 26), await add(1, 20)];
    },
  },
];
