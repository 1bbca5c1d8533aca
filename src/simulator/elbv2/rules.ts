import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DescribeRulesInput,
  DescribeRulesOutput,
  ModifyRuleInput,
  ModifyRuleOutput,
  Rule as RuleDescription,
  SetRulePrioritiesInput,
  SetRulePrioritiesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { actionMembers, normaliseActions } from './actions.ts';
import { ruleArn } from './arns.ts';
import { attachAll, byPriority, checkGroups, detachAll, rulesChanged, setActions } from './attachments.ts';
import { normaliseConditions } from './conditions.ts';
import { checkNamed, constraintError, operationNotPermitted, required, validationError } from './errors.ts';
import { actionLimits, conditionLimits } from './limits.ts';
import { withTags } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { type ElbState, findListener, findRule, type Listener, type Rule } from './state.ts';
import { normaliseTransforms } from './transforms.ts';

/** CreateRule, DescribeRules, ModifyRule, DeleteRule and SetRulePriorities. */
export function ruleOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateRule: operation({
      category: 'mutate',
      takes: ['ListenerArn', 'Priority', 'Tags', 'Transforms', 'Conditions', ...actionMembers('Actions')],
      run: (input: CreateRuleInput, call) => createRule(state, input, call),
      resources: (input, output) => [output?.Rules?.[0]?.RuleArn ?? input.ListenerArn],
    }),
    DescribeRules: operation({
      category: 'read',
      takes: ['ListenerArn', 'RuleArns', 'Marker', 'PageSize'],
      run: (input: DescribeRulesInput, call) => describeRules(state, input, call),
      resources: (input) => input.RuleArns ?? [input.ListenerArn],
    }),
    ModifyRule: operation({
      category: 'mutate',
      takes: ['RuleArn', 'Transforms', 'ResetTransforms', 'Conditions', ...actionMembers('Actions')],
      run: (input: ModifyRuleInput, call) => modifyRule(state, input, call),
      resources: (input) => [input.RuleArn],
    }),
    DeleteRule: operation({
      category: 'mutate',
      takes: ['RuleArn'],
      run: (input: DeleteRuleInput, call) => deleteRule(state, input, call),
      resources: (input) => [input.RuleArn],
    }),
    SetRulePriorities: operation({
      category: 'mutate',
      takes: ['RulePriorities'],
      run: (input: SetRulePrioritiesInput, call) => setRulePriorities(state, input, call),
      resources: (input) => (input.RulePriorities ?? []).map((pair) => pair.RuleArn),
    }),
  };
}

/** A rule as DescribeRules answers it: the priority is a string, `default` for the default rule. */
function describeRule(rule: Rule): RuleDescription {
  return {
    RuleArn: rule.arn,
    Priority: rule.priority === undefined ? 'default' : String(rule.priority),
    Conditions: plainCopy([...rule.conditions]),
    Actions: plainCopy([...rule.actions]),
    IsDefault: rule.priority === undefined,
    ...(rule.transforms.length === 0 ? {} : { Transforms: plainCopy([...rule.transforms]) }),
  };
}

function createRule(state: ElbState, input: CreateRuleInput, call: Call): CreateRuleOutput {
  const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
  const priority = checkPriority(required(input.Priority, 'Priority'));
  const conditions = normaliseConditions(required(input.Conditions, 'Conditions'), conditionLimits(state, call));
  const actions = normaliseActions(required(input.Actions, 'Actions'), actionLimits(state, call, listener));
  const transforms = normaliseTransforms(input.Transforms ?? []);
  const tags = withTags(new Map(), input.Tags ?? []);
  if (listener.byPriority.has(priority)) throw priorityInUse(priority);
  checkRuleCount(state, call, listener);
  checkGroups(state, call, listener, actions);
  const rule: Rule = {
    arn: ruleArn(listener.arn, state.world.hex('elbv2/rule', 16)),
    listener,
    priority,
    conditions,
    actions,
    transforms,
    tags,
  };
  state.rules.set(rule.arn, rule);
  listener.rules.set(rule.arn, rule);
  listener.byPriority.set(priority, rule);
  attachAll(state, rule);
  rulesChanged(state, listener.loadBalancer);
  return { Rules: [describeRule(rule)] };
}

function checkPriority(priority: number): number {
  if (!Number.isInteger(priority) || priority < 1 || priority > 50_000) {
    const rule = priority < 1 ? 'greater than or equal to 1' : 'less than or equal to 50000';
    throw constraintError(priority, 'priority', `Member must have value ${rule}`);
  }
  return priority;
}

function priorityInUse(priority: number): AwsError {
  return new AwsError('PriorityInUseException', `Priority '${priority}' is currently in use`);
}

/** The quota counts the rules of all listeners of the load balancer, default rules apart. */
function checkRuleCount(state: ElbState, call: Call, listener: Listener): void {
  const limit = state.world.quotas.get(call, 'rulesPerLoadBalancer');
  let count = 0;
  for (const one of listener.loadBalancer.listeners.values()) count += one.byPriority.size;
  if (count >= limit) {
    throw new AwsError(
      'TooManyRulesException',
      `The maximum number of rules on load balancer '${listener.loadBalancer.arn}' has been reached: [${limit}]`,
    );
  }
}

