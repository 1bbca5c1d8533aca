import type { Outcome } from '../../controller/outcome.ts';
import type { ObjectStatus } from '../../model/state.ts';

/** What a tenant waits for while nothing runs for it, in words that are the same for all tenants. */
export function waitOf(outcome: Outcome, status: ObjectStatus | undefined): string {
  switch (outcome.kind) {
    case 'retry':
      return 'a failed call to be tried again';
    case 'held':
      return outcome.reason === 'removal_budget' ? 'the removal budget' : `a guard (${outcome.reason})`;
    case 'settled':
    case 'progressing':
    case 'waiting':
    case 'terminal':
      return outcome.kind === 'progressing' ? stepOf(outcome.what, status) : conditionOf(status);
    default:
      return outcome satisfies never;
  }
}

/** Before its first run: the time from the write to the controller's notice of it. */
export const noticing = 'the controller to notice the record';
export const queued = 'a worker of the controller';
/** While it runs: for the call budget, and for AWS's answers. */
export const calling = 'API calls: the call budget, and answers';

const removalSteps: readonly (readonly [RegExp, string])[] = [
  [/INSYNC/, 'DNS changes to be INSYNC'],
  [/resolvers/, 'resolvers to forget the name'],
  [/visible/, "AWS's reads to catch up"],
  [/drain/, 'services to drain'],
  [/tasks to stop/, 'tasks to stop'],
  [/cluster|target group|deletable|slot/, 'AWS to let go of what is deleted'],
];

function stepOf(what: string, status: ObjectStatus | undefined): string {
  const removing = status?.phase === 'Deleting' || status?.phase === 'Retained' || status?.phase === 'Suspended';
  const step = removing ? removalSteps.find(([pattern]) => pattern.test(what))?.[1] : undefined;
  return step ?? conditionOf(status);
}

const words: Readonly<Record<string, string>> = {
  Placed: 'a place',
  ClusterReady: 'clusters and task definitions to be readable',
  ServiceStable: 'tasks to start (ECS)',
  TargetsHealthy: 'health checks to pass (ALB)',
  RuleReady: 'target groups and rules to be readable',
  DnsReady: 'DNS changes to be INSYNC',
  Published: 'DNS changes to be INSYNC',
  Synced: "the controller's next look",
};

/** The first condition that is not true, in the order in which a tenant becomes ready. */
function conditionOf(status: ObjectStatus | undefined): string {
  const open = Object.keys(words)
    .map((type) => status?.conditions.find((condition) => condition.type === type))
    .find((condition) => condition !== undefined && condition.status !== 'True');
  // All that was accepted stands, and yet more is wanted.
  if (open === undefined && status !== undefined) return 'its turn in the rollout of its tier';
  if (open?.reason === 'RouteClosure') return "the tier's shared name (route closure)";
  return words[open?.type ?? 'Synced'] ?? '';
}
