import type { CellAccess, RoleProof } from '../../aws/ports.ts';
import type { CheckAnswer, CheckId, CheckResult } from '../../model/checks.ts';
import type { Clock } from '../../model/clock.ts';
import { kinds } from '../../model/records/kinds.ts';
import { capacityReport } from '../forecast/report.ts';
import { quotasRead } from '../loop/read-conditions.ts';
import { answeredAt, type QuestionDeps } from './question.ts';

/** What a check needs besides the fleet as it is. */
export interface CheckDeps extends QuestionDeps {
  /** Of the program that answers. */
  readonly version: string;
  readonly cell: (name: string) => Pick<CellAccess, 'roles'> | undefined;
  /** Why the state table is behind what is live; undefined where it is not. */
  readonly behind: () => string | undefined;
}

/** Roles are assumed anew where the last proof is older than this: whoever has just mended one wants to see it. */
const rolesAgeMs = 60_000;
/** A cell whose roles are not answered for in this time is told as that, and holds up nobody else. */
const patienceMs = 20_000;

/** Looks at everything that the controller alone can know. Nothing is written. */
export async function checkAnswer(deps: CheckDeps): Promise<CheckAnswer> {
  const cells = await Promise.all(named(deps.view.cells()).map(({ name }) => cellChecks(deps, name)));
  const checks = [
    modeCheck(deps),
    behindCheck(deps),
    ...cells.flat(),
    ...named(deps.view.tiers()).flatMap(({ name }) => zoneChecks(deps, name)),
    ...named(deps.view.all('InfraGroup')).flatMap(({ name }) => groupCheck(deps, name)),
    ...capacityChecks(deps),
    ...recordChecks(deps),
  ];
  return { at: answeredAt(deps), version: deps.version, checks };
}

/** The same order each time, whoever is asked. */
function named<T extends { readonly name: string }>(objects: readonly T[]): readonly T[] {
  return [...objects].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ok(id: CheckId, found: string, about?: string): CheckResult {
  return { id, ...(about === undefined ? {} : { about }), outcome: 'ok', found };
}

function not(
  id: CheckId,
  outcome: 'failed' | 'warning' | 'unknown',
  words: { readonly found: string; readonly remedy: string },
  about?: string,
): CheckResult {
  return { id, ...(about === undefined ? {} : { about }), outcome, ...words };
}

function modeCheck({ mode, view }: CheckDeps): CheckResult {
  const process = mode();
  const fleet = view.fleet()?.mode ?? 'active';
  const remedy = 'set CELLWRIGHT_MODE, or cellwright unpause fleet, when it shall act again';
  if (process !== 'active') return not('mode', 'warning', { found: `its own mode is ${process}`, remedy });
  if (fleet !== 'active') return not('mode', 'warning', { found: `the mode of the Fleet record is ${fleet}`, remedy });
  return ok('mode', 'mode active');
}

function behindCheck({ behind }: CheckDeps): CheckResult {
  const why = behind();
  if (why === undefined) return ok('state-known', 'nothing bears our mark that it does not know');
  const remedy = 'look at cellwright rebuild: it shows its plan before it writes';
  return not('state-known', 'failed', { found: why, remedy });
}

async function cellChecks(deps: CheckDeps, name: string): Promise<readonly CheckResult[]> {
  return [...(await roleChecks(deps, name)), cellRead(deps, name)];
}

async function roleChecks({ cell, clock }: CheckDeps, name: string): Promise<readonly CheckResult[]> {
  const access = cell(name);
  if (access === undefined) return [];
  const proofs = await within(clock, patienceMs, access.roles({ maxAgeMs: rolesAgeMs }));
  if (proofs !== undefined) return proofs.map((proof) => roleCheck(name, proof));
  const words = {
    found: `no answer within ${patienceMs / 1_000} s`,
    remedy: "look at the cell's condition RolesAssumable",
  };
  return [not('cell-roles', 'unknown', words, `cell ${name}`)];
}

/** What comes of `work` in this time (milliseconds); undefined where nothing does. */
function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    work.then(resolve, reject).finally(cancel);
  });
}

