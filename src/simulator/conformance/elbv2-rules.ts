import type { Behaviour } from './behaviour.ts';
import { elbRow as row } from './elbv2-row.ts';
import { sources as s } from './sources.ts';

const rules = row('rules');
const conditions = row('conditions');
const actions = row('actions');

const described =
  'describes priority as a string, both forms of a condition, the forward in full, and the default rule last';
const manyValues = 'may be five values with five wildcards, and several of headers and of query strings';
const reachable = 'names target groups that exist, of the same VPC, that HTTP can reach';

const ofRules: readonly Behaviour[] = [
  rules(
    'documented',
    s.elbModel,
    'is not idempotent: the same rule again finds its priority in use',
    'CreateRule is not idempotent: the same rule again gets PriorityInUse, and becomes a second rule at another priority.',
  ),
  rules(
    'documented',
    s.elbModel,
    'refuses priority %d',
    'A rule’s priority is an integer from 1 to 50,000, once in a listener.',
  ),
  rules(
    'observed',
    'https://github.com/aws/copilot-cli/issues/454',
    described,
    'Priorities are sent as integers and come back as strings; that of the default rule is "default".',
  ),
  rules(
    'documented',
    s.elbModel,
    'ModifyRule replaces what it is given as a whole and leaves the rest',
    'ModifyRule replaces conditions, actions and transforms as whole lists, and leaves what it is not given.',
  ),
  rules(
    'documented',
    s.elbModel,
    'SetRulePriorities swaps, and changes nothing when one priority is taken',
    'SetRulePriorities moves all rules at once: swaps pass, a priority of another rule gets PriorityInUse and nothing moves.',
  ),
  rules(
    'documented',
    s.elbModel,
    'the default rule can neither be modified, moved nor deleted',
    'The default rule is neither modified, moved nor deleted by rule calls: OperationNotPermitted.',
  ),
  rules(
    'documented',
    s.elbModel,
    'a deleted rule is not found any more, and frees its priority',
    'DeleteRule of a rule that is gone gets RuleNotFound.',
  ),
  rules(
    'documented',
    s.elbModel,
    'pages a listener, or takes 20 ARNs at most, and not both',
    'DescribeRules takes a listener or ARNs, not both; pages have 1 to 400 rules, in order of priority, the default rule last.',
  ),
  rules(
    'observed',
    s.elbTwentyAtMost,
    'pages a listener, or takes 20 ARNs at most, and not both',
    'DescribeRules takes 20 ARNs at most.',
  ),
  rules('documented', s.elbModel, reachable, 'A rule names target groups that are there: TargetGroupNotFound.'),
  rules(
    'observed',
    s.elbOtherVpc,
    reachable,
    'A rule with a target group of another VPC than its load balancer’s gets InvalidConfigurationRequest.',
  ),
  rules(
    'documented',
    s.elbTargetGroups,
    reachable,
    'A target group of version HTTP2 or gRPC needs an HTTPS listener: IncompatibleProtocols.',
  ),
  rules(
    'documented',
    s.elbTransforms,
    'transforms are kept, replaced and reset',
    'Transforms of a rule are kept and described, and change no routing; ResetTransforms takes them off.',
  ),
  actions(
    'documented',
    s.elbTransforms,
    'are one of the host and one of the URL',
    'A rule has one transform of the host and one of the URL at most, each with one rewrite.',
  ),
];

