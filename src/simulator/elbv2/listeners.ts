import { isDeepStrictEqual } from 'node:util';
import type {
  Action,
  Certificate,
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
import { normaliseActions } from './actions.ts';
import { listenerArn, ruleArn } from './arns.ts';
import { attachAll, checkGroups, rulesChanged, setActions } from './attachments.ts';
import { defaultsOf, listAttributes, listenerAttributes, writeAttributes } from './attributes.ts';
import { required, validationError } from './errors.ts';
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

/** Listeners per Application Load Balancer, AWS's default. */
export const maxListeners = 50;
const defaultPolicy = 'ELBSecurityPolicy-2016-08';

/** CreateListener, DescribeListeners, ModifyListener, DeleteListener and the two for attributes. */
export function listenerOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateListener: operation({
      category: 'mutate',
      run: (input: CreateListenerInput, call) => createListener(state, input, call),
      resources: (input, output) => [output?.Listeners?.[0]?.ListenerArn ?? input.LoadBalancerArn],
    }),
    DescribeListeners: operation({
      category: 'read',
      run: (input: DescribeListenersInput, call) => describeListeners(state, input, call),
      resources: (input) => input.ListenerArns ?? [input.LoadBalancerArn],
    }),
    ModifyListener: operation({
      category: 'mutate',
      run: (input: ModifyListenerInput, call) => modifyListener(state, input, call),
      resources: (input) => [input.ListenerArn],
    }),
    DeleteListener: operation({
      category: 'mutate',
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
      run: (input: DescribeListenerAttributesInput, call): DescribeListenerAttributesOutput => {
        const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
        return { Attributes: listAttributes(listener.attributes) };
      },
      resources: (input) => [input.ListenerArn],
    }),
    ModifyListenerAttributes: operation({
      category: 'mutate',
      run: (input: ModifyListenerAttributesInput, call): ModifyListenerAttributesOutput => {
        const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
        writeAttributes(listenerAttributes, listener.attributes, required(input.Attributes, 'Attributes'));
        return { Attributes: listAttributes(listener.attributes) };
      },
      resources: (input) => [input.ListenerArn],
    }),
  };
}

/** What a new listener is made from, by a call or by a fleet file. */
interface ListenerParts {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  readonly certificates: readonly Certificate[];
  readonly sslPolicy: string | undefined;
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
    sslPolicy: parts.sslPolicy,
    tags: parts.tags,
    attributes: defaultsOf(listenerAttributes),
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
  return structuredClone({
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
  const protocol = checkProtocol(required(input.Protocol, 'Protocol'));
  const port = checkPort(required(input.Port, 'Port'));
  const actions = normaliseActions(required(input.DefaultActions, 'DefaultActions'));
  const certificates = input.Certificates ?? [];
  checkCertificates(protocol, certificates);
  const parts: ListenerParts = {
    arn: listenerArn(loadBalancer.arn, state.world.hex('elbv2/listener', 16)),
    port,
    protocol,
    certificates: certificates.map((one) => ({ CertificateArn: one.CertificateArn })),
    sslPolicy: protocol === 'HTTPS' ? (input.SslPolicy ?? defaultPolicy) : undefined,
    actions,
    tags: withTags(new Map(), input.Tags ?? []),
  };
  const same = [...loadBalancer.listeners.values()].find((listener) => listener.port === port);
  if (same !== undefined) {
    if (sameSettings(same, parts)) return { Listeners: [describe(same)] };
    throw new AwsError('DuplicateListenerException', 'A listener already exists on this port for this load balancer');
  }
  if (loadBalancer.listeners.size >= maxListeners) {
    throw new AwsError(
      'TooManyListenersException',
      `You have reached the maximum number of listeners on this load balancer: [${maxListeners}]`,
    );
  }
  checkGroups(state, call, loadBalancer, actions);
  const listener = addListener(state, loadBalancer, parts);
  rulesChanged(state, loadBalancer);
  return { Listeners: [describe(listener)] };
}

function sameSettings(listener: Listener, parts: ListenerParts): boolean {
  return (
    listener.protocol === parts.protocol &&
    listener.sslPolicy === parts.sslPolicy &&
    isDeepStrictEqual(listener.certificates, parts.certificates) &&
    isDeepStrictEqual(listener.defaultRule.actions, parts.actions)
  );
}

function checkProtocol(protocol: string): string {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw new AwsError(
      'UnsupportedProtocolException',
      `Protocol '${protocol}' is not supported by load balancers of type 'application'; expected HTTP or HTTPS`,
    );
  }
  return protocol;
}

function checkPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw validationError(`Port '${port}' must be between 1 and 65535`);
  }
  return port;
}

function checkCertificates(protocol: string, certificates: readonly Certificate[]): void {
  if (protocol === 'HTTPS' && certificates.length !== 1) {
    throw validationError(
      `Exactly one certificate must be specified for HTTPS listeners; found ${certificates.length}`,
    );
  }
  if (protocol === 'HTTP' && certificates.length > 0) {
    throw validationError('Certificates cannot be specified for HTTP listeners');
  }
}

function describeListeners(state: ElbState, input: DescribeListenersInput, call: Call): DescribeListenersOutput {
  const arns = input.ListenerArns ?? [];
  if ((input.LoadBalancerArn === undefined) === (arns.length === 0)) {
    throw validationError('You must specify either listener ARNs or a load balancer ARN, and not both');
  }
  const listeners =
    input.LoadBalancerArn === undefined
      ? arns.map((arn) => findListener(state, call, arn))
      : [...findLoadBalancer(state, call, input.LoadBalancerArn).listeners.values()];
  const { items, next } = page(listeners, input);
  return { Listeners: items.map(describe), ...next };
}

function modifyListener(state: ElbState, input: ModifyListenerInput, call: Call): ModifyListenerOutput {
  const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
  const { loadBalancer } = listener;
  const port = input.Port === undefined ? listener.port : checkPort(input.Port);
  const protocol = input.Protocol === undefined ? listener.protocol : checkProtocol(input.Protocol);
  const kept = protocol === 'HTTP' ? [] : listener.certificates;
  const certificates = input.Certificates ?? kept;
  // A listener from a fleet file has no certificate that anyone could name, and may be modified all the same.
  if (input.Certificates !== undefined || protocol !== listener.protocol) checkCertificates(protocol, certificates);
  if ([...loadBalancer.listeners.values()].some((other) => other !== listener && other.port === port)) {
    throw new AwsError('DuplicateListenerException', 'A listener already exists on this port for this load balancer');
  }
  const rule = listener.defaultRule;
  const actions = input.DefaultActions === undefined ? rule.actions : normaliseActions(input.DefaultActions);
  if (input.DefaultActions !== undefined) checkGroups(state, call, loadBalancer, actions, rule);
  listener.port = port;
  listener.protocol = protocol;
  listener.certificates = certificates.map((one) => ({ CertificateArn: one.CertificateArn }));
  listener.sslPolicy = protocol === 'HTTPS' ? (input.SslPolicy ?? listener.sslPolicy ?? defaultPolicy) : undefined;
  setActions(state, rule, actions);
  rulesChanged(state, loadBalancer);
  return { Listeners: [describe(listener)] };
}
