/**
 * Loads the SDK's clients when the first call to their service is made, so that a command that lists something does not load all of AWS, and keeps one
 * per role, service and Region.
 */
import type { HttpHandler } from '@smithy/core/protocols';
import type { Clock } from '../model/clock.ts';
import type { AttemptOptions } from './fence.ts';
import type { CellService } from './operations.ts';

export type SdkService = CellService | 'sts';

/** As the SDK takes them: those without `expiration` it keeps for ever. */
export interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Endpoints are the SDK's own affair (`AWS_ENDPOINT_URL` and its kin). */
export interface SdkConfig {
  readonly region?: string;
  /** Absent: the SDK's own chain, for the controller's own identity. */
  readonly credentials?: () => Promise<SdkCredentials>;
  readonly requestHandler: HttpHandler;
  readonly userAgentAppId: string;
  readonly maxAttempts: 1;
  readonly retryMode: 'standard';
}

/** One attempt of one operation (its camel-case name). */
export type SendAttempt = (operation: string, input: object, options: AttemptOptions) => Promise<unknown>;

type Make = (config: SdkConfig) => object;

const loaders: Readonly<Record<SdkService, () => Promise<Make>>> = {
  ecs: async () => {
    const { ECS } = await import('@aws-sdk/client-ecs');
    return (config) => new ECS(config);
  },
  elbv2: async () => {
    const { ElasticLoadBalancingV2 } = await import('@aws-sdk/client-elastic-load-balancing-v2');
    return (config) => new ElasticLoadBalancingV2(config);
  },
  ec2: async () => {
    const { EC2 } = await import('@aws-sdk/client-ec2');
    return (config) => new EC2(config);
  },
  acm: async () => {
    const { ACM } = await import('@aws-sdk/client-acm');
    return (config) => new ACM(config);
  },
  'application-autoscaling': async () => {
    const { ApplicationAutoScaling } = await import('@aws-sdk/client-application-auto-scaling');
    return (config) => new ApplicationAutoScaling(config);
  },
  'service-quotas': async () => {
    const { ServiceQuotas } = await import('@aws-sdk/client-service-quotas');
    return (config) => new ServiceQuotas(config);
  },
  route53: async () => {
    const { Route53 } = await import('@aws-sdk/client-route-53');
    return (config) => new Route53(config);
  },
  sts: async () => {
    const { STS } = await import('@aws-sdk/client-sts');
    return (config) => new STS(config);
  },
};

/** Loads all of them now: a controller that takes over must not first read its own program from disk. */
export async function loadSdk(): Promise<void> {
  await Promise.all(Object.values(loaders).map((load) => load()));
}

/** Once for each service in the process: what is loaded answers without a turn of the event loop, so that the order of first calls depends on nothing outside. */
const loaded = new Map<SdkService, Promise<Make>>();

function load(service: SdkService): Promise<Make> {
  const known = loaded.get(service) ?? loaders[service]();
  loaded.set(service, known);
  return known;
}

export interface SdkClients {
  /** The client of this key, made with `config` when it is not there. */
  client(key: string, service: SdkService, config: () => SdkConfig): Promise<SendAttempt>;
  /** Forgets every client whose key starts with `prefix`. */
  release(prefix: string): void;
}

/** Clients that nobody used for this long are forgotten. */
const idleMs = 900_000;

/** Creates the cache of SDK clients. */
export function createSdkClients(deps: {
  readonly clock: Clock;
  /** Given each client when it is made. */
  readonly onClient?: ((client: object) => void) | undefined;
}): SdkClients {
  const entries = new Map<string, { usedAt: number; readonly send: Promise<SendAttempt> }>();
  const evict = (now: number): void => {
    for (const [key, entry] of entries) if (now - entry.usedAt > idleMs) entries.delete(key);
  };
  return {
    client: (key, service, config) => {
      const now = deps.clock.monotonic();
      const found = entries.get(key);
      if (found !== undefined) {
        found.usedAt = now;
        return found.send;
      }
      evict(now);
      const made = config();
      const send = load(service).then((make) => {
        const client = make(made);
        deps.onClient?.(client);
        return sender(client);
      });
      entries.set(key, { usedAt: now, send });
      return send;
    },
    release: (prefix) => {
      for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key);
    },
  };
}

function sender(client: object): SendAttempt {
  return async (operation, input, options) => {
    const method: unknown = Reflect.get(client, operation);
    if (typeof method !== 'function') throw new Error(`the SDK client has no operation "${operation}"`);
    const answer: unknown = await Reflect.apply(method, client, [input, options]);
    return answer;
  };
}
