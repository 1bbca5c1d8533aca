import { serverError } from '../../src/simulator/fault-plan/errors.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import type { ServiceId } from '../../src/simulator/kernel.ts';

/** A fault that answers with the service's own failure. */
export function serverFault(service: ServiceId, status: 500 | 503 = 500): Fault {
  return { kind: 'error', error: serverError(service, status) };
}
