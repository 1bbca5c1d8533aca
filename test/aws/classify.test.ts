import type { HttpResponse } from '@smithy/core/protocols';
import { describe, expect, it } from 'vitest';
import { createCallBudgets } from '../../src/aws/budget.ts';
import { classify } from '../../src/aws/classify.ts';
import { type CallRequest, createAwsClients } from '../../src/aws/clients.ts';
import type { CellService } from '../../src/aws/operations.ts';
import { CallError } from '../../src/model/errors.ts';
import {
  assumedRole,
  baseCredentials,
  bodyOf,
  finish,
  healthyLease,
  json,
  reply,
  stubHandler,
  virtualClock,
  xml,
} from './support.ts';

const target = {
  roleArn: 'arn:aws:iam::111111111111:role/apply',
  externalId: undefined,
  accountId: '111111111111',
  region: 'us-east-1',
};

/** The error that a call ends with when AWS answers like this, through the real SDK client. */
async function failure(
  service: CellService,
  operation: string,
  answer: () => HttpResponse,
  input: object = {},
): Promise<CallError> {
  const clock = virtualClock();
  const handler = stubHandler((seen) =>
    bodyOf(seen.request).includes('Action=AssumeRole') ? assumedRole(target.roleArn) : answer(),
  );
  const clients = await createAwsClients({
    identity: 'test',
    region: 'us-east-1',
    credentials: baseCredentials,
    clock,
    random: () => 0.5,
    fence: healthyLease,
    budgets: createCallBudgets({ clock }),
    requestHandler: handler,
  });
  const request: CallRequest = { target, service, operation, input, purpose: 'change' };
  const thrown: unknown = await finish(clock, clients.call(request)).then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof CallError)) throw new Error(`no CallError: ${String(thrown)}`);
  return thrown;
}

const ecs =
  (code: string, message: string, status = 400) =>
  (): HttpResponse =>
    json(status, { __type: code, message });
