import type { Behaviour } from './behaviour.ts';
import { elbLoadBalancerBehaviours } from './elbv2-load-balancers.ts';
import { elbRoutingBehaviours } from './elbv2-routing.ts';
import { elbRow as row } from './elbv2-row.ts';
import { elbRuleBehaviours } from './elbv2-rules.ts';
import { elbTargetBehaviours } from './elbv2-targets.ts';
import { sources as s } from './sources.ts';

const service = row('service');
const quotas = row('quotas');
const rules = row('rules');

const sharedBucket = '20 writes at once, 3 a second after that, and the account bucket of 40 is shared by all actions';
const ownBuckets = 'buckets belong to one account in one Region; calls that ECS makes for you take nothing';
const notSimulated = 'is refused as an invalid configuration, by the name of the parameter: %s';

const requests: readonly Behaviour[] = [
  service(
    'documented',
    s.elbThrottling,
    sharedBucket,
    'Every ELBv2 call takes a token of one bucket of 40 / 10 (capacity / tokens a second), besides that of its category.',
  ),
  service(
    'documented',
    s.elbThrottling,
    '40 reads at once, 10 a second after that',
    'All Describe calls of ELBv2, DescribeTags and DescribeTargetHealth among them, draw from a bucket of 40 / 10.',
  ),
  service('documented', s.elbThrottling, sharedBucket, 'Writing ELBv2 calls draw from a bucket of 20 / 3.'),
  service(
    'documented',
    s.elbThrottling,
    '20 registrations at once, 4 a second after that, apart from other writes',
    'RegisterTargets and DeregisterTargets draw from a bucket of 20 / 4.',
  ),
  service(
    'documented',
    s.elbThrottling,
    '10 calls of CreateLoadBalancer and SetSubnets at once, one in 5 s after that',
    'CreateLoadBalancer and SetSubnets draw from a bucket of 10 / 0.2.',
  ),
  service('documented', s.elbThrottling, ownBuckets, 'The buckets of ELBv2 belong to one account in one Region.'),
  service(
    'documented',
    s.elbThrottling,
    ownBuckets,
    'Registrations that ECS makes draw from none of the account’s ELBv2 buckets.',
  ),
  service(
    'documented',
    s.elbThrottling,
    sharedBucket,
    'A throttled ELBv2 call gets ThrottlingException, "Rate exceeded".',
  ),
  service(
    'assumed',
    s.elbModel,
    'says what it takes and how long it does: reads 50 ms, writes 150 ms, some longer',
    'ELBv2 reads take 50 ms, writes 150 ms, CreateTargetGroup and DeleteTargetGroup 300 ms, CreateLoadBalancer 500 ms.',
  ),
  service(
    'assumed',
    s.elbModel,
    notSimulated,
    'A parameter of ELBv2 that is not simulated is refused with InvalidConfigurationRequest, and named: TargetControlPort, MutualAuthentication, AlpnPolicy, IpamPools, the configurations for Cognito and for tokens.',
  ),
  service(
    'assumed',
    s.elbModel,
    'is no action: %s',
    'Trust stores, resource policies and capacity reservations cannot be made: their actions get InvalidAction.',
  ),
  service(
    'observed',
    s.elbOtherArn,
    'of a %s is none in another account or Region, nor in another form',
    'An ARN of another kind, account or Region, or none at all, gets ValidationError, "\'…\' is not a valid target group ARN".',
  ),
  service(
    'documented',
    s.elbModel,
    'of a %s that is not there is not found',
    'A well-formed ARN of nothing gets LoadBalancerNotFound, TargetGroupNotFound, ListenerNotFound or RuleNotFound.',
  ),
  {
    what: 'ELBv2 leaves "Exception" off the codes of its errors on the wire, and answers nearly all with HTTP 400.',
    kind: 'documented',
    source: s.elbModel,
    test: ['test/simulator/errors-on-the-wire.test.ts', 'TargetGroupNotFound'],
  },
];

