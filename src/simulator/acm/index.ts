import { type AcmWorld, AwsError, type SimService, type World } from '../kernel.ts';
import { certificateOperations } from './certificates.ts';
import { invalidParameter } from './errors.ts';
import type { AcmState } from './state.ts';
import { tagOperations } from './tags.ts';
import { acmWorld } from './world.ts';

/**
 * AWS Certificate Manager, for public and imported certificates: the service for the API, and what the other parts of the simulator use of it. Both
 * share one state, in every account and Region. Private authorities, exports and the certificates' own text (GetCertificate) are not simulated.
 */
export function createAcm(world: World): { service: SimService; world: AcmWorld; state: AcmState } {
  const state: AcmState = { world, certificates: new Map(), tokens: new Map(), made: new Map() };
  const operations = { ...certificateOperations(state), ...tagOperations(state) };
  return {
    state,
    service: {
      id: 'acm',
      operations: new Map(Object.entries(operations)),
      throttled: () => new AwsError('ThrottlingException', 'Rate exceeded'),
      untaken: (member) => invalidParameter(`The parameter '${member}' is not supported.`),
    },
    world: acmWorld(state),
  };
}