const query =
  (code: string, message: string, status = 400) =>
  (): HttpResponse =>
    xml(
      status,
      `<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
    );
const ec2 =
  (code: string, message: string, status = 400) =>
  (): HttpResponse =>
    xml(
      status,
      `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r-2</RequestID></Response>`,
    );
const batch =
  (...messages: string[]) =>
  (): HttpResponse =>
    xml(
      400,
      `<InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages>${messages.map((m) => `<Message>${m}</Message>`).join('')}</Messages></InvalidChangeBatch>`,
    );
const batchError = (message: string) => (): HttpResponse =>
  xml(
    400,
    `<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>InvalidChangeBatch</Code><Message>[${message}]</Message></Error><RequestId>r-3</RequestId></ErrorResponse>`,
  );
const htmlPage = (status: number) => (): HttpResponse =>
  reply(status, '<!doctype html><title>Oops</title>', { 'content-type': 'text/html' });

const createService = { cluster: 'c', serviceName: 's' };
const zone = { HostedZoneId: 'Z1', ChangeBatch: { Changes: [] } };

describe('classification of what AWS answers, through the real clients', () => {
  const cases: [string, CellService, string, () => HttpResponse, string, string, object?][] = [
    [
      'ECS throttle',
      'ecs',
      'describeClusters',
      ecs('ThrottlingException', 'Rate exceeded'),
      'throttled',
      'ThrottlingException',
    ],
    ['ECS server error', 'ecs', 'describeClusters', ecs('ServerException', 'x', 500), 'transient', 'ServerException'],
    [
      'ECS quota',
      'ecs',
      'createCluster',
      ecs('LimitExceededException', 'too many'),
      'capacity',
      'LimitExceededException',
    ],
    [
      'ECS access denied with HTTP 400',
      'ecs',
      'describeClusters',
      ecs('AccessDeniedException', 'no'),
      'denied',
      'AccessDeniedException',
    ],
    [
      'cluster gone',
      'ecs',
      'listServices',
      ecs('ClusterNotFoundException', 'no'),
      'not_found',
      'ClusterNotFoundException',
    ],
    [
      'cluster just made',
      'ecs',
      'createService',
      ecs('ClusterNotFoundException', 'no'),
      'waiting',
      'ClusterNotFoundException',
      createService,
    ],
    [
      'cluster in use',
      'ecs',
      'deleteCluster',
      ecs('ClusterContainsServicesException', 'x'),
      'waiting',
      'ClusterContainsServicesException',
    ],
    [
      'unknown task definition',
      'ecs',
      'describeTaskDefinition',
      ecs('ClientException', 'Unable to describe task definition.'),
      'not_found',
      'ClientException',
    ],
    [
      'other client error',
      'ecs',
      'registerTaskDefinition',
      ecs('ClientException', 'Container.image should not be null'),
      'invalid',
      'ClientException',
    ],
    [
      'target group without rule',
      'ecs',
      'createService',
      ecs(
        'InvalidParameterException',
        'The target group with targetGroupArn x does not have an associated load balancer.',
      ),
      'waiting',
      'InvalidParameterException',
      createService,
    ],
    [
      'still draining',
      'ecs',
      'createService',
      ecs('InvalidParameterException', 'Unable to Start a service that is still Draining.'),
      'waiting',
      'InvalidParameterException',
      createService,
    ],
    [
      'role not propagated',
      'ecs',
      'createService',
      ecs(
        'InvalidParameterException',
        'Please verify that the ECS service role being passed has the proper permissions.',
      ),
      'waiting',
      'InvalidParameterException',
      createService,
    ],
    [
      'active deployments',
      'ecs',
      'deleteService',
      ecs('InvalidParameterException', 'The service cannot be stopped while deployments are active.'),
      'waiting',
      'InvalidParameterException',
      { service: 's' },
    ],
    [
      'not idempotent',
      'ecs',
      'createService',
      ecs('InvalidParameterException', 'Creation of service was not idempotent.'),
      'conflict',
      'InvalidParameterException',
      createService,
    ],
    [
      'bad parameter',
      'ecs',
      'createService',
      ecs('InvalidParameterException', 'subnets can not be empty.'),
      'invalid',
      'InvalidParameterException',
      createService,
    ],
    [
      'expired session',
      'ecs',
      'describeClusters',
      ecs('ExpiredTokenException', 'expired'),
      'transient',
      'ExpiredTokenException',
    ],
    ['HTML page with 500', 'ecs', 'createCluster', htmlPage(500), 'transient', 'SyntaxError'],
    ['HTML page with 404', 'ecs', 'describeClusters', htmlPage(404), 'transient', 'SyntaxError'],
    ['cut answer to a read', 'ecs', 'describeClusters', () => reply(200, '{"clusters": ['), 'transient', 'SyntaxError'],
    [
      'cut answer to a write',
      'ecs',
      'createCluster',
      () => reply(200, '{"cluster": {'),
      'unknown_result',
      'SyntaxError',
    ],
    ['ELB throttle', 'elbv2', 'createRule', query('ThrottlingException', 'Rate exceeded'), 'throttled', 'Throttling'],
    ['priority taken', 'elbv2', 'createRule', query('PriorityInUse', 'x'), 'conflict', 'PriorityInUse'],
    ['rule limit', 'elbv2', 'createRule', query('TooManyRules', 'x'), 'capacity', 'TooManyRules'],
    [
      'target groups per ALB',
      'elbv2',
      'createRule',
      query('TooManyUniqueTargetGroupsPerLoadBalancer', 'x'),
      'capacity',
      'TooManyUniqueTargetGroupsPerLoadBalancer',
    ],
    ['target group in use', 'elbv2', 'deleteTargetGroup', query('ResourceInUse', 'x'), 'waiting', 'ResourceInUse'],
    [
      'target group gone',
      'elbv2',
      'describeTargetGroups',
      query('TargetGroupNotFound', 'x'),
      'not_found',
      'TargetGroupNotFound',
    ],
    [
      'target group not there for a rule',
      'elbv2',
      'createRule',
      query('TargetGroupNotFound', 'x'),
      'waiting',
      'TargetGroupNotFound',
    ],
    [
      'name taken',
      'elbv2',
      'createTargetGroup',
      query('DuplicateTargetGroupName', 'x'),
      'conflict',
      'DuplicateTargetGroupName',
    ],
    ['ELB validation', 'elbv2', 'createRule', query('ValidationError', 'x'), 'invalid', 'ValidationError'],
    ['ELB denied', 'elbv2', 'createRule', query('AccessDenied', 'x', 403), 'denied', 'AccessDenied'],
    [
      'EC2 throttle',
      'ec2',
      'describeSubnets',
      ec2('RequestLimitExceeded', 'x', 503),
      'throttled',
      'RequestLimitExceeded',
    ],
    [
      'EC2 not found',
      'ec2',
      'describeSubnets',
      ec2('InvalidSubnetID.NotFound', 'x'),
      'not_found',
      'InvalidSubnetID.NotFound',
    ],
    ['EC2 denied', 'ec2', 'describeSubnets', ec2('UnauthorizedOperation', 'x', 403), 'denied', 'UnauthorizedOperation'],
    [
      'EC2 malformed',
      'ec2',
      'describeSubnets',
      ec2('InvalidSubnetId.Malformed', 'x'),
      'invalid',
      'InvalidSubnetId.Malformed',
    ],
    [
      'zone busy',
      'route53',
      'changeResourceRecordSets',
      () => query('PriorRequestNotComplete', 'x')(),
      'waiting',
      'PriorRequestNotComplete',
      zone,
    ],
    [
      'record exists',
      'route53',
      'changeResourceRecordSets',
      batch("Tried to create resource record set [name='a.'] but it already exists"),
      'conflict',
      'InvalidChangeBatch',
      zone,
    ],
    [
      'record differs',
      'route53',
      'changeResourceRecordSets',
      batchError(
        "Tried to delete resource record set [name='a.'] but the values provided do not match the current values",
      ),
      'conflict',
      'InvalidChangeBatch',
      zone,
    ],
    [
      'bad alias',
      'route53',
      'changeResourceRecordSets',
      batch('Tried to create an alias that targets x, but the alias target name does not lie within the target zone'),
      'invalid',
      'InvalidChangeBatch',
      zone,
    ],
    [
      'zone gone',
      'route53',
      'changeResourceRecordSets',
      query('NoSuchHostedZone', 'x', 404),
      'not_found',
      'NoSuchHostedZone',
      zone,
    ],
    [
      'quota unknown',
      'service-quotas',
      'getServiceQuota',
      ecs('NoSuchResourceException', 'x'),
      'not_found',
      'NoSuchResourceException',
    ],
    [
      'service not there yet for a scalable target',
      'application-autoscaling',
      'registerScalableTarget',
      ecs('ValidationException', "ECS service doesn't exist: service/c/svc-1"),
      'waiting',
      'ValidationException',
    ],
    [
      'tags for a scalable target that stands',
      'application-autoscaling',
      'registerScalableTarget',
      ecs('ValidationException', 'The scalable target that you tried to tag already exists. To update tags, use x.'),
      'conflict',
      'ValidationException',
    ],
    [
      'another policy for the metric',
      'application-autoscaling',
      'putScalingPolicy',
      ecs('ValidationException', 'Only one TargetTrackingScaling policy for a given metric specification is allowed.'),
      'conflict',
      'ValidationException',
    ],
    [
      'scalable target not there yet for a policy',
      'application-autoscaling',
      'putScalingPolicy',
      ecs('ObjectNotFoundException', 'No scalable target registered for service namespace: ecs'),
      'waiting',
      'ObjectNotFoundException',
    ],
    [
      'scalable target gone',
      'application-autoscaling',
      'deregisterScalableTarget',
      ecs('ObjectNotFoundException', 'No scalable target found for service namespace: ecs'),
      'not_found',
      'ObjectNotFoundException',
    ],
    [
      'load balancer without rule for a policy',
      'application-autoscaling',
      'putScalingPolicy',
      ecs('ValidationException', 'The load balancer does not route traffic to the target group'),
      'waiting',
      'ValidationException',
    ],
    [
      'bad bounds',
      'application-autoscaling',
      'registerScalableTarget',
      ecs('ValidationException', 'Maximum capacity cannot be less than minimum capacity.'),
      'invalid',
      'ValidationException',
    ],
    ['code nobody listed', 'elbv2', 'createRule', query('BrandNewRefusal', 'x'), 'invalid', 'BrandNewRefusal'],
    ['bare 503', 'elbv2', 'describeRules', htmlPage(503), 'transient', ''],
  ];
  it.each(cases)('%s', async (_name, ...rest) => {
    const [service, operation, answer, errorClass, code, input = {}] = rest;
    const error = await failure(service, operation, answer, input);
    expect({ class: error.class, service: error.service, operation: error.operation }).toEqual({
      class: errorClass,
      service,
      operation,
    });
    if (code !== '') expect(error.code).toBe(code);
    expect(error.message).not.toBe('');
    expect(error.message).not.toContain('Deserialization error');
  });

  it('keeps the texts of a change batch that has them in a list of its own', async () => {
    const error = await failure('route53', 'changeResourceRecordSets', batch('first fault', 'second fault'), zone);
    expect(error.message).toContain('first fault');
    expect(error.message).toContain('second fault');
  });

  it('keeps the request id', async () => {
    expect((await failure('elbv2', 'createRule', query('PriorityInUse', 'x'))).requestId).toBe('r-1');
  });
});

describe('classification of broken connections', () => {
  const write = { service: 'ecs', operation: 'createCluster', mutating: true };
  const read = { service: 'ecs', operation: 'describeClusters', mutating: false };
  const broken = (code: string, syscall?: string): Error => Object.assign(new Error(code), { code, syscall });
  it.each([
    ['ECONNREFUSED', 'connect', 'transient', 'transient'],
    ['ENOTFOUND', 'getaddrinfo', 'transient', 'transient'],
    ['ETIMEDOUT', 'connect', 'transient', 'transient'],
    ['ECONNRESET', 'read', 'unknown_result', 'transient'],
    ['EPIPE', 'write', 'unknown_result', 'transient'],
  ])('%s on %s: %s for a write, %s for a read', (code, syscall, forWrite, forRead) => {
    expect(classify(broken(code, syscall), write).class).toBe(forWrite);
    expect(classify(broken(code, syscall), read).class).toBe(forRead);
  });

  it('calls the unforeseen a bug, and leaves what is classified alone', () => {
    expect(classify(new TypeError('x is not a function'), read).class).toBe('bug');
    expect(classify('a string', read).class).toBe('bug');
    const done = new CallError({ class: 'fenced', service: 's', operation: 'o', code: 'c', message: 'm' });
    expect(classify(done, read)).toBe(done);
  });
});
