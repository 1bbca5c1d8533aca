/** Checks and completes the actions of a rule. Pure. Source: "Action types for listener rules", ALB user guide, and the API model. */
import type {
  Action,
  FixedResponseActionConfig,
  ForwardActionConfig,
  TargetGroupStickinessConfig,
  TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { constraintError, oneOf, validationError } from './errors.ts';
import { configNeeded, invalidAction, normaliseRedirect } from './redirects.ts';
import { normaliseSignIn, signInMembers } from './sign-in.ts';

/** What bounds the actions of a rule: the quota on one action, and where the listener listens. */
export interface ActionLimits {
  readonly groupsPerAction: number;
  readonly protocol: string;
  readonly port: number;
}

/** The members of an action that are simulated: signing users in with Cognito, and validating their tokens, is not. */
export function actionMembers(list: string): readonly string[] {
  const members = ['Type', 'TargetGroupArn', 'Order', 'RedirectConfig', 'FixedResponseConfig', 'ForwardConfig'];
  const signIn = signInMembers.map((member) => `AuthenticateOidcConfig.${member}`);
  return [...members, ...signIn].map((member) => `${list}.${member}`);
}

const maxWeight = 999;
const maxOrder = 50_000;
const maxStickySeconds = 604_800;
const maxBody = 1_024;
const contentTypes = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];
const types = [
  'forward',
  'authenticate-oidc',
  'authenticate-cognito',
  'redirect',
  'fixed-response',
  'jwt-validation',
] as const;

/** The configuration that goes with each type that is simulated. */
const configs = {
  forward: 'ForwardConfig',
  'authenticate-oidc': 'AuthenticateOidcConfig',
  redirect: 'RedirectConfig',
  'fixed-response': 'FixedResponseConfig',
} as const;

/**
 * The actions as ELB keeps and describes them, in their order: a forward has its `ForwardConfig`, and with one group also `TargetGroupArn`. Throws
 * ValidationError, InvalidLoadBalancerAction, TooManyActions or TooManyTargetGroups.
 */
export function normaliseActions(actions: readonly Action[], limits: ActionLimits): readonly Action[] {
  if (actions.length === 0) throw validationError('At least one action must be specified');
  for (const [index, action] of actions.entries()) checkType(action, `actions.${index + 1}.member`);
  const sorted = plainCopy([...actions]).sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
  checkOrder(sorted);
  return sorted.map((action) => normaliseAction(action, limits));
}

/** A rule has one routing action, the last of its actions; users may be signed in before that. */
function checkOrder(sorted: readonly Action[]): void {
  const routing = sorted.filter((action) => action.Type !== 'authenticate-oidc').length;
  if (routing > 1 || sorted.length > routing + 1) {
    throw new AwsError(
      'TooManyActionsException',
      `A rule can only have '1' action of each kind; found ${sorted.length}`,
    );
  }
  const orders = new Set(sorted.map((action) => action.Order));
  if (sorted.length > 1 && (orders.size < sorted.length || orders.has(undefined))) {
    throw validationError('Each of several actions must have an order of its own');
  }
  if (sorted.at(-1)?.Type === 'authenticate-oidc') {
    throw invalidAction("The last action must be of type 'forward', 'redirect' or 'fixed-response'");
  }
}

function checkType(action: Action, at: string): void {
  const type = oneOf(action.Type ?? '', `${at}.type`, types);
  if (type === 'authenticate-cognito' || type === 'jwt-validation') {
    throw invalidAction(`Actions of type '${type}' are not supported`);
  }
  const { Order: order } = action;
  if (order !== undefined && (!Number.isInteger(order) || order < 1 || order > maxOrder)) {
    throw constraintError(order, `${at}.order`, `Member must have value between 1 and ${maxOrder}`);
  }
  if (type !== 'forward' && action.TargetGroupArn !== undefined) {
    throw validationError(`You cannot specify 'target group ARN' for actions of type '${type}'`);
  }
  const alien = Object.values(configs).find((one) => one !== configs[type] && action[one] !== undefined);
  if (alien !== undefined) throw validationError(`You cannot specify '${alien}' for actions of type '${type}'`);
}

