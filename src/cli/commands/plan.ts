/** `plan`: what the controller would do now. The answer is the controller's own; this asks for it and prints it. */
import type { Change, FieldChange } from '../../model/resources.ts';
import { awsAccessOf } from '../aws-environment.ts';
import { readControllerSettings, readHttpSettings } from '../config.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { askController } from '../http.ts';
import type { InfraGroupPlan, PlanReport, TenantPlan } from '../programs.ts';
import { redactEnvironment } from '../redact.ts';
import type { Tone } from '../style.ts';
import { clean } from '../table.ts';
import { requireKind, requireName } from '../words.ts';

/** What a plan adds up to. A replacement adds one and removes one. */
interface Totals {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

/** Prints the plan for everything or for one tenant. 0 when it is empty, 1 when it is not, 2 when there is no answer. */
export async function plan(
  context: Context,
  word: string | undefined,
  name: string | undefined,
  options: { local?: boolean },
): Promise<number> {
  const tenant = tenantOf(word, name);
  const report = options.local === true ? await planHere(context, tenant) : await planThere(context, tenant);
  const tenants = report.tenants.filter((each) => tenant === undefined || each.tenant === tenant);
  const groups = report.infraGroups ?? [];
  const totals = totalsOf([...groups, ...tenants]);
  await context.output.data({ ...report, tenants: redactEnvironment(tenants), totals }, () => [
    ...groups.flatMap((each) => groupLines(context, each)),
    ...tenants.flatMap((each) => tenantLines(context, each)),
    `Plan: ${totals.add} to add, ${totals.change} to change, ${totals.remove} to remove`,
  ]);
  return [...groups, ...tenants].every(({ changes }) => changes.length === 0) ? exitCodes.yes : exitCodes.no;
}

function tenantOf(word: string | undefined, name: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const kind = requireKind(word);
  if (kind === 'Tenant') return name === undefined ? undefined : requireName('Tenant', name);
  throw new CliError({
    reason: 'Usage',
    what: `plan does not take ${word}`,
    why: 'plans are made for tenants',
    hint: 'cellwright plan, or cellwright plan tenant NAME',
  });
}

async function planHere(context: Context, tenant: string | undefined): Promise<PlanReport> {
  const settings = readControllerSettings(context.settings);
  const aws = context.host.access ?? awsAccessOf(context.host.env, settings.identity);
  context.output.say('reading everything anew, as a controller that starts does');
  return context.programs.planLocal({ ...(tenant === undefined ? {} : { tenant }), config: { ...settings, aws } });
}

async function planThere(context: Context, tenant: string | undefined): Promise<PlanReport> {
  const settings = readHttpSettings(context.settings);
  const query = tenant === undefined ? '' : `?tenant=${encodeURIComponent(tenant)}`;
  const answer = await askController(context.host, settings, `/api/plan${query}`, 'cellwright plan --local');
  if (isReport(answer)) return answer;
  throw new CliError({
    reason: 'UnknownAnswer',
    what: 'the plan cannot be shown',
    why: `what answers at ${settings.host}:${settings.port} is not a controller of this version`,
    hint: 'check CELLWRIGHT_HTTP, or ask without the controller: cellwright plan --local',
  });
}

function isReport(answer: unknown): answer is PlanReport {
  if (typeof answer !== 'object' || answer === null || !('tenants' in answer) || !Array.isArray(answer.tenants))
    return false;
  return answer.tenants.every(
    (each: unknown) =>
      typeof each === 'object' && each !== null && 'tenant' in each && 'changes' in each && Array.isArray(each.changes),
  );
}

function totalsOf(plans: readonly Pick<TenantPlan, 'changes'>[]): Totals {
  const actions = plans.flatMap(({ changes }) => changes.map(({ action }) => action));
  const count = (...wanted: Change['action'][]): number => actions.filter((action) => wanted.includes(action)).length;
  return { add: count('create', 'replace'), change: count('update'), remove: count('delete', 'replace') };
}

const signs: Readonly<Record<Change['action'], { sign: string; tone: Tone }>> = {
  create: { sign: '+', tone: 'good' },
  update: { sign: '~', tone: 'busy' },
  replace: { sign: '-/+', tone: 'busy' },
  delete: { sign: '-', tone: 'bad' },
};

function groupLines(context: Context, { infraGroup, ...plan }: InfraGroupPlan): string[] {
  return objectLines(context, `infra-group ${clean(infraGroup)}`, plan);
}

function tenantLines(context: Context, { tenant, ...plan }: TenantPlan): string[] {
  return objectLines(context, `tenant ${clean(tenant)}`, plan);
}

function objectLines(context: Context, title: string, { changes, notes = [] }: Omit<TenantPlan, 'tenant'>): string[] {
  if (changes.length === 0 && notes.length === 0) return [];
  return [
    title,
    ...changes.flatMap((change) => changeLines(context, change)),
    ...notes.map((note) => `  ! ${clean(note)}`),
  ];
}

function changeLines(context: Context, change: Change): string[] {
  const { sign, tone } = signs[change.action];
  const of = change.kind === 'endpoint' ? '' : `, placement ${change.placement}`;
  const head = `${sign} ${change.kind} ${clean(change.name)} (${change.reason}${of})`;
  const fields = change.action === 'update' || change.action === 'replace' ? change.fields : [];
  return [`  ${context.output.paint(tone, head)}`, ...fields.map(fieldLine)];
}

function fieldLine({ field, before, after }: FieldChange): string {
  return `      ${clean(field)}: ${valueText(field, before)} -> ${valueText(field, after)}`;
}

function valueText(field: string, value: unknown): string {
  if (value === undefined || value === null) return '(none)';
  const safe = Object.values(redactEnvironment({ [field]: value }) as object)[0] as unknown;
  return clean(typeof safe === 'string' ? safe : JSON.stringify(safe));
}
