import { AwsError, type Route53World, type SimService, type World } from '../kernel.ts';
import { invalidInput } from './errors.ts';
import { limitOperations } from './limits.ts';
import { recordOperations } from './record-operations.ts';
import { cname, resolve } from './resolve.ts';
import type { DnsState } from './state.ts';
import { tagOperations } from './tags.ts';
import { zoneOperations } from './zone-operations.ts';
import { seedZone } from './zones.ts';

/**
 * Route 53: the service for the API, and what the other parts of the simulator use of it. Both share one state, in every account. With
 * `rootErrorBody`, InvalidChangeBatch comes in the body that has no Code, which the SDK for JavaScript reports as an unknown error.
 */
export function createRoute53(
  world: World,
  options: { rootErrorBody?: boolean } = {},
): { service: SimService; world: Route53World; state: DnsState } {
  const state: DnsState = {
    world,
    rootErrorBody: options.rootErrorBody ?? false,
    zones: new Map(),
    zonesByName: new Map(),
    changes: new Map(),
  };
  const operations = {
    ...zoneOperations(state),
    ...recordOperations(state),
    ...tagOperations(state),
    ...limitOperations(state),
  };
  return {
    state,
    service: {
      id: 'route53',
      operations: new Map(Object.entries(operations)),
      untaken: (member) => invalidInput(`Invalid request: ${member} is not supported`),
      throttled: () => new AwsError('Throttling', 'Rate exceeded', { status: 400 }),
    },
    world: {
      seedZone: (seed) => seedZone(state, seed),
      resolve: (host, asked) => resolve(state, host, asked),
      cname: (host) => cname(state, host),
    },
  };
}
