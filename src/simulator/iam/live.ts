/** What IAM knows of the resources of a simulated AWS: their tags above all. */
import type { AcmState } from '../acm/state.ts';
import { type ScalingState, regionOf as scalingRegionOf } from '../autoscaling/state.ts';
import type { Registry } from '../dynamodb/registry.ts';
import type { Ec2State } from '../ec2/state.ts';
import { type EcsState, regionOf } from '../ecs/state.ts';
import type { ElbState } from '../elbv2/state.ts';
import type { Call } from '../kernel.ts';
import type { Live } from './request.ts';

export interface States {
  readonly ecs: EcsState;
  readonly elb: ElbState;
  readonly ec2: Ec2State;
  readonly scaling: ScalingState;
  readonly acm: AcmState;
  readonly dynamodb: Pick<Registry, 'region'>;
}

type Tags = ReadonlyMap<string, string>;

interface Arn {
  readonly service: string;
  readonly account: string;
  readonly region: string;
  /** After the account: `cluster/name`. */
  readonly resource: string;
}

export class LiveResources implements Live {
  private readonly states: States;
  /** `<account>/<service>` of AWS's own roles that were made. */
  private readonly linkedRoles = new Set<string>();

  constructor(states: States) {
    this.states = states;
  }

  tags(arn: string): Tags | undefined {
    const parsed = parse(arn);
    switch (parsed?.service) {
      case 'ecs':
        return this.ecsTags(arn, parsed);
      case 'elasticloadbalancing': {
        const { elb } = this.states;
        const kinds = [elb.targetGroups, elb.rules, elb.listeners, elb.loadBalancers];
        return kinds.map((all) => all.get(arn)).find((found) => found !== undefined)?.tags;
      }
      case 'ec2':
        return this.ec2Tags(parsed);
      case 'application-autoscaling':
        return [...scalingRegionOf(this.states.scaling, parsed).targets.values()].find((target) => target.arn === arn)
          ?.tags;
      case 'acm':
        return this.states.acm.certificates.get(arn)?.tags;
      default:
        return undefined;
    }
  }

  scalableTarget(call: Call, resourceId: string): string | undefined {
    // Assumed: one that reads do not show yet is known here.
    return scalingRegionOf(this.states.scaling, call).targets.get(resourceId)?.arn;
  }

  partitionKey(tableArn: string): string | undefined {
    const parsed = parse(tableArn);
    const [, name = ''] = parsed?.resource.split('/') ?? [];
    if (parsed === undefined) return undefined;
    return this.states.dynamodb.region(parsed).tables.get(name)?.identity.schema.partition.name;
  }

  endpointService(endpointArn: string): string | undefined {
    const parsed = parse(endpointArn);
    const [, id = ''] = parsed?.resource.split('/') ?? [];
    if (parsed === undefined) return undefined;
    return this.states.ec2.scope(parsed.account, parsed.region).endpoints.get(id)?.service.name;
  }

  hasLinkedRole(account: string, service: string): boolean {
    return this.linkedRoles.has(`${account}/${service}`);
  }

  /** AWS's own role for a service is there from now on. */
  addLinkedRole(account: string, service: string): void {
    this.linkedRoles.add(`${account}/${service}`);
  }

  private ecsTags(arn: string, parsed: Arn): Tags | undefined {
    const { ecs } = this.states;
    const [kind, ...path] = parsed.resource.split('/');
    const region = regionOf(ecs, parsed);
    const [first = '', second = ''] = path;
    switch (kind) {
      case 'cluster':
        return region.clusters.get(first)?.tags;
      case 'service':
        return region.clusters.get(first)?.services.get(second)?.tags;
      case 'task':
        return ecs.tasksByArn.get(arn)?.tags;
      case 'task-definition': {
        const [family = '', revision = ''] = first.split(':');
        return region.families.get(family)?.revisions.get(Number(revision))?.tags;
      }
      default:
        return undefined;
    }
  }

  private ec2Tags({ account, region, resource }: Arn): Tags | undefined {
    const [kind, id = ''] = resource.split('/');
    const scope = this.states.ec2.scope(account, region);
    const kinds: Readonly<Record<string, ReadonlyMap<string, { readonly tags: Tags }>>> = {
      'vpc-endpoint': scope.endpoints,
      vpc: scope.vpcs,
      subnet: scope.subnets,
      'security-group': scope.groups,
      'network-interface': scope.interfaces,
      'security-group-rule': scope.rules,
      'route-table': scope.routeTables,
      'network-acl': scope.networkAcls,
    };
    return kinds[kind ?? '']?.get(id)?.tags;
  }
}

function parse(arn: string): Arn | undefined {
  const [scheme, , service, region, account, ...rest] = arn.split(':');
  if (scheme !== 'arn' || service === undefined || region === undefined || account === undefined) return undefined;
  return { service, region, account, resource: rest.join(':') };
}
