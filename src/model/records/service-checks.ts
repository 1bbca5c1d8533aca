import { fargateSizes, isFargateSize, memoryExpected } from './schema-service.ts';

/** What the checks across fields look at: the service of a tier, or of a tenant after the merge. */
export interface CheckedService {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly tasks: number;
  readonly scaling: { readonly mode: string; readonly min?: number | undefined; readonly max?: number | undefined };
  readonly healthCheck: { readonly intervalSeconds: number; readonly timeoutSeconds: number };
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly executionRoleName?: string | undefined;
  readonly logGroup?: string | undefined;
}

/** One thing that is wrong between fields that are each right by themselves. `path` is relative to `service`. */
export interface ServiceFinding {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly expected: string;
}

/**
 * The most that environment and secrets may take in UTF-8 bytes, names included. A task definition may have 64 KiB (ECS service quotas);
 * this leaves a quarter for all the rest.
 */
export const environmentMaxBytes = 48 * 1024;

/**
 * Checks what only several fields together can get wrong: Fargate's sizes, the health check's timing, scaling bounds, a variable that
 * is both a value and a secret, and secrets or logs without the role that ECS needs for them (RegisterTaskDefinition refuses those).
 */
export function checkService(service: CheckedService): ServiceFinding[] {
  return [...checkSizes(service), ...checkVariables(service), ...checkExecutionRole(service)];
}

function checkSizes(service: CheckedService): ServiceFinding[] {
  const findings: ServiceFinding[] = [];
  const { cpu, memoryMiB, healthCheck, scaling, tasks } = service;
  // A cpu that does not exist at all is said once, under cpu.
  if (fargateSizes.has(cpu) && !isFargateSize(cpu, memoryMiB)) {
    findings.push({ path: ['memoryMiB'], value: memoryMiB, expected: memoryExpected(cpu) });
  }
  if (healthCheck.timeoutSeconds >= healthCheck.intervalSeconds) {
    const expected = `less than intervalSeconds, which is ${healthCheck.intervalSeconds}`;
    findings.push({ path: ['healthCheck', 'timeoutSeconds'], value: healthCheck.timeoutSeconds, expected });
  }
  if (scaling.mode !== 'fixed' && scaling.max !== undefined && scaling.max < tasks) {
    const expected = `not less than tasks, which is ${tasks}`;
    findings.push({ path: ['scaling', 'max'], value: scaling.max, expected });
  }
  return findings;
}

function checkVariables(service: CheckedService): ServiceFinding[] {
  const findings: ServiceFinding[] = [];
  for (const name of Object.keys(service.secrets)) {
    if (!Object.hasOwn(service.environment, name)) continue;
    const expected = 'a name that environment does not have too (ECS refuses a variable that is both)';
    findings.push({ path: ['secrets', name], value: service.secrets[name], expected });
  }
  const bytes = Buffer.byteLength(JSON.stringify([service.environment, service.secrets]));
  if (bytes > environmentMaxBytes) {
    const expected = `with secrets, and with the tier's, at most ${environmentMaxBytes} bytes (they take ${bytes})`;
    findings.push({ path: ['environment'], value: service.environment, expected });
  }
  return findings;
}

function checkExecutionRole(service: CheckedService): ServiceFinding[] {
  if (service.executionRoleName !== undefined) return [];
  const needing = service.logGroup === undefined ? 'secrets' : 'logGroup';
  if (service.logGroup === undefined && Object.keys(service.secrets).length === 0) return [];
  const expected = `the name of a role, without which ECS refuses a task definition with ${needing}`;
  return [{ path: ['executionRoleName'], value: undefined, expected }];
}
