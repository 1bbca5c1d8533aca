/** A fleet in which a role lacks one action, and everything that would need it happens: what is said of it, and whether others notice. */
import type { PlacementInventory, ResourceKind } from '../../src/model/resources.ts';
import type { ServiceId } from '../../src/simulator/kernel.ts';
import { cell, documents, group, type PlainRecord, service, tenant, tier } from './fleet-plan.ts';
import { Installation } from './installation.ts';
import type { LackingAction } from './roles.ts';

/** The cell whose roles lack the action. */
const hurt = '111111111111';
const dependency = (n: number) => ({
  name: `service-${n}`,
  serviceName: `com.amazonaws.vpce.us-east-1.vpce-svc-0000000000000000${n}`,
});
const scaling = { mode: 'target-tracking', min: 1, max: 3, metric: 'cpu', target: 60 } as const;

const standard = (dependencies: readonly object[]): PlainRecord =>
  tier('std', {
    dependencies,
    overridable: ['image', 'scaling'],
    service: {
      ...service,
      taskRoleName: 'cellwright/task',
      executionRoleName: 'cellwright/execution',
    },
  });
const one = cell('one', 'std', 1);
const two = cell('two', 'std', 2);
const groups = [
  group('g1', one, { endpointSecurityGroupIds: ['sg-0e10000000000001'] }),
  group('g2', two, { endpointSecurityGroupIds: ['sg-0e20000000000001'] }),
];
const plain = (fields: object = {}) => tenant('plain', 'std', { pin: ['g1'], ...fields });
const scaled = (fields: object = { service: { scaling } }) => tenant('scaled', 'std', { pin: ['g1'], ...fields });
const leaving = (fields: object = {}) => tenant('leaving', 'std', { pin: ['g1'], ...fields });
const safe = tenant('safe', 'std', { pin: ['g2'] });

/** One condition that names what is missing. */
export interface Shown {
  readonly of: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function inOneCell(without: Pick<LackingAction, 'role' | 'action'>): LackingAction {
  return ['observe', 'apply', 'reap'].includes(without.role) ? { ...without, account: hurt } : without;
}

export class MissingRight {
  readonly run: Installation;
  lacking: LackingAction | undefined;

  private constructor(run: Installation, lacking: LackingAction | undefined) {
    this.run = run;
    this.lacking = lacking;
  }

  /** An installation whose role lacks the action from the beginning, if any; a cell's role only in the one cell. */
  static async begin(without?: Pick<LackingAction, 'role' | 'action'>): Promise<MissingRight> {
    const lacking = without === undefined ? undefined : inOneCell(without);
    const run = new Installation({
      fleet: documents([standard([1, 2].map(dependency)), one, two, ...groups, plain(), scaled(), leaving(), safe]),
      config: { resyncMs: 30_000, detailMs: 30_000, concurrency: 20 },
      latencyFactor: 0.3,
      rights: lacking === undefined ? {} : { without: lacking },
    });
    await run.init();
    return new MissingRight(run, lacking);
  }

  /** From now on the action is missing. */
  lose(without: Pick<LackingAction, 'role' | 'action'>): void {
    this.lacking = inOneCell(without);
    this.run.grant({ without: this.lacking });
  }

  /** Onboards, then provokes, then withdraws, until the missing right is shown. */
  async showsInTime(): Promise<boolean> {
    if (await this.look(300, () => this.ready())) return true;
    await this.provoke();
    if (await this.look(240)) return true;
    await this.withdraw();
    return this.look(400);
  }

  /** Whether every tenant serves. */
  ready(): boolean {
    return ['plain', 'scaled', 'leaving', 'safe'].every((name) => this.run.phase(name) === 'Ready');
  }

  /** Conditions, of whatever object, that name role, action and resource. */
  shown(): readonly Shown[] {
    const { view } = this.run.leader?.term ?? {};
    return (['Fleet', 'Tier', 'Cell', 'InfraGroup', 'Tenant'] as const).flatMap((kind) =>
      [...(view?.all(kind) ?? [])].flatMap(({ name, status }) =>
        (status?.value.conditions ?? []).flatMap(({ type, status: state, reason, message }) =>
          this.names(message) ? [{ of: `${kind} ${name}`, type, status: state, reason, message }] : [],
        ),
      ),
    );
  }

  names(text: string): boolean {
    if (this.lacking === undefined) return false;
    const { role, action } = this.lacking;
    return (
      text.includes(`:assumed-role/${role}/`) && text.includes(`is not authorized to perform: ${action} on resource: `)
    );
  }

