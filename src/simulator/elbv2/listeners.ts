import { isDeepStrictEqual } from 'node:util';
import type {
  Action,
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DescribeListenerAttributesInput,
  DescribeListenerAttributesOutput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as ListenerDescription,
  ModifyListenerAttributesInput,
  ModifyListenerAttributesOutput,
  ModifyListenerInput,
  ModifyListenerOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { actionMembers, normaliseActions } from './actions.ts';
import { listenerArn, ruleArn } from './arns.ts';
import { attachAll, checkGroups, rulesChanged, setActions } from './attachments.ts';
import { listenerAttributes } from './attribute-catalogues.ts';
import { changeCatalogue, defaultsOf, listAttributes, writeAttributes } from './attributes.ts';
import { checkNamed, required, validationError } from './errors.ts';
import { actionLimits } from './limits.ts';
import { changedSettings, hasSettings, type ListenerSettings, newSettings } from './listener-settings.ts';
import { withTags } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { removeRule } from './rules.ts';
import {
  type ElbState,
  findListener,
  findLoadBalancer,
  type Listener,
  type LoadBalancer,
  type Rule,
  type Tags,
} from './state.ts';

const settingsMembers = ['Port', 'Protocol', 'SslPolicy', 'Certificates.CertificateArn'];

/** CreateListener, DescribeListeners, ModifyListener, DeleteListener and the two for attributes. */
export function listenerOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateListener: operation({
      category: 'mutate',
      takes: ['LoadBalancerArn', ...settingsMembers, ...actionMembers('DefaultActions'), 'Tags'],
      run: (input: CreateListenerInput, call) => createListener(state, input, call),
      resources: (input, output) => [output?.Listeners?.[0]?.ListenerArn ?? input.LoadBalancerArn],
    }),
    DescribeListeners: operation({
      category: 'read',
      takes: ['LoadBalancerArn', 'ListenerArns', 'Marker', 'PageSize'],
      run: (input: DescribeListenersInput, call) => describeListeners(state, input, call),
      resources: (input) => input.ListenerArns ?? [input.LoadBalancerArn],
    }),
    ModifyListener: operation({
      category: 'mutate',
      takes: ['ListenerArn', ...settingsMembers, ...actionMembers('DefaultActions')],
      run: (input: ModifyListenerInput, call) => modifyListener(state, input, call),
      resources: (input) => [input.ListenerArn],
    }),
    DeleteListener: operation({
      category: 'mutate',
      takes: ['ListenerArn'],
      run: (input: DeleteListenerInput, call) => {
        const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
        removeListener(state, listener);
        rulesChanged(state, listener.loadBalancer);
        return {};
      },
      resources: (input) => [input.ListenerArn],
    }),
    DescribeListenerAttributes: operation({
      category: 'read',
      takes: ['ListenerArn'],
      run: (input: DescribeListenerAttributesInput, call): DescribeListenerAttributesOutput => {
        const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
        return { Attributes: listAttributes(listener.attributes) };
      },
      resources: (input) => [input.ListenerArn],
    }),
    ModifyListenerAttributes: operation({
      category: 'mutate',
      takes: ['ListenerArn', 'Attributes'],
      run: (input: ModifyListenerAttributesInput, call): ModifyListenerAttributesOutput => {
        const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
        writeAttributes(
          { kind: 'Listener', catalogue: listenerAttributes(listener.protocol) },
          listener.attributes,
          required(input.Attributes, 'Attributes'),
        );
        return { Attributes: listAttributes(listener.attributes) };
      },
      resources: (input) => [input.ListenerArn],
    }),
  };
}

/** What a new listener is made from, by a call or by a fleet file. */
interface ListenerParts extends ListenerSettings {
  readonly arn: string;
  readonly actions: readonly Action[];
  readonly tags: Tags;
}

/** Adds a listener with its default rule to the control plane. */
export function addListener(state: ElbState, loadBalancer: LoadBalancer, parts: ListenerParts): Listener {
  const listener: Listener = {
    arn: parts.arn,
    loadBalancer,
    port: parts.port,
    protocol: parts.protocol,
    certificates: parts.certificates,
    moreCertificates: new Set(),
    sslPolicy: parts.sslPolicy,
    tags: parts.tags,
    attributes: defaultsOf(listenerAttributes(parts.protocol)),
    rules: new Map(),
    byPriority: new Map(),
    get defaultRule() {
      return rule;
    },
  };
  const rule: Rule = {
    arn: ruleArn(parts.arn, state.world.hex('elbv2/rule', 16)),
    listener,
    priority: undefined,
    conditions: [],
    actions: parts.actions,
    transforms: [],
    tags: new Map(),
  };
  listener.rules.set(rule.arn, rule);
  state.rules.set(rule.arn, rule);
  state.listeners.set(listener.arn, listener);
  loadBalancer.listeners.set(listener.arn, listener);
  attachAll(state, rule);
  return listener;
}