const limits: readonly Behaviour[] = [
  quotas(
    'documented',
    s.elbAccountLimits,
    'DescribeAccountLimits shows the applied values, by page',
    'DescribeAccountLimits shows the applied quotas of Application Load Balancers, by AWS’s names; those of other load balancers are left out.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'load balancers of a Region',
    'One load balancer more than the quota of the Region (50) gets TooManyLoadBalancers.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'listeners of a load balancer',
    'One listener more than the quota of the load balancer (50) gets TooManyListeners; the same one again does not.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'rules of a load balancer, over all its listeners, default rules apart',
    'One rule more than the quota (100) gets TooManyRules: it counts over all listeners of the load balancer, default rules apart.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'unique target groups of a load balancer, those of default actions too: 100',
    'The 101st different target group of a load balancer gets TooManyUniqueTargetGroupsPerLoadBalancer; those of default actions count.',
  ),
  {
    what: 'One target group more than the quota of the Region (3,000) gets TooManyTargetGroups.',
    kind: 'documented',
    source: s.elbQuotas,
    test: ['test/simulator/elbv2/target-groups.test.ts', 'stops at the quota of the Region'],
  },
  quotas(
    'assumed',
    s.elbModel,
    'target groups, condition values and wildcards of one rule',
    'A sixth target group in one action gets TooManyTargetGroups; no document names the error.',
  ),
  quotas(
    'observed',
    s.elbConditionValues,
    'target groups, condition values and wildcards of one rule',
    'A sixth condition value in a rule gets ValidationError, "A rule can only have \'5\' condition values".',
  ),
  quotas(
    'assumed',
    s.elbConditions,
    'target groups, condition values and wildcards of one rule',
    'A sixth wildcard in a rule gets ValidationError.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'targets of a group',
    'One target more than the quota of the group (1,000) gets TooManyTargets, and none of the call is registered.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'targets of a load balancer, whether they come before their group or after it',
    'One target more than the quota of the load balancer (1,000) gets TooManyTargets, whether it is registered or comes with a group that a rule attaches.',
  ),
  quotas(
    'documented',
    s.elbAccountLimits,
    'registrations of one target with a load balancer',
    'One address at more ports of one load balancer than the quota (1,000) gets TooManyRegistrationsForTargetId.',
  ),
  quotas(
    'documented',
    s.elbQuotas,
    'certificates of a load balancer, default ones apart',
    'One certificate more than the quota of the load balancer (25, default ones apart) gets TooManyCertificates.',
  ),
  rules(
    'documented',
    s.elbQuotas,
    'a group belongs to one load balancer',
    'A second load balancer for a target group gets TargetGroupAssociationLimit.',
  ),
  quotas(
    'documented',
    s.elbTags,
    'tags of a resource: 50',
    'A resource of ELBv2 has 50 tags at most; more get TooManyTags.',
  ),
];

const tags: readonly Behaviour[] = [
  rules(
    'documented',
    s.elbModel,
    'are added and removed on any resource; one bad ARN fails the call',
    'AddTags adds and replaces, never removes; RemoveTags of a key that is not there succeeds.',
  ),
  rules(
    'documented',
    s.elbModel,
    'are added and removed on any resource; one bad ARN fails the call',
    'DescribeTags takes 20 ARNs at most; one of something that is not there fails the call.',
  ),
  rules(
    'observed',
    s.elbOneTagged,
    'are written to one resource at a time',
    'AddTags and RemoveTags take one resource: two get ValidationError, "Only one resource can be tagged at a time".',
  ),
  rules(
    'documented',
    s.elbModel,
    'are not taken with %s',
    'Tag keys of ELBv2 have 1 to 128 characters and values up to 256, of letters, spaces, digits and _.:/=+-@; aws: begins none.',
  ),
  rules(
    'documented',
    s.elbModel,
    'are added and removed on any resource; one bad ARN fails the call',
    'A tag key given twice gets DuplicateTagKeys.',
  ),
];

const moto: Behaviour = {
  what: 'Where the ELBv2 of moto differs, a list says who is right, and by which document; a difference that goes away fails the test.',
  kind: 'observed',
  source: 'https://github.com/getmoto/moto',
  test: ['test/conformance/moto-elbv2.test.ts', 'the simulated ELBv2 and moto'],
};

export const elbv2Behaviours: readonly Behaviour[] = [
  ...requests,
  ...limits,
  ...elbLoadBalancerBehaviours,
  ...elbTargetBehaviours,
  ...elbRuleBehaviours,
  ...elbRoutingBehaviours,
  ...tags,
  moto,
];
