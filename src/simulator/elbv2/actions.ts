/** Checks and completes the actions of a rule. Pure. Source: "Action types for listener rules", ALB user guide, and the API model. */
import type { Action, FixedResponseActionConfig, ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../kernel.ts';
import { validationError } from './errors.ts';

const maxGroupsPerAction = 5;
const maxWeight = 999;
const terminal = new Set(['forward', 'redirect', 'fixed-response']);
const allowed = new Set([...terminal, 'authenticate-oidc', 'authenticate-cognito', 'jwt-validation']);

/**
 * The actions as ELB keeps and describes them: a forward has its `ForwardConfig`, and with one group also `TargetGroupArn`. Throws
 * ValidationError, InvalidLoadBalancerAction or TooManyActions.
 */
export function normaliseActions(actions: readonly Action[]): readonly Action[] {
  if (actions.length === 0) throw validationError('At least one action must be specified');
  for (const action of actions) {
    if (action.Type === undefined || !allowed.has(action.Type)) {
      throw validationError(`Action type '${action.Type ?? ''}' must be one of '[${[...allowed].join(', ')}]'`);
    }
  }
  const ordered = structuredClone([...actions]).sort((a, b) => (a.Order ?? 50_000) - (b.Order ?? 50_000));
  const ends = ordered.filter((action) => terminal.has(action.Type ?? ''));
  if (ends.length > 1) {
    throw new AwsError('TooManyActionsException', `A rule can only have '1' routing action; found ${ends.length}`);
  }
  const last = ordered.at(-1);
  if (ends.length === 0 || last !== ends[0]) {
    throw new AwsError(
      'InvalidLoadBalancerActionException',
      'The last action of a rule must be one of forward, redirect or fixed-response',
    );
  }
  return ordered.map(normaliseAction);
}

/** ARNs of the target groups that some actions forward to, each once. */
export function groupsOf(actions: readonly Action[]): readonly string[] {
  const arns = actions.flatMap((action) =>
    (action.ForwardConfig?.TargetGroups ?? []).map((tuple) => tuple.TargetGroupArn ?? ''),
  );
  return [...new Set(arns)];
}

function normaliseAction(action: Action): Action {
  switch (action.Type) {
    case 'forward':
      return forward(action);
    case 'fixed-response':
      checkFixedResponse(action.FixedResponseConfig);
      return { ...action };
    case 'redirect': {
      const status = action.RedirectConfig?.StatusCode;
      if (status !== 'HTTP_301' && status !== 'HTTP_302') {
        throw validationError(`Redirect status code '${status ?? ''}' must be one of '[HTTP_301, HTTP_302]'`);
      }
      const defaults = {
        Protocol: '#{protocol}',
        Port: '#{port}',
        Host: '#{host}',
        Path: '/#{path}',
        Query: '#{query}',
      };
      return { ...action, RedirectConfig: { ...defaults, ...action.RedirectConfig, StatusCode: status } };
    }
    default:
      return { ...action };
  }
}

function forward(action: Action): Action {
  const config = forwardConfig(action);
  const groups = config.TargetGroups ?? [];
  if (groups.length === 0) {
    throw validationError('A target group ARN must be specified for a forward action');
  }
  if (groups.length > maxGroupsPerAction) {
    throw validationError(
      `A forward action can have at most '${maxGroupsPerAction}' target groups; found ${groups.length}`,
    );
  }
  if (new Set(groups.map((tuple) => tuple.TargetGroupArn)).size !== groups.length) {
    throw validationError('The target groups of a forward action must be unique');
  }
  for (const { Weight: weight = 1 } of groups) {
    if (!Number.isInteger(weight) || weight < 0 || weight > maxWeight) {
      throw validationError(`Target group weight '${weight}' must be between 0 and ${maxWeight}`);
    }
  }
  const only = groups.length === 1 ? groups[0] : undefined;
  return {
    Type: 'forward',
    ...(action.Order === undefined ? {} : { Order: action.Order }),
    ...(only === undefined ? {} : { TargetGroupArn: only.TargetGroupArn }),
    ForwardConfig: {
      TargetGroups: groups.map((tuple) => ({ TargetGroupArn: tuple.TargetGroupArn, Weight: tuple.Weight ?? 1 })),
      TargetGroupStickinessConfig: { Enabled: false, ...config.TargetGroupStickinessConfig },
    },
  };
}

function forwardConfig(action: Action): ForwardActionConfig {
  const groups = action.ForwardConfig?.TargetGroups;
  if (groups === undefined || groups.length === 0) {
    return { TargetGroups: action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn }] };
  }
  const both = action.TargetGroupArn !== undefined;
  if (both && (groups.length !== 1 || groups[0]?.TargetGroupArn !== action.TargetGroupArn)) {
    throw validationError("You cannot specify both 'TargetGroupArn' and a 'ForwardConfig' with other target groups");
  }
  return action.ForwardConfig ?? {};
}

function checkFixedResponse(config: FixedResponseActionConfig | undefined): void {
  const status = config?.StatusCode ?? '';
  if (!/^(2|4|5)\d\d$/.test(status)) {
    throw validationError(`Fixed response status code '${status}' must match '^(2|4|5)\\d\\d$'`);
  }
  const body = config?.MessageBody ?? '';
  if (body.length > 1024) {
    throw validationError(`The message body of a fixed response can have 1,024 characters; found ${body.length}`);
  }
}
