import type { Ecs } from '../../aws/ports.ts';
import { serviceName } from '../../model/names.ts';
import type { Reconciler } from '../contract.ts';
import { serviceAdoption } from './adopt.ts';
import { createService, retireService, stopService, updateService } from './apply.ts';
import { desiredService, type ServiceContent } from './desired.ts';
import { diffService } from './diff.ts';
import { serviceIam } from './iam.ts';
import { observeService } from './observe.ts';
import { serviceSignals, serviceStable } from './signals.ts';

/** ECS services: one in each placement's own cluster. */
export const service: Reconciler<ServiceContent, Ecs.Service> = {
  kind: 'service',
  iam: serviceIam,
  name: (_context, n) => serviceName(n),
  desired: desiredService,
  observe: observeService,
  diff: diffService,
  needsSuccessor: () => false,
  create: createService,
  update: updateService,
  stop: stopService,
  retire: retireService,
  adopt: serviceAdoption,
  conditions: serviceStable,
  signals: serviceSignals,
};
