/** IAM of the simulated AWS: which roles are checked, and whether a call of their sessions is allowed. Every other caller may do anything in its account. */
import { AwsError, type Call, type Guard } from '../kernel.ts';
import { callerArn } from '../sts/caller.ts';
import { authorizationOf } from './asked/index.ts';
import { denied, deniedText } from './denials.ts';
import { type Policy, PolicyError, readPolicy } from './document.ts';
import { type Asked, type Refusal, refusalOf, trustIn } from './evaluate.ts';
import type { LiveResources } from './live.ts';
import { type CheckedRole, readRoles } from './roles-file.ts';

/** A call that was not allowed, for oracles. */
export interface Denial {
  readonly at: number;
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
}

/** Makes that a role can be assumed at all. */
export type MakeRole = (arn: string) => void;

export class Iam implements Guard {
  /** Told of each refusal; tests set and replace it at will. */
  onDenial: ((denial: Denial) => void) | undefined = undefined;
  private readonly live: LiveResources;
  private readonly makeRole: MakeRole;
  private readonly roles = new Map<string, CheckedRole>();
  /** Session policies that were read, by their text. */
  private readonly sessionPolicies = new Map<string, Policy>();

  constructor(live: LiveResources, makeRole: MakeRole) {
    this.live = live;
    this.makeRole = makeRole;
  }

  /**
   * Checks sessions of these roles from now on, those included that are open already; a role that was loaded before is replaced. `file`: `{ "roles": [{ "arn", "trust", "policies", "boundary"? }] }`. Throws
   * `PolicyError` for whatever cannot be enforced, and then changes nothing.
   */
  load(file: unknown): void {
    for (const role of readRoles(file)) {
      this.roles.set(role.arn, role);
      this.makeRole(role.arn);
    }
  }

  /** All that a call asks for. */
  asked(call: Call, input: object): readonly Asked[] {
    return authorizationOf(call, input, this.live);
  }

  refusal(call: Call, input: object): AwsError | undefined {
    if (this.roles.size === 0) return undefined;
    const target = call.operation === 'AssumeRole' ? this.checked(input) : undefined;
    const role = call.assumed === undefined ? undefined : this.roles.get(call.assumed.roleArn);
    if (role === undefined && target === undefined) return undefined;
    const asked = this.asked(call, input).map((one) => ({ ...one, context: { ...one.context, ...principal(call) } }));
    if (target !== undefined) {
      const wrong = this.sessionFault(input);
      if (wrong !== undefined) return wrong;
    }
    for (const one of asked) {
      const found = this.refused(call, one, role, target);
      if (found === undefined) continue;
      this.onDenial?.({ at: call.now, caller: callerArn(call), action: one.action, resource: one.resource });
      return denied(call.service, found);
    }
    for (const { action, context } of asked) this.remember(action, call, context['iam:AWSServiceName']);
    return undefined;
  }

  /** Why one thing that is asked for is refused, in AWS's words. */
  private refused(
    call: Call,
    asked: Asked,
    role: CheckedRole | undefined,
    target: CheckedRole | undefined,
  ): string | undefined {
    const caller = callerArn(call);
    const refusal = role === undefined ? undefined : refusalOf(asked, { ...role, session: this.sessionPolicy(call) });
    if (call.operation !== 'AssumeRole') return refusal === undefined ? undefined : deniedText(caller, asked, refusal);
    const assumer = { account: call.account, arn: caller, roleArn: call.assumed?.roleArn };
    const trust = target === undefined ? 'account' : trustIn(target.trust, assumer, asked);
    const isFree = trust === 'himself' && target?.account === call.account && isOnlySilent(refusal);
    // STS gives no reason.
    return trust === 'none' || (refusal !== undefined && !isFree) ? deniedText(caller, asked) : undefined;
  }

  /**
   * Whether ECS may hand a task a session of this role, by the role's trust policy; a role that nobody checks is everybody's. ECS names itself, the account and a cluster of the task's Region (ECS developer guide, task IAM role).
   */
  trustsTasks(roleArn: string, region: string): boolean {
    const role = this.roles.get(roleArn);
    if (role === undefined) return true;
    const service = 'ecs-tasks.amazonaws.com';
    const context = {
      'aws:SourceAccount': role.account,
      'aws:SourceArn': `arn:aws:ecs:${region}:${role.account}:*`,
      'aws:RequestedRegion': region,
    };
    const assumer = { account: role.account, arn: service, service };
    return trustIn(role.trust, assumer, { action: 'sts:AssumeRole', resource: roleArn, context }) !== 'none';
  }

  private checked(input: object): CheckedRole | undefined {
    return 'RoleArn' in input && typeof input.RoleArn === 'string' ? this.roles.get(input.RoleArn) : undefined;
  }

  /** What stands in the way of a session of a checked role: a policy that could not be enforced. */
  private sessionFault(input: object): AwsError | undefined {
    const { Policy: text, PolicyArns: arns = [] } = input as { Policy?: unknown; PolicyArns?: readonly unknown[] };
    if (arns.length > 0) {
      return new AwsError('ValidationError', 'Managed session policies of a role that is checked are not simulated');
    }
    if (typeof text !== 'string') return undefined;
    try {
      this.readSession(text);
      return undefined;
    } catch (error) {
      if (!(error instanceof PolicyError) && !(error instanceof SyntaxError)) throw error;
      return new AwsError('MalformedPolicyDocumentException', error.message);
    }
  }

  private sessionPolicy({ assumed }: Call): Policy | undefined {
    return assumed?.policy === undefined ? undefined : this.readSession(assumed.policy);
  }

  private readSession(text: string): Policy {
    const known = this.sessionPolicies.get(text);
    if (known !== undefined) return known;
    const read = readPolicy(JSON.parse(text), 'Policy');
    this.sessionPolicies.set(text, read);
    return read;
  }

  private remember(action: string, call: Call, service: unknown): void {
    if (action === 'iam:CreateServiceLinkedRole' && typeof service === 'string') {
      this.live.addLinkedRole(call.account, service);
    }
  }
}

/** Nothing forbids it, and only the caller's own policies do not allow it. */
function isOnlySilent(refusal: Refusal | undefined): boolean {
  return refusal?.how === 'implicit' && refusal.by === 'identity';
}

function principal(call: Call): Asked['context'] {
  return { 'aws:PrincipalAccount': call.account, 'aws:PrincipalArn': call.assumed?.roleArn ?? callerArn(call) };
}

export { PolicyError } from './document.ts';
