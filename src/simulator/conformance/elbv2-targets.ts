import type { Behaviour } from './behaviour.ts';
import { elbRow as row } from './elbv2-row.ts';
import { sources as s } from './sources.ts';

const groups = row('target-groups');
const targets = row('targets');
const health = row('health');

const defaults = 'fills in the defaults of AWS';
const otherDefaults = 'has other defaults where the protocol or target type asks for them: %s';
const inUse = 'a group in use stays, also for some seconds after its rule went';
const changes = 'changes health checks, and keeps what the call leaves out';
const attributes = 'come back complete, and take only known keys in their range, all or none';

const targetGroups: readonly Behaviour[] = [
  groups(
    'documented',
    s.elbModel,
    'takes names of letters, digits and hyphens, also two hyphens in a row',
    'Target group names have at most 32 letters, digits and hyphens, no hyphen at an end.',
  ),
  groups(
    'documented',
    s.elbModel,
    'refuses the name of a group with other settings, in this account and Region only',
    'A target group name is taken once in an account and Region: another group of that name gets DuplicateTargetGroupName.',
  ),
  groups(
    'documented',
    s.elbModel,
    'answers with the existing group for the same settings, and leaves its tags alone',
    'CreateTargetGroup with the settings of a group that is there answers with that group; the tags of the call are not looked at.',
  ),
  groups(
    'documented',
    s.elbHealthChecks,
    defaults,
    'Health checks have by default HTTP on the traffic port, path /, 30 s interval, 5 passes, 2 failures, matcher 200.',
  ),
  groups(
    'documented',
    s.elbHealthChecks,
    otherDefaults,
    'A health check times out after 5 s by default, as the guide has it; the API model says 6 for HTTP and 10 for HTTPS.',
  ),
  groups(
    'documented',
    s.elbHealthChecks,
    otherDefaults,
    'gRPC groups are checked at /AWS.ALB/healthcheck for code 12; those of functions every 35 s with a time-out of 30 s, and only when asked to.',
  ),
  groups(
    'documented',
    s.elbHealthChecks,
    'refuses %s',
    'Health checks take an interval of 5 to 300 s, a shorter time-out of 2 to 120 s, thresholds of 2 to 10, HTTP codes of 200 to 499, a path of 1 to 1,024 characters that begins with a slash.',
  ),
  groups(
    'documented',
    s.elbModel,
    'refuses %s',
    'Protocol, port (1 to 65,535) and a VPC that is there are needed, except for functions, which have none of them.',
  ),
  groups(
    'documented',
    s.elbModel,
    'refuses %s',
    'Health checks cannot be disabled for targets of type ip or instance, so that none of these is ever unavailable.',
  ),
  groups(
    'assumed',
    s.elbModel,
    'does not simulate %s, and says so',
    'Target groups of Network Load Balancers, of load balancers and of IPv6 addresses are refused with InvalidConfigurationRequest.',
  ),
  groups(
    'documented',
    s.elbModel,
    changes,
    'ModifyTargetGroup changes health checks only; protocol, version, port, VPC, target and address type stay for good.',
  ),
  groups(
    'documented',
    s.elbModel,
    'lists by load balancer, names and ARNs, and pages the Region',
    'DescribeTargetGroups pages the Region by 1 to 400; it takes a load balancer, names or ARNs, and fails when one is not there.',
  ),
  groups(
    'observed',
    s.elbTwentyAtMost,
    'lists by load balancer, names and ARNs, and pages the Region',
    'DescribeTargetGroups takes 20 ARNs or names at most.',
  ),
  groups(
    'documented',
    s.elbModel,
    attributes,
    'Target group attributes come back complete: all 14, whether they were written or not.',
  ),
  groups(
    'assumed',
    s.elbUnknownAttribute,
    attributes,
    'A target group attribute that there is not, or out of range, gets ValidationError, and nothing of the call is written.',
  ),
  groups('documented', s.elbModel, attributes, 'The deregistration delay is 0 to 3,600 s, 300 s by default.'),
  groups(
    'documented',
    s.elbGroupAttributes,
    'do not go together: %s',
    'Slow start needs round robin, anomaly mitigation needs weighted random, stickiness needs neither that nor cross-zone off, an application cookie needs a name.',
  ),
  groups(
    'documented',
    s.elbModel,
    inUse,
    'DeleteTargetGroup gets ResourceInUse as long as a rule forwards to the group.',
  ),
  groups(
    'documented',
    s.elbModel,
    'a group that a default action forwards to is in use',
    'DeleteTargetGroup gets ResourceInUse as long as a default action forwards to the group.',
  ),
  groups(
    'observed',
    s.elbLingering,
    inUse,
    'ResourceInUse lingers for 0 to 5 s after the rule went; other controllers try for up to 20 s.',
  ),
  groups(
    'assumed',
    s.elbModel,
    inUse,
    'DeleteTargetGroup of a group that is gone succeeds: ResourceInUse is the only error that its model lists.',
  ),
];

