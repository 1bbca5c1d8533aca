/** What Application Auto Scaling sees of services, and does to them. */
import type { EcsWorld, ServiceAddress } from '../kernel.ts';
import { reactionLatency } from './latencies.ts';
import { type EcsState, type ServiceRecord, wakeService } from './state.ts';

/** The side of ECS that Application Auto Scaling uses. */
export function scalingSide(state: EcsState): Pick<EcsWorld, 'scalableService' | 'setDesiredCount' | 'onServiceEnd'> {
  return {
    scalableService: (address) => {
      const service = visibleService(state, address);
      if (service === undefined || service.status === 'INACTIVE') return undefined;
      let runningCount = 0;
      for (const task of service.tasks) if (task.lastStatus === 'RUNNING') runningCount += 1;
      return {
        arn: service.arn,
        active: service.status === 'ACTIVE',
        desiredCount: service.desiredCount,
        runningCount,
        deploying: service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'),
        targetGroupArns: service.revision.loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
      };
    },
    setDesiredCount: (address, count) => {
      const service = visibleService(state, address);
      if (service?.status !== 'ACTIVE' || service.desiredCount === count) return;
      service.desiredCount = count;
      service.unsteady = true;
      wakeService(state, service, state.world.now() + reactionLatency(state.world) * state.world.latencyFactor);
    },
    onServiceEnd: (listener) => {
      state.endListeners.add(listener);
      return () => state.endListeners.delete(listener);
    },
  };
}

function visibleService(state: EcsState, address: ServiceAddress): ServiceRecord | undefined {
  const region = state.regions.get(`${address.account}/${address.region}`);
  const service = region?.clusters.get(address.cluster)?.services.get(address.service);
  return service === undefined || service.visibleAt > state.world.now() ? undefined : service;
}