const ofConditions: readonly Behaviour[] = [
  conditions(
    'documented',
    s.elbModel,
    'are not %s',
    'A rule has one condition each on host, path, method and source address at most, and one condition at least.',
  ),
  conditions('documented', s.elbModel, manyValues, 'A rule has any number of conditions on headers and query strings.'),
  conditions(
    'documented',
    s.elbConditions,
    'are not %s',
    'One condition has three values at most, all conditions of a rule five values and five wildcards.',
  ),
  conditions(
    'documented',
    s.elbModel,
    manyValues,
    'A condition on the source address has five blocks: the API model says so, the quota page three.',
  ),
  conditions(
    'documented',
    s.elbConditions,
    'have not %s',
    'Host patterns have at most 128 of letters, digits, -, ., * and ?, a dot at least, and only letters after the last one.',
  ),
  conditions(
    'documented',
    s.elbConditions,
    'have not %s',
    'Path patterns have at most 128 of letters, digits, wildcards and _-.$/~"\'@:+&.',
  ),
  conditions(
    'documented',
    s.elbConditions,
    'have not %s',
    'Header names have at most 40 characters, Host is none of them, and header values have at most 128.',
  ),
  conditions(
    'documented',
    s.elbConditions,
    'have not %s',
    'Methods are capital letters, - and _, at most 40, without wildcards; source addresses are CIDR blocks, 255.255.255.255/32 none of them.',
  ),
  conditions(
    'documented',
    s.elbConditions,
    'count a wildcard behind a backslash as a character, in query strings',
    'Query strings take \\* and \\? for the characters themselves; these do not count as wildcards.',
  ),
  conditions(
    'documented',
    s.elbConditions,
    'are not taken %s',
    'Regular expressions have at most 128 characters, and neither lookarounds, backreferences, recursion nor possessive quantifiers.',
  ),
  conditions(
    'documented',
    'https://docs.aws.amazon.com/cli/latest/reference/elbv2/create-rule.html',
    'of hosts and paths come back in both forms',
    'Host and path conditions come back in both forms, Values and the configuration, whichever was sent.',
  ),
  conditions(
    'assumed',
    s.elbModel,
    'of hosts and paths come back in both forms',
    'Regular expressions of hosts and paths come back in both forms as well.',
  ),
  conditions(
    'documented',
    s.elbModel,
    'are not %s',
    'The plain form Values takes one value; both forms at once are refused.',
  ),
];

const ofActions: readonly Behaviour[] = [
  actions(
    'documented',
    s.elbModel,
    'are one routing action; signing in with Cognito is not simulated',
    'A rule has one routing action: two get TooManyActions, none ValidationError.',
  ),
  actions(
    'documented',
    s.elbSignIn,
    'may sign users in before that; the secret is never described',
    'Users may be signed in with OpenID Connect before the routing action, by the order of the actions; the client secret is never described.',
  ),
  actions(
    'assumed',
    s.elbSignIn,
    'do not sign users in %s',
    'Signing in as the last action, on HTTP listeners, or with endpoints that are no HTTPS URLs gets InvalidLoadBalancerAction; several actions without an order of their own get ValidationError.',
  ),
  actions(
    'documented',
    s.elbModel,
    'a forward is described in full, whichever way it was sent',
    'A forward comes back with TargetGroupArn and ForwardConfig where it names one group, and with ForwardConfig alone where it names more.',
  ),
  actions(
    'documented',
    s.elbActions,
    'a forward has not %s',
    'Weights are 0 to 999; a group is named once; stickiness lasts 1 s to 7 days.',
  ),
  actions(
    'observed',
    s.elbWeights,
    'a forward has not %s',
    'With several groups each needs a weight; one alone has weight 1 by default.',
  ),
  actions(
    'documented',
    s.elbModel,
    'a fixed response has not %s',
    'A fixed response has a status of 2XX, 4XX or 5XX and a body of at most 1,024 characters.',
  ),
  actions(
    'documented',
    s.elbModel,
    'a fixed response has one of five content types',
    'A fixed response has one of five content types: another gets InvalidLoadBalancerAction.',
  ),
  actions(
    'documented',
    s.elbActions,
    'a redirect keeps what it does not name',
    'A redirect keeps what it does not name: #{protocol}, #{port}, #{host}, /#{path}, #{query}.',
  ),
  actions(
    'observed',
    s.elbRedirectLoop,
    'a redirect leads elsewhere, and not out of HTTPS',
    'A redirect to where the request came from gets InvalidLoadBalancerAction, "… because it creates a loop".',
  ),
  actions(
    'documented',
    s.elbActions,
    'a redirect leads elsewhere, and not out of HTTPS',
    'A redirect from HTTPS to HTTP gets InvalidLoadBalancerAction.',
  ),
  actions(
    'observed',
    s.elbNoConfig,
    'a redirect leads elsewhere, and not out of HTTPS',
    'A redirect or fixed response without its configuration gets InvalidLoadBalancerAction.',
  ),
];

/** Of rules, their conditions and actions. */
export const elbRuleBehaviours: readonly Behaviour[] = [...ofRules, ...ofConditions, ...ofActions];