function describeRules(state: ElbState, input: DescribeRulesInput, call: Call): DescribeRulesOutput {
  const arns = input.RuleArns ?? [];
  if (input.ListenerArn === undefined && arns.length === 0) {
    throw validationError('You must specify either listener rule ARNs or a listener ARN');
  }
  if (input.ListenerArn !== undefined && arns.length > 0) {
    throw validationError('Listener rule ARNs and a listener ARN cannot be specified at the same time');
  }
  checkNamed('listener rules', arns);
  if (input.ListenerArn === undefined) {
    const rules = arns.map((arn) => findRule(state, call, arn));
    const { items, next } = page(rules, input);
    return { Rules: items.map(describeRule), ...next };
  }
  const listener = findListener(state, call, input.ListenerArn);
  const { items, next } = page([...listener.rules.values()].sort(byPriority), input);
  return { Rules: items.map(describeRule), ...next };
}

/** Each property that is passed is replaced as a whole; others stay. */
function modifyRule(state: ElbState, input: ModifyRuleInput, call: Call): ModifyRuleOutput {
  const rule = findRule(state, call, required(input.RuleArn, 'RuleArn'));
  if (rule.priority === undefined) {
    throw operationNotPermitted(`Default rule '${rule.arn}' cannot be modified. Modify its listener's default actions`);
  }
  const { listener } = rule;
  const { Conditions, Actions, Transforms, ResetTransforms: reset = false } = input;
  if ([Conditions, Actions, Transforms].every((one) => one === undefined) && !reset) {
    throw validationError('Either conditions or actions must be specified');
  }
  if (reset && Transforms !== undefined)
    throw validationError('Transforms and ResetTransforms cannot both be specified');
  const conditions =
    Conditions === undefined ? rule.conditions : normaliseConditions(Conditions, conditionLimits(state, call));
  const actions = Actions === undefined ? rule.actions : normaliseActions(Actions, actionLimits(state, call, listener));
  const transforms = Transforms === undefined ? rule.transforms : normaliseTransforms(Transforms);
  if (Actions !== undefined) checkGroups(state, call, listener, actions, rule);
  rule.conditions = conditions;
  rule.transforms = reset ? [] : transforms;
  setActions(state, rule, actions);
  rulesChanged(state, listener.loadBalancer);
  return { Rules: [describeRule(rule)] };
}

function deleteRule(state: ElbState, input: DeleteRuleInput, call: Call): object {
  const rule = findRule(state, call, required(input.RuleArn, 'RuleArn'));
  if (rule.priority === undefined) {
    throw operationNotPermitted(`Default rule '${rule.arn}' cannot be deleted. Delete its listener`);
  }
  removeRule(state, rule);
  rulesChanged(state, rule.listener.loadBalancer);
  return {};
}

/** Takes a rule out of the control plane; its groups lose a user. */
export function removeRule(state: ElbState, rule: Rule): void {
  state.rules.delete(rule.arn);
  rule.listener.rules.delete(rule.arn);
  if (rule.priority !== undefined) rule.listener.byPriority.delete(rule.priority);
  detachAll(state, rule);
}

/** All or nothing: priorities are checked as they would stand after the whole call. */
function setRulePriorities(state: ElbState, input: SetRulePrioritiesInput, call: Call): SetRulePrioritiesOutput {
  const pairs = required(input.RulePriorities, 'RulePriorities');
  const moves = new Map<Rule, number>();
  for (const pair of pairs) {
    const rule = findRule(state, call, required(pair.RuleArn, 'RuleArn'));
    if (rule.priority === undefined) {
      throw operationNotPermitted(`The priority of default rule '${rule.arn}' cannot be set`);
    }
    if (moves.has(rule)) throw validationError(`Rule '${rule.arn}' was provided multiple times`);
    const priority = checkPriority(required(pair.Priority, 'Priority'));
    if ([...moves.values()].includes(priority)) {
      throw validationError(`Priority '${priority}' was provided multiple times`);
    }
    moves.set(rule, priority);
  }
  const [first] = moves.keys();
  if (first === undefined) throw validationError('At least one rule priority must be specified');
  const { listener } = first;
  const after = new Map([...listener.byPriority].filter(([, rule]) => !moves.has(rule)));
  for (const [rule, priority] of moves) {
    if (rule.listener !== listener) throw validationError('The rules must belong to the same listener');
    if (after.has(priority)) throw priorityInUse(priority);
    after.set(priority, rule);
  }
  listener.byPriority.clear();
  for (const [priority, rule] of after) {
    rule.priority = priority;
    listener.byPriority.set(priority, rule);
  }
  rulesChanged(state, listener.loadBalancer);
  return { Rules: [...moves.keys()].map(describeRule) };
}
