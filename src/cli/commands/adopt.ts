/** `adopt`: takes over a resource that lost its mark, or that stands where one of a tenant or an infra group must be. Its difference is shown first. */

import { endpointNamePattern } from '../../model/records/aws-shapes.ts';
import { type Kind, kindWords } from '../../model/records/kinds.ts';
import type { AdoptReport, AdoptRequest } from '../../model/reports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { awsAccessOf } from '../aws-environment.ts';
import { readControllerSettings, readHttpSettings } from '../config.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { addTimedEntry } from '../edit-list.ts';
import { CliError, exitCodes } from '../errors.ts';
import { askController } from '../http.ts';
import { redactEnvironment } from '../redact.ts';
import { withSession } from '../session.ts';
import { clean } from '../table.ts';
import { noSuchRecord, requireKind, requireName, spoken } from '../words.ts';

/** 0: the order is written. 1: not confirmed. 2: it cannot be adopted, or there is no answer. */
export async function adopt(
  context: Context,
  at: { readonly kind: string; readonly name: string; readonly arn: string },
  options: { for: string; local?: boolean; yes?: boolean },
): Promise<number> {
  const { output, host } = context;
  const whose = whoseOf(at);
  const { kind, name, arn } = whose;
  const forMs = durationMs(options.for);
  const report = options.local === true ? await here(context, whose.request) : await there(context, whose.request);
  if (report.refusal !== undefined) throw refused(whose, report, report.refusal);
  for (const line of reportLines(report)) output.say(line);
  const question = `Adopt it for ${spoken(kind, name)}?`;
  const command = `cellwright adopt ${kindWords[kind].one} ${name} ${arn} --yes`;
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
    if ((await session.desired.get(kind, name)) === undefined) throw noSuchRecord(kind, name);
    await addTimedEntry(
      session,
      { kind, name, field: 'adopt', make: false },
      { arn, until },
      { now, replaces: (other) => other['arn'] === arn },
    );
    await output.data({ ...report, ordered: true, until }, () => [
      `~ ${spoken(kind, name)}: spec.adopt: ${clean(arn)} until ${until} (watch it: cellwright events ${kindWords[kind].one} ${name} --watch)`,
    ]);
    return exitCodes.yes;
  });
}

interface Whose {
  readonly kind: Extract<Kind, 'Tenant' | 'InfraGroup'>;
  readonly name: string;
  readonly arn: string;
  readonly request: AdoptRequest;
}

/** Whose it is to be. Throws `CliError`. */
function whoseOf(at: { readonly kind: string; readonly name: string; readonly arn: string }): Whose {
  const { arn } = at;
  const kind = requireKind(at.kind);
  if (kind === 'Tenant') {
    const tenant = requireName(kind, at.name);
    return { kind, name: tenant, arn, request: { tenant, arn } };
  }
  if (kind !== 'InfraGroup') throw notForOthers(at.kind);
  const infraGroup = requireName(kind, at.name);
  if (!endpointNamePattern.test(arn)) throw noEndpoint(arn, infraGroup);
  return { kind, name: infraGroup, arn, request: { infraGroup, arn } };
}

async function here(context: Context, request: AdoptRequest): Promise<AdoptReport> {
  const settings = readControllerSettings(context.settings);
  const aws = context.host.access ?? awsAccessOf(context.host.env, settings.identity);
  context.output.say('reading everything anew, as a controller that starts does');
  return context.programs.adoptLocal({ ...request, config: { ...settings, aws } });
}

async function there(context: Context, request: AdoptRequest): Promise<AdoptReport> {
  const settings = readHttpSettings(context.settings);
  const query = new URLSearchParams({ ...request }).toString();
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
    why: 'what is adopted becomes part of one tenant or of one infra group',
    hint: 'cellwright adopt tenant NAME ARN, or cellwright adopt infra-group NAME vpce-...',
  });
}

function noEndpoint(arn: string, infraGroup: string): CliError {
  return new CliError({
    reason: 'Usage',
    what: `an infra group does not adopt ${clean(arn)}`,
    why: 'expected the id of an interface endpoint (vpce-...), or its ARN (arn:aws:ec2:REGION:ACCOUNT:vpc-endpoint/vpce-...)',
    hint: `cellwright adopt infra-group ${infraGroup} vpce-...`,
  });
}

function refused({ kind, name }: Whose, report: AdoptReport, refusal: string): CliError {
  return new CliError({
    reason: 'NotAdoptable',
    what: `${report.arn} cannot be adopted for ${spoken(kind, name)}`,
    why:
      report.found ?? `it does not stand where anything of the ${kind === 'Tenant' ? 'tenant' : 'infra group'} must be`,
    hint: refusal,
    details: { ...report },
  });
}

function reportLines(report: AdoptReport): string[] {
  const { kind = 'resource', placement = '', dependency, found = '' } = report;
  const role = dependency === undefined ? `placement ${placement}` : `dependency ${dependency}`;
  const fields = report.fields.map(
    ({ field, before, after }) => `  ~ ${field}: ${shown(field, before)} -> ${shown(field, after)}`,
  );
  return [
    `${kind} ${clean(report.arn)} (${role}): ${clean(found)}`,
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