/** Takes a listener and its rules out of the control plane. */
export function removeListener(state: ElbState, listener: Listener): void {
  for (const rule of [...listener.rules.values()]) removeRule(state, rule);
  state.listeners.delete(listener.arn);
  listener.loadBalancer.listeners.delete(listener.arn);
}

function describe(listener: Listener): ListenerDescription {
  return plainCopy({
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancer.arn,
    Port: listener.port,
    Protocol: listener.protocol as ListenerDescription['Protocol'],
    ...(listener.certificates.length === 0 ? {} : { Certificates: [...listener.certificates] }),
    ...(listener.sslPolicy === undefined ? {} : { SslPolicy: listener.sslPolicy }),
    DefaultActions: [...listener.defaultRule.actions],
  });
}

function createListener(state: ElbState, input: CreateListenerInput, call: Call): CreateListenerOutput {
  const loadBalancer = findLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
  const settings = newSettings(state.world, input, call);
  const { protocol, port } = settings;
  const actions = normaliseActions(
    required(input.DefaultActions, 'DefaultActions'),
    actionLimits(state, call, settings),
  );
  const tags = withTags(new Map(), input.Tags ?? []);
  const same = [...loadBalancer.listeners.values()].find((listener) => listener.port === port);
  if (same !== undefined) {
    if (hasSettings(same, settings) && isDeepStrictEqual(same.defaultRule.actions, actions)) {
      return { Listeners: [describe(same)] };
    }
    throw duplicateListener();
  }
  const limit = state.world.quotas.get(call, 'listenersPerLoadBalancer');
  if (loadBalancer.listeners.size >= limit) {
    throw new AwsError(
      'TooManyListenersException',
      `The maximum number of listeners per load balancer '${limit}' has been reached on load balancer '${loadBalancer.arn}'`,
    );
  }
  checkGroups(state, call, { loadBalancer, protocol }, actions);
  const arn = listenerArn(loadBalancer.arn, state.world.hex('elbv2/listener', 16));
  const listener = addListener(state, loadBalancer, { ...settings, arn, actions, tags });
  rulesChanged(state, loadBalancer);
  return { Listeners: [describe(listener)] };
}

function duplicateListener(): AwsError {
  return new AwsError('DuplicateListenerException', 'A listener already exists on this port for this load balancer');
}

function describeListeners(state: ElbState, input: DescribeListenersInput, call: Call): DescribeListenersOutput {
  const arns = input.ListenerArns ?? [];
  if (input.LoadBalancerArn === undefined && arns.length === 0) {
    throw validationError('You must specify either listener ARNs or a load balancer ARN');
  }
  if (input.LoadBalancerArn !== undefined && arns.length > 0) {
    throw validationError('Listener ARNs and a load balancer ARN cannot be specified at the same time');
  }
  checkNamed('listeners', arns);
  const listeners =
    input.LoadBalancerArn === undefined
      ? arns.map((arn) => findListener(state, call, arn))
      : [...findLoadBalancer(state, call, input.LoadBalancerArn).listeners.values()];
  const { items, next } = page(listeners, input);
  return { Listeners: items.map(describe), ...next };
}

function modifyListener(state: ElbState, input: ModifyListenerInput, call: Call): ModifyListenerOutput {
  const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
  const { loadBalancer, defaultRule: rule } = listener;
  const settings = changedSettings(state.world, input, listener, call);
  const { protocol, port } = settings;
  if ([...loadBalancer.listeners.values()].some((other) => other !== listener && other.port === port)) {
    throw duplicateListener();
  }
  const { DefaultActions } = input;
  const actions =
    DefaultActions === undefined ? rule.actions : normaliseActions(DefaultActions, actionLimits(state, call, settings));
  if (DefaultActions !== undefined) checkGroups(state, call, { loadBalancer, protocol }, actions, rule);
  if (protocol !== listener.protocol) changeCatalogue(listenerAttributes(protocol), listener.attributes);
  if (protocol === 'HTTP') listener.moreCertificates.clear();
  listener.port = port;
  listener.protocol = protocol;
  listener.certificates = settings.certificates;
  listener.sslPolicy = settings.sslPolicy;
  setActions(state, rule, actions);
  rulesChanged(state, loadBalancer);
  return { Listeners: [describe(listener)] };
}
