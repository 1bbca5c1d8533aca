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
import { normaliseActions } from './actions.ts';
import { ruleArn } from './arns.ts';
import { attachAll, byPriority, checkGroups, detachAll, rulesChanged, setActions } from './attachments.ts';
import { normaliseConditions } from './conditions.ts';
import { operationNotPermitted, required, validationError } from './errors.ts';
import { withTags } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { type ElbState, findListener, findRule, type Listener, type Rule } from './state.ts';

/** CreateRule, DescribeRules, ModifyRule, DeleteRule and SetRulePriorities. */
export function ruleOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateRule: operation({
      category: 'mutate',
      run: (input: CreateRuleInput, call) => createRule(state, input, call),
      resources: (input, output) => [output?.Rules?.[0]?.RuleArn ?? input.ListenerArn],
    }),
    DescribeRules: operation({
      category: 'read',
      run: (input: DescribeRulesInput, call) => describeRules(state, input, call),
      resources: (input) => input.RuleArns ?? [input.ListenerArn],
    }),
    ModifyRule: operation({
      category: 'mutate',
      run: (input: ModifyRuleInput, call) => modifyRule(state, input, call),
      resources: (input) => [input.RuleArn],
    }),
    DeleteRule: operation({
      category: 'mutate',
      run: (input: DeleteRuleInput, call) => deleteRule(state, input, call),
      resources: (input) => [input.RuleArn],
    }),
    SetRulePriorities: operation({
      category: 'mutate',
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
    Conditions: structuredClone([...rule.conditions]),
    Actions: structuredClone([...rule.actions]),
    IsDefault: rule.priority === undefined,
    ...(rule.transforms.length === 0 ? {} : { Transforms: structuredClone([...rule.transforms]) }),
  };
}

function createRule(state: ElbState, input: CreateRuleInput, call: Call): CreateRuleOutput {
  const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
  const priority = checkPriority(required(input.Priority, 'Priority'));
  const conditions = normaliseConditions(required(input.Conditions, 'Conditions'));
  const actions = normaliseActions(required(input.Actions, 'Actions'));
  const tags = withTags(new Map(), input.Tags ?? []);
  if (listener.byPriority.has(priority)) throw priorityInUse(priority);
  checkRuleCount(state, call, listener);
  checkGroups(state, call, listener.loadBalancer, actions);
  const rule: Rule = {
    arn: ruleArn(listener.arn, state.world.hex('elbv2/rule', 16)),
    listener,
    priority,
    conditions,
    actions,
    transforms: input.Transforms ?? [],
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
    throw validationError(`Priority '${priority}' must be between 1 and 50000`);
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
      `You have reached the maximum number of rules on this load balancer: [${limit}]`,
    );
  }
}

function describeRules(state: ElbState, input: DescribeRulesInput, call: Call): DescribeRulesOutput {
  const arns = input.RuleArns ?? [];
  if ((input.ListenerArn === undefined) === (arns.length === 0)) {
    throw validationError('You must specify either listener ARNs or rule ARNs, and not both');
  }
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
  const { loadBalancer } = rule.listener;
  const conditions = input.Conditions === undefined ? rule.conditions : normaliseConditions(input.Conditions);
  const actions = input.Actions === undefined ? rule.actions : normaliseActions(input.Actions);
  if (input.Actions !== undefined) checkGroups(state, call, loadBalancer, actions, rule);
  rule.conditions = conditions;
  rule.transforms = input.ResetTransforms === true ? [] : (input.Transforms ?? rule.transforms);
  setActions(state, rule, actions);
  rulesChanged(state, loadBalancer);
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
    if (moves.has(rule)) throw validationError(`Rule '${rule.arn}' cannot be given two priorities`);
    moves.set(rule, checkPriority(required(pair.Priority, 'Priority')));
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
