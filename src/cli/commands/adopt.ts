/** `adopt`: takes over a resource that lost its mark, or that stands where a tenant's own must be. Its difference is shown first. */
import type { FieldChange } from '../../model/resources.ts';
import { awsAccessOf } from '../aws-environment.ts';
import { readControllerSettings, readHttpSettings } from '../config.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { addTimedEntry } from '../edit-list.ts';
import { CliError, exitCodes } from '../errors.ts';
import { askController } from '../http.ts';
import type { AdoptReport } from '../programs.ts';
import { redactEnvironment } from '../redact.ts';
import { withSession } from '../session.ts';
import { clean } from '../table.ts';
import { noSuchRecord, requireKind, requireName } from '../words.ts';

/** 0: the order is written. 1: not confirmed. 2: it cannot be adopted, or there is no answer. */
export async function adopt(
  context: Context,
  at: { readonly kind: string; readonly name: string; readonly arn: string },
  options: { for: string; local?: boolean; yes?: boolean },
): Promise<number> {
  const { output, host } = context;
  if (requireKind(at.kind) !== 'Tenant') throw notForOthers(at.kind);
  const tenant = requireName('Tenant', at.name);
  const { arn } = at;
  const forMs = durationMs(options.for);
  const report = options.local === true ? await here(context, tenant, arn) : await there(context, tenant, arn);
  if (report.refusal !== undefined) throw refused(report, report.refusal);
  for (const line of reportLines(report)) output.say(line);
  const question = `Adopt it for tenant ${tenant}?`;
  const command = `cellwright adopt tenant ${tenant} ${arn} --yes`;
  if (
    !(await confirm(context, question, { yes: options.yes === true, command, what: 'the adoption was not confirmed' }))
  ) {
    output.say('nothing was written');
    await output.data({ ...report, ordered: false }, () => []);
    return exitCodes.no;
  }
  const now = host.clock.now();
  const until = new Date(now + forMs).toISOString();
  return withSession(host, context.settings, async (session) => {
    if ((await session.desired.get('Tenant', tenant)) === undefined) throw noSuchRecord('Tenant', tenant);
    await addTimedEntry(
      session,
      { kind: 'Tenant', name: tenant, field: 'adopt', make: false },
      { arn, until },
      { now, replaces: (other) => other['arn'] === arn },
    );
    await output.data({ ...report, ordered: true, until }, () => [
      `~ tenant ${tenant}: spec.adopt: ${clean(arn)} until ${until} (watch it: cellwright events tenant ${tenant} --watch)`,
    ]);
    return exitCodes.yes;
  });
}

async function here(context: Context, tenant: string, arn: string): Promise<AdoptReport> {
  const settings = readControllerSettings(context.settings);
  const aws = context.host.access ?? awsAccessOf(context.host.env, settings.identity);
  context.output.say('reading everything anew, as a controller that starts does');
  return context.programs.adoptLocal({ tenant, arn, config: { ...settings, aws } });
}

async function there(context: Context, tenant: string, arn: string): Promise<AdoptReport> {
  const settings = readHttpSettings(context.settings);
  const query = new URLSearchParams({ tenant, arn }).toString();
  const local = 'cellwright adopt --local';
  const answer = await askController(context.host, settings, `/api/adopt?${query}`, local);
  if (isReport(answer)) return answer;
  throw new CliError({
    reason: 'UnknownAnswer',
    what: 'the adoption cannot be shown',
    why: `what answers at ${settings.host}:${settings.port} is not a controller of this version`,
    hint: `check CELLWRIGHT_HTTP, or ask without the controller: ${local}`,
  });
}

function isReport(answer: unknown): answer is AdoptReport {
  if (typeof answer !== 'object' || answer === null) return false;
  return 'arn' in answer && 'fields' in answer && Array.isArray(answer.fields);
}

/** `90s`, `30m`, `12h`, `2d`. */
function durationMs(text: string): number {
  const match = /^([1-9][0-9]{0,4})(s|m|h|d)$/.exec(text);
  const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const ms = match === null ? 0 : Number(match[1]) * (units[match[2] ?? ''] ?? 0);
  if (ms > 0 && ms <= 30 * 86_400_000) return ms;
  throw new CliError({
    reason: 'Usage',
    what: `--for ${text} is no length of time`,
    why: 'expected a number and s, m, h or d, at most 30d',
    hint: 'cellwright adopt tenant NAME ARN --for 1h',
  });
}

function notForOthers(word: string): CliError {
  return new CliError({
    reason: 'Usage',
    what: `adopt does not take ${word}`,
    why: 'what is adopted becomes part of one tenant',
    hint: 'cellwright adopt tenant NAME ARN',
  });
}

function refused(report: AdoptReport, refusal: string): CliError {
  return new CliError({
    reason: 'NotAdoptable',
    what: `${report.arn} cannot be adopted for tenant ${report.tenant}`,
    why: report.found ?? 'it does not stand where anything of the tenant must be',
    hint: refusal,
    details: { ...report },
  });
}

function reportLines(report: AdoptReport): string[] {
  const { kind = 'resource', placement = '', found = '' } = report;
  const fields = report.fields.map(
    ({ field, before, after }) => `  ~ ${field}: ${shown(field, before)} -> ${shown(field, after)}`,
  );
  return [
    `${kind} ${clean(report.arn)} (placement ${placement}): ${clean(found)}`,
    fields.length === 0 ? 'would write: nothing' : 'would write:',
    ...fields,
    ...(report.then === undefined ? [] : [`then: ${clean(report.then)}`]),
  ];
}

function shown(field: string, value: FieldChange['before']): string {
  if (value === undefined || value === null) return '(none)';
  const safe = Object.values(redactEnvironment({ [field]: value }) as object)[0] as unknown;
  return clean(typeof safe === 'string' ? safe : JSON.stringify(safe));
}