  /** Lets time pass until the missing right is shown, `holds`, or the time is over. */
  async look(limitSeconds: number, holds: () => boolean = () => false): Promise<boolean> {
    for (let second = 0; second < limitSeconds; second += 2) {
      await this.run.advance(2);
      if (this.shown().length > 0) return true;
      if (holds()) return false;
    }
    return false;
  }

  /** Everything that makes a controller call what it did not call to onboard: drift of all kinds, and records that change. */
  async provoke(): Promise<void> {
    const { run } = this;
    this.drift('plain', {
      cluster: (cluster) => {
        call('ecs', 'UpdateCluster', { cluster, settings: [{ name: 'containerInsights', value: 'enabled' }] });
        call('ecs', 'PutClusterCapacityProviders', {
          cluster,
          capacityProviders: ['FARGATE_SPOT'],
          defaultCapacityProviderStrategy: [],
        });
        call('ecs', 'UntagResource', { resourceArn: cluster, tagKeys: ['cellwright:tenant'] });
      },
      target_group: (TargetGroupArn) => {
        call('elbv2', 'ModifyTargetGroup', { TargetGroupArn, HealthCheckPath: '/other' });
        call('elbv2', 'ModifyTargetGroupAttributes', {
          TargetGroupArn,
          Attributes: [{ Key: 'stickiness.enabled', Value: 'true' }],
        });
        call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: [{ Id: '10.0.0.250', Port: 8080 }] });
        call('elbv2', 'RemoveTags', { ResourceArns: [TargetGroupArn], TagKeys: ['cellwright:tenant'] });
      },
      listener_rule: (RuleArn) => {
        call('elbv2', 'ModifyRule', { RuleArn, Conditions: [{ Field: 'host-header', Values: ['other.example.com'] }] });
        call('elbv2', 'SetRulePriorities', { RulePriorities: [{ RuleArn, Priority: 40_000 }] });
      },
    });
    this.drift('scaled', {
      scaling: (_arn, { name }) => {
        const target = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount', ResourceId: name };
        const custom = {
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
          TargetValue: 50,
        };
        call('application-autoscaling', 'RegisterScalableTarget', { ...target, MaxCapacity: 9 });
        call('application-autoscaling', 'PutScalingPolicy', {
          ...target,
          PolicyName: 'another',
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration: custom,
        });
      },
      target_group: (TargetGroupArn) => {
        const found = call('elbv2', 'DescribeTargetHealth', { TargetGroupArn }) as {
          TargetHealthDescriptions: { Target: object }[];
        };
        const [first] = found.TargetHealthDescriptions;
        if (first !== undefined) call('elbv2', 'DeregisterTargets', { TargetGroupArn, Targets: [first.Target] });
      },
      service: (service, { cluster }) => call('ecs', 'UpdateService', { cluster, service, desiredCount: 3 }),
    });
    const { VpcEndpoints } = call('ec2', 'DescribeVpcEndpoints', {}) as {
      VpcEndpoints: { VpcEndpointId: string; SubnetIds?: string[] }[];
    };
    for (const { VpcEndpointId, SubnetIds = [] } of VpcEndpoints) {
      call('ec2', 'ModifyVpcEndpoint', { VpcEndpointId, RemoveSubnetIds: SubnetIds.slice(0, 1) });
      call('ec2', 'DeleteTags', { Resources: [VpcEndpointId], Tags: [{ Key: 'cellwright:dependency' }] });
    }
    for (const { kind, name, spec } of [
      leaving({ state: 'deleted' }),
      plain({ service: { image: 'registry.example.com/server:2.0' } }),
    ])
      await run.put(kind, name, spec);

    function call(service: ServiceId, operation: string, input: object): object {
      return run.aws.call({ accessKeyId: hurt, region: 'us-east-1', service, operation, input });
    }
  }

  /** What is wanted no longer: scaling, and a dependency. */
  async withdraw(): Promise<void> {
    for (const { kind, name, spec } of [scaled({}), standard([dependency(1)])]) await this.run.put(kind, name, spec);
  }

  private drift(
    name: string,
    hurts: {
      readonly [K in ResourceKind]?: (
        arn: string,
        about: { readonly name: string; readonly cluster: string },
      ) => unknown;
    },
  ): void {
    const placement = this.placement(name);
    const cluster = placement?.resources.cluster?.arn ?? '';
    for (const [kind, change] of Object.entries(hurts)) {
      const resource = placement?.resources[kind as ResourceKind];
      if (resource?.arn !== undefined) change(resource.arn, { name: resource.name, cluster });
    }
  }

  private placement(name: string): PlacementInventory | undefined {
    return Object.values(this.run.leader?.term?.view.get('Tenant', name)?.inventory?.value.placements ?? {})[0];
  }
}
