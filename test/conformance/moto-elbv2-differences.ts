/** A behaviour of ELBv2 in which moto and the simulator differ, and what says which of the two is as AWS. */
export interface ElbDifference {
  readonly right: 'the simulator' | 'moto' | 'nobody knows';
  readonly source: string;
  readonly simulator: unknown;
  readonly moto: unknown;
}

const api = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference';
const guide = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application';
const model =
  'https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore/data/elbv2/2015-12-01/service-2.json';
const observed = (thread: string): string => `https://github.com/${thread}`;

const invalid = 'ValidationError';
/** The simulator is right, says the source. */
const ours = (source: string, simulator: unknown, moto: unknown): ElbDifference => ({
  right: 'the simulator',
  source,
  simulator,
  moto,
});
/** What the simulator refuses, and moto takes. */
const refused = (source: string, simulator = invalid): ElbDifference => ours(source, simulator, 'ok');

const conditions = `${guide}/rule-condition-types.html`;
const quotas = `${guide}/load-balancer-limits.html`;
const arns = observed('kubernetes-sigs/aws-load-balancer-controller/issues/2341');

export const elbDifferences: Readonly<Record<string, ElbDifference>> = {
  'not found: deleting a target group that is gone': ours(
    `${api}/API_DeleteTargetGroup.html: ResourceInUse is its only error`,
    'ok',
    'TargetGroupNotFoundException',
  ),
  'not found: the target groups of a load balancer that has none': {
    right: 'nobody knows',
    source: `${api}/API_DescribeTargetGroups.html: the error is for target groups that were named; no report either way was found`,
    simulator: 'ok',
    moto: 'TargetGroupNotFoundException',
  },
  'not found: one listener beside one that is there': ours(
    `${api}/API_DescribeListeners.html (ListenerNotFound); the message "One or more listeners not found"`,
    'ListenerNotFoundException',
    'ok',
  ),
  'not found: deleting a rule that is gone': ours(
    `${api}/API_DeleteRule.html (RuleNotFound); moto says of itself that it should answer so`,
    ['ok', 'RuleNotFoundException'],
    ['ok', 'ok'],
  ),
  'not found: what is no ARN': ours(arns, [invalid, invalid], ['TargetGroupNotFoundException', 'ok']),
  'again: a target group with the same settings': ours(
    `${api}/API_CreateTargetGroup.html: "This operation is idempotent"`,
    ['ok', 'ok'],
    ['ok', 'DuplicateTargetGroupNameException'],
  ),
  'again: a load balancer with the same settings': ours(
    `${api}/API_CreateLoadBalancer.html: "This operation is idempotent"`,
    true,
    false,
  ),
  'again: a load balancer with other settings': refused(
    `${api}/API_CreateLoadBalancer.html (DuplicateLoadBalancerName)`,
    'DuplicateLoadBalancerNameException',
  ),
  'again: a listener with the same settings, and with others': ours(
    `${api}/API_CreateListener.html (DuplicateListener)`,
    [true, 'ok', 'DuplicateListenerException'],
    [true, 'ok', 'ok'],
  ),
  'rules: a path comes back in both forms': ours(
    'https://docs.aws.amazon.com/cli/latest/reference/elbv2/create-rule.html (the output of the first example)',
    [{ Field: 'path-pattern', Values: ['/7'], PathPatternConfig: { Values: ['/7'] } }],
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/7'] } }],
  ),
  'rules: a priority that is taken, one given twice, two swapped': ours(
    `${api}/API_SetRulePriorities.html: rules may be reordered "as long as there are no priority conflicts in the new order"`,
    ['PriorityInUseException', invalid, 'ok'],
    ['PriorityInUseException', invalid, 'PriorityInUseException'],
  ),
  'rules: the default rule is neither changed, moved nor deleted': ours(
    `${api}/API_DeleteRule.html (OperationNotPermitted), so of the other two`,
    ['OperationNotPermittedException', 'OperationNotPermittedException', 'OperationNotPermittedException'],
    ['ok', 'ok', 'crashed'],
  ),
  'rules: the 101st of a load balancer': refused(quotas, 'TooManyRulesException'),
  'order: a second load balancer for a target group': refused(quotas, 'TargetGroupAssociationLimitException'),
  'order: a load balancer that is protected': refused(
    `${api}/API_DeleteLoadBalancer.html (OperationNotPermitted)`,
    'OperationNotPermittedException',
  ),
  'tags: one key twice, 51 tags, a key of AWS': ours(
    `${api}/API_AddTags.html (DuplicateTagKeys, TooManyTags); ${guide}/load-balancer-tags.html (50 tags, no aws: prefix)`,
    ['DuplicateTagKeysException', 'TooManyTagsException', invalid],
    ['ok', 'ok', 'TooManyTagsException'],
  ),
  'tags: two resources in one write': refused(observed('aws/aws-sdk-go-v2/issues/2715')),
  'tags: one resource that is not there fails the read': refused(
    `${api}/API_DescribeTags.html (TargetGroupNotFound)`,
    'TargetGroupNotFoundException',
  ),
  'tags: of 21 resources in one read': refused(`${api}/API_DescribeTags.html: "up to 20 resources in a single call"`),
  'reads: a page of 0 and of 401': ours(`${model} (PageSize)`, [invalid, invalid], ['ok', 'ok']),
  'reads: 21 target groups by ARN': refused(observed('ansible-collections/amazon.aws/pull/1600')),
  'targets: one that is not registered leaves without an error, and its health says so': ours(
    `${api}/API_DeregisterTargets.html: "If the specified target does not exist, the action returns successfully"; ${api}/API_TargetHealth.html`,
    ['ok', [['unused', 'Target.NotRegistered']]],
    ['InvalidTargetException', [['unavailable', 'Target.NotRegistered']]],
  ),
  'targets: of a group that no rule uses are unused': ours(
    `${api}/API_TargetHealth.html (Target.NotInUse)`,
    [['unused', 'Target.NotInUse']],
    [['healthy', undefined]],
  ),
  'targets: an address of the internet': refused(
    `${api}/API_CreateTargetGroup.html (TargetType): "You can't specify publicly routable IP addresses"`,
    'InvalidTargetException',
  ),
  'targets: an instance that is not there': refused(
    `${api}/API_RegisterTargets.html (InvalidTarget: the specified target does not exist)`,
    'InvalidTargetException',
  ),
  'attributes: of a target group, one unknown, one out of range, stickiness by a cookie without a name': ours(
    `${api}/API_TargetGroupAttribute.html (the keys); the answer as for load balancers: ${observed('hashicorp/terraform-provider-aws/issues/23971')}`,
    [invalid, invalid, 'InvalidConfigurationRequestException'],
    ['ok', invalid, 'InvalidConfigurationRequestException'],
  ),
  'attributes: the longest deregistration delay': ours(
    `${api}/API_TargetGroupAttribute.html: "The range is 0-3600 seconds"`,
    'ok',
    invalid,
  ),
  'attributes: of a load balancer, one unknown': ours(
    observed('hashicorp/terraform-provider-aws/issues/23971'),
    invalid,
    'InvalidConfigurationRequestException',
  ),
  'condition: two conditions on the host': refused(`${api}/API_RuleCondition.html: "up to one of each"`),
  'condition: six values': refused(observed('aws-cloudformation/cfn-lint/issues/3833')),
  'condition: six wildcards': refused(conditions),
  'condition: a host without a dot': refused(`${api}/API_HostHeaderConditionConfig.html`),
  'condition: a host with an underscore': refused(conditions),
  'condition: a path with a space': refused(conditions),
  'condition: what is no block of addresses': refused(`${api}/API_SourceIpConditionConfig.html: "in CIDR format"`),
  'action: two fixed responses': refused(
    `${api}/API_Action.html: "exactly one of the following routing actions"; ${api}/API_CreateRule.html (TooManyActions)`,
    'TooManyActionsException',
  ),
  'action: a redirect to where it came from': refused(
    observed('kubernetes-sigs/aws-load-balancer-controller/issues/487'),
    'InvalidLoadBalancerActionException',
  ),
  'action: a forward to nothing': refused(observed('cloudposse/terraform-aws-alb/issues/134')),
  'priority: below 1': refused(`${model} (RulePriority)`),
  'priority: above 50,000': refused(`${model} (RulePriority)`),
  'target group: a name with two hyphens in a row': ours(observed('aws/aws-sdk-js/issues/3300'), 'ok', invalid),
  'target group: a healthy threshold of 1': refused(`${model} (HealthCheckThresholdCount)`),
  'target group: a matcher of 500': refused(`${guide}/target-group-health-checks.html (Matcher)`),
  'target group: a path without a slash': refused(`${guide}/target-group-health-checks.html (HealthCheckPath)`),
  'listener: TLS without a certificate': refused(observed('pulumi/pulumi-awsx/issues/1242')),
  'load balancer: a subnet that is not there': ours(
    `${api}/API_CreateLoadBalancer.html (SubnetNotFound)`,
    'SubnetNotFoundException',
    'InvalidSubnetID.NotFound',
  ),
  'load balancer: no subnet': ours(
    observed('aws-samples/aws-cdk-examples/issues/226'),
    invalid,
    'SubnetNotFoundException',
  ),
};