/** ARNs of the target groups that some actions forward to, each once. */
export function groupsOf(actions: readonly Action[]): readonly string[] {
  const arns = actions.flatMap((action) =>
    (action.ForwardConfig?.TargetGroups ?? []).map((tuple) => tuple.TargetGroupArn ?? ''),
  );
  return [...new Set(arns)];
}

function normaliseAction(action: Action, limits: ActionLimits): Action {
  switch (action.Type) {
    case 'fixed-response':
      checkFixedResponse(action.FixedResponseConfig);
      return action;
    case 'redirect':
      return { ...action, RedirectConfig: normaliseRedirect(action.RedirectConfig, limits) };
    case 'authenticate-oidc':
      return normaliseSignIn(action, limits.protocol);
    default:
      return forward(action, limits);
  }
}

function forward(action: Action, limits: ActionLimits): Action {
  const config = forwardConfig(action);
  const groups = config.TargetGroups ?? [];
  if (groups.length === 0 || groups.some((tuple) => tuple.TargetGroupArn === undefined)) {
    throw validationError('A target group ARN must be specified');
  }
  if (groups.length > limits.groupsPerAction) {
    // Assumed: no page names the code; of the errors that CreateRule lists only this one speaks of a number of groups.
    throw new AwsError(
      'TooManyTargetGroupsException',
      `The maximum number of target groups per action '${limits.groupsPerAction}' has been reached`,
    );
  }
  if (new Set(groups.map((tuple) => tuple.TargetGroupArn)).size !== groups.length) {
    throw validationError('The target groups of a forward action must be unique');
  }
  checkWeights(groups);
  checkStickiness(config.TargetGroupStickinessConfig);
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

/** One group needs no weight; of several each does (observed: https://github.com/aws/aws-cdk/issues/24805). */
function checkWeights(groups: readonly TargetGroupTuple[]): void {
  for (const { Weight: weight = groups.length === 1 ? 1 : -1 } of groups) {
    if (!Number.isInteger(weight) || weight < 0 || weight > maxWeight) {
      throw validationError(`The weight for each target group must be between 0 and ${maxWeight}, inclusive`);
    }
  }
}

function checkStickiness(config: TargetGroupStickinessConfig | undefined): void {
  const { Enabled: enabled = false, DurationSeconds: seconds } = config ?? {};
  if (seconds === undefined && !enabled) return;
  if (seconds === undefined || !Number.isInteger(seconds) || seconds < 1 || seconds > maxStickySeconds) {
    throw validationError(`The target group stickiness duration must be between 1 and ${maxStickySeconds}, inclusive`);
  }
}

function forwardConfig(action: Action): ForwardActionConfig {
  const groups = action.ForwardConfig?.TargetGroups;
  if (groups === undefined || groups.length === 0) {
    const { TargetGroupArn: arn } = action;
    return { ...action.ForwardConfig, TargetGroups: arn === undefined ? [] : [{ TargetGroupArn: arn }] };
  }
  const both = action.TargetGroupArn !== undefined;
  if (both && (groups.length !== 1 || groups[0]?.TargetGroupArn !== action.TargetGroupArn)) {
    throw validationError("You cannot specify both 'TargetGroupArn' and a 'ForwardConfig' with other target groups");
  }
  return action.ForwardConfig ?? {};
}

function checkFixedResponse(config: FixedResponseActionConfig | undefined): void {
  if (config === undefined) throw configNeeded('fixed-response', 'FixedResponseConfig');
  const status = config.StatusCode ?? '';
  const at = 'actions.1.member.fixedResponseConfig';
  if (!/^(2|4|5)\d\d$/.test(status)) {
    throw constraintError(
      status,
      `${at}.statusCode`,
      'Member must satisfy regular expression pattern: ^(2|4|5)\\d\\d$',
    );
  }
  if ((config.MessageBody ?? '').length > maxBody) {
    throw constraintError(
      config.MessageBody ?? '',
      `${at}.messageBody`,
      `Member must have length less than or equal to ${maxBody}`,
    );
  }
  const type = config.ContentType ?? '';
  if (type !== '' && !contentTypes.includes(type)) {
    throw invalidAction(
      "The ContentType must be one of:'text/html', 'application/json', 'application/javascript', 'text/css', 'text/plain'",
    );
  }
}
