/** Notes in every worker of the suite which IAM actions a controller called on a simulated AWS, and under which role. What was noted is compared at the end (compare.ts). */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import type { ApiRequest } from '../../../src/simulator/kernel.ts';
import { SimulatedAws } from '../../../src/simulator/world.ts';
import { actionsOf } from './actions.ts';

const cellRoles = /(?:^|-)(observe|apply|reap|dns)$/;

interface Recording {
  readonly called: Set<string>;
  /** By world and access key: the same key may be another role's in another world. */
  readonly roles: WeakMap<SimulatedAws, Map<string, string | undefined>>;
}

// Workers are reused for many files, each of which runs this one again: a world is watched once.
const kept = globalThis as { cellwrightRights?: Recording };
const recording = (kept.cellwrightRights ??= watch());

afterAll(() => {
  const { called } = recording;
  if (called.size === 0) return;
  writeFileSync(join(inject('rightsDirectory'), `${randomUUID()}.json`), JSON.stringify([...called]));
  called.clear();
});

function watch(): Recording {
  const made: Recording = { called: new Set(), roles: new WeakMap() };
  const call: (this: SimulatedAws, request: ApiRequest) => object = Reflect.get(SimulatedAws.prototype, 'call');
  SimulatedAws.prototype.call = function (this: SimulatedAws, request: ApiRequest): object {
    const role = roleOf(this, request, made);
    if (role !== undefined) {
      for (const action of actionsOf(request.service, request.operation, request.input))
        made.called.add(`${role} ${action}`);
    }
    return call.call(this, request);
  };
  return made;
}

/** Only the product's clients name themselves; what a test calls itself under a role of a cell is not counted. */
function roleOf(aws: SimulatedAws, request: ApiRequest, { roles }: Recording): string | undefined {
  const { appId, accessKeyId, service } = request;
  if (appId === undefined) return undefined;
  const known = roles.get(aws) ?? new Map<string, string | undefined>();
  roles.set(aws, known);
  if (!known.has(accessKeyId)) known.set(accessKeyId, sessionRole(aws, request));
  const found = known.get(accessKeyId);
  if (found !== undefined) return found;
  const isOwn = /^(dynamodb|dynamodb-streams|sts)$/.test(service);
  return isOwn && /^controller-\d+$/.test(appId) ? 'controller' : undefined;
}

/** The part of the session's role that its name tells; undefined for keys that are no session. */
function sessionRole(aws: SimulatedAws, { accessKeyId, sessionToken }: ApiRequest): string | undefined {
  if (sessionToken === undefined) return undefined;
  const [, name = ''] = aws.sts.identify(accessKeyId, sessionToken).arn?.split('/') ?? [];
  return cellRoles.exec(name)?.[1];
}