function roleCheck(cell: string, { role, roleArn, error }: RoleProof): CheckResult {
  const about = `cell ${cell}, role ${role}`;
  if (error === undefined) return ok('cell-roles', roleArn, about);
  const found = `${roleArn}: ${error.message}`;
  if (error.class !== 'denied') return not('cell-roles', 'unknown', { found, remedy: 'ask again in a minute' }, about);
  const remedy = `see that the role exists, trusts the controller's own role, and asks for the externalId of cell ${cell}'s record`;
  return not('cell-roles', 'failed', { found, remedy }, about);
}

function cellRead({ book, view }: CheckDeps, name: string): CheckResult {
  const about = `cell ${name}`;
  const reading = book.cells.get(name);
  if (reading?.ok !== true) {
    const remedy = `cellwright describe cell ${name}: its condition Reachable names what is refused`;
    return not('cell-read', 'failed', { found: reading?.message ?? 'not read yet', remedy }, about);
  }
  const [quotas] = quotasRead(reading, view.spec('Cell', name)?.quotas);
  if (quotas?.status !== 'False') return ok('cell-read', 'its account and quotas are known', about);
  const remedy = "let the observe role read them, or state them in the record's quotas";
  return not('cell-read', 'failed', { found: quotas.message, remedy }, about);
}

function zoneChecks({ book, view }: CheckDeps, name: string): readonly CheckResult[] {
  const tier = view.spec('Tier', name);
  if (tier === undefined) return [];
  const about = `tier ${name}, zone ${tier.zone.id}`;
  const reading = book.zones.get(tier.zone.id);
  if (reading?.ok !== true) {
    const remedy = "see that the zone exists, and that its role trusts the controller's and may read and change it";
    return [not('zone-read', 'failed', { found: reading?.message ?? 'not read yet', remedy }, about)];
  }
  const { name: zone } = reading.value;
  const read = ok('zone-read', `${reading.value.foreign} records are not ours; quota ${reading.value.quota}`, about);
  if (zone === undefined) return [read];
  if (tier.domain === zone || tier.domain.endsWith(`.${zone}`))
    return [read, ok('zone-name', `${tier.domain} in ${zone}`, about)];
  const words = {
    found: `the domain is ${tier.domain}, the zone is ${zone}`,
    remedy: `write the zone of ${tier.domain} into the record of tier ${name}`,
  };
  return [read, not('zone-name', 'failed', words, about)];
}

function groupCheck({ book, view }: CheckDeps, name: string): readonly CheckResult[] {
  if (view.spec('InfraGroup', name) === undefined) return [];
  const about = `infra group ${name}`;
  const gate = book.gates.get(name);
  if (gate === undefined)
    return [not('infra-group', 'unknown', { found: 'not looked at yet', remedy: 'ask again in a minute' }, about)];
  if (gate.closed === undefined)
    return [ok('infra-group', 'network, load balancer, listener, certificate, endpoints', about)];
  const remedy = `cellwright describe infra-group ${name}: the condition that is False says what was expected; docs/guides/pre-wiring.md tells of each`;
  return [not('infra-group', 'failed', { found: gate.closed, remedy }, about)];
}

function capacityChecks(deps: CheckDeps): readonly CheckResult[] {
  const { tiers, warnings } = capacityReport(deps);
  const remedy = 'cellwright capacity: what would make room';
  const near = warnings.map(({ severity, text }) =>
    not('capacity', severity === 'critical' ? 'failed' : 'warning', { found: text, remedy }),
  );
  const lost = tiers.flatMap(({ lossOf }) =>
    lossOf
      .filter(({ carried }) => !carried)
      .map(({ text }) =>
        not('capacity', 'warning', { found: text, remedy: 'add a cell, or infra groups to the others' }),
      ),
  );
  const found = [...near, ...lost];
  return found.length > 0 ? found : [ok('capacity', 'in every tier, and the loss of any one cell could be carried')];
}

function recordChecks({ view }: CheckDeps): readonly CheckResult[] {
  const refused = kinds.flatMap((kind) => view.all(kind).filter((entry) => entry.present && !entry.isAccepted));
  if (refused.length === 0) return [ok('records', 'none is refused')];
  const names = refused.slice(0, 5).map(({ key }) => key);
  const more = refused.length > names.length ? ` and ${refused.length - names.length} more` : '';
  const remedy = 'cellwright get invalid: field, what was found, what was expected';
  return [not('records', 'warning', { found: `refused: ${names.join(', ')}${more}`, remedy })];
}