const registered: readonly Behaviour[] = [
  targets(
    'documented',
    s.elbModel,
    'refuses %s, and then registers nothing',
    'Targets of type ip are IPv4 addresses of the private ranges, the others get InvalidTarget; all targets of a call are registered, or none.',
  ),
  targets(
    'documented',
    s.elbModel,
    'finds neither instances nor functions in the simulated accounts',
    'Instances and functions as targets get InvalidTarget: the simulated accounts have none.',
  ),
  targets(
    'documented',
    s.elbRegister,
    'one address may be registered at several ports',
    'One address may be registered at several ports; without a port it is the group’s.',
  ),
  targets(
    'observed',
    s.elbDeregisterPort,
    'without a port means the port of the group: a target at another port stays',
    'DeregisterTargets without a port means the group’s port: a target that was registered at another port stays.',
  ),
  health(
    'documented',
    s.elbModel,
    'deregistering an unknown one succeeds; asking for it says that it is not registered',
    'DeregisterTargets of an unknown target succeeds; DescribeTargetHealth has it unused, Target.NotRegistered.',
  ),
  targets(
    'documented',
    s.elbModel,
    'drains for as long as the group says: %d s',
    'A target that leaves drains for the deregistration delay of its group and is gone then; with a delay of 0 at once.',
  ),
  health(
    'assumed',
    s.elbRegister,
    'registered again while it drains starts anew, and does not go when the drain would have ended',
    'A target that is registered again while it drains starts anew; the guide says to wait, and names no error.',
  ),
  health(
    'documented',
    s.elbHealthChecks,
    'is initial, and healthy after one passed check within 5 s and an interval',
    'A new target is initial, and healthy after one passed check, whatever the healthy threshold.',
  ),
  health(
    'assumed',
    s.elbHealthChecks,
    'is initial, and healthy after one passed check within 5 s and an interval',
    'The first check comes 5 s after the registration, and up to an interval later.',
  ),
  health(
    'documented',
    s.elbModel,
    'says why it is initial: first registration, then checks',
    'An initial target says Elb.RegistrationInProgress, then Elb.InitialHealthChecking.',
  ),
  health(
    'documented',
    s.elbHealthChecks,
    'that never answers is unhealthy only after the whole threshold has failed',
    'A new target is unhealthy after as many failed checks as the unhealthy threshold.',
  ),
  health(
    'documented',
    s.elbHealthChecks,
    'changes later only after interval times threshold, and not at all when it recovers in time',
    'Later a target changes its health after as many checks in a row as the threshold says.',
  ),
  health(
    'documented',
    s.elbModel,
    'where nothing listens time out',
    'An unhealthy target says Target.FailedHealthChecks where something listens, Target.Timeout where nothing does.',
  ),
  health(
    'documented',
    s.elbModel,
    'without a rule is not checked; attached it is, and detached it stops',
    'Targets of a group that no rule uses are unused, Target.NotInUse, and not checked.',
  ),
  health(
    'assumed',
    s.elbHealthChecks,
    'of a load balancer that still provisions is not checked before that is active',
    'A load balancer that still provisions checks no target.',
  ),
  health(
    'documented',
    s.elbModel,
    'goes on draining whatever its checks were about to say',
    'A draining target is not checked any more.',
  ),
  health(
    'assumed',
    s.elbRegister,
    'follow what ECS runs at that address, in whichever group it was registered',
    'A target that a call registered answers when a task listens at its address and port, in whichever group that is.',
  ),
];

/** Of target groups and targets. */
export const elbTargetBehaviours: readonly Behaviour[] = [...targetGroups, ...registered];
