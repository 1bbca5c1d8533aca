import type { Context, Hono } from 'hono';
import { questionNames } from '../controller/questions/answer.ts';
import { QuestionError } from '../controller/questions/question.ts';
import { attentionOf } from './attention.ts';
import type { FleetSnapshot, StandbyNote } from './snapshot-types.ts';
import type { Health, WebSources } from './sources.ts';
import { filtered, type TenantFilter } from './tenant-filter.ts';

/** The body of every refusal and failure. */
export function errorBody(reason: string, message: string, hint?: string) {
  return { error: { reason, message, ...(hint === undefined ? {} : { hint }) } };
}

/** A probe's answer as JSON. */
export function healthBody(health: Health) {
  return { status: health.ok ? 'ok' : 'unavailable', state: health.state, reasons: health.reasons };
}

/** The filter of a request's query. */
export function filterOf(context: Context): TenantFilter {
  return {
    phase: context.req.query('phase') ?? '',
    tier: context.req.query('tier') ?? '',
    text: context.req.query('q') ?? '',
  };
}

/** What the page shows, as JSON. All of it is read; nothing writes. */
export function addApi(app: Hono, sources: WebSources): void {
  const withFleet = (answer: (fleet: FleetSnapshot, context: Context) => Response | Promise<Response>) => {
    return (context: Context): Response | Promise<Response> => {
      const fleet = sources.snapshot();
      return fleet === undefined ? noFleet(context, sources.ready()) : answer(fleet, context);
    };
  };
  /** What only the leader can answer: from its readings of the cells, not from the tables. */
  const ofLeader = (answer: (fleet: FleetSnapshot, context: Context) => Response | Promise<Response>) =>
    withFleet((fleet, context) =>
      fleet.standby === undefined ? answer(fleet, context) : notLeading(context, sources.ready(), fleet.standby),
    );
  const list = (path: string, items: (fleet: FleetSnapshot, context: Context) => readonly object[]): void => {
    app.get(
      path,
      withFleet((fleet, context) => context.json({ at: fleet.at, ...markOf(fleet), items: items(fleet, context) })),
    );
  };
  list('/api/tenants', (fleet, context) => filtered(fleet.tenants, filterOf(context)));
  list('/api/cells', (fleet) => fleet.cells);
  list('/api/infra-groups', (fleet) => fleet.infraGroups);
  list('/api/tiers', (fleet) => fleet.tiers);
  list('/api/attention', (fleet) => attentionOf(fleet));
  app.get(
    '/api/tenants/:name',
    withFleet((fleet, context) => {
      const name = context.req.param('name') ?? '';
      const tenant = fleet.tenants.find((candidate) => candidate.name === name);
      return tenant === undefined ? noTenant(context, name) : context.json({ ...tenant, ...markOf(fleet) });
    }),
  );
  app.get(
    '/api/plan',
    ofLeader(async (fleet, context) => {
      const name = context.req.query('tenant');
      if (name !== undefined && !fleet.tenants.some((tenant) => tenant.name === name)) return noTenant(context, name);
      return context.json(await sources.plan(name));
    }),
  );
  for (const question of questionNames) {
    app.get(
      `/api/${question}`,
      ofLeader((_fleet, context) => answered(sources, question, context)),
    );
  }
  app.get(
    '/api/rebuild',
    ofLeader(async (_fleet, context) => context.json(await sources.rebuild())),
  );
  app.get(
    '/api/adopt',
    ofLeader(async (fleet, context) => {
      const { tenant = '', infraGroup, arn = '' } = context.req.query();
      if (infraGroup !== undefined) {
        if (!fleet.infraGroups.some(({ name }) => name === infraGroup)) return noInfraGroup(context, infraGroup);
        return context.json(await sources.adopt({ infraGroup, arn }));
      }
      if (!fleet.tenants.some(({ name }) => name === tenant)) return noTenant(context, tenant);
      return context.json(await sources.adopt({ tenant, arn }));
    }),
  );
  app.get('/api/activity', (context) => context.json(sources.activity()));
  app.get('/api/status', (context) => context.json(statusOf(sources)));
}

async function answered(sources: WebSources, question: string, context: Context): Promise<Response> {
  try {
    return context.json(await sources.answer(question, (name) => context.req.query(name)));
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    return error.isAbsent
      ? context.json(errorBody('NotFound', error.message), 404)
      : context.json(errorBody('InvalidQuestion', error.message), 400);
  }
}

function statusOf(sources: WebSources) {
  const fleet = sources.snapshot();
  const probes = { health: healthBody(sources.health()), ready: healthBody(sources.ready()) };
  if (fleet === undefined) return probes;
  const phases: Record<string, number> = {};
  for (const { phase } of fleet.tenants) phases[phase] = (phases[phase] ?? 0) + 1;
  return {
    ...probes,
    at: fleet.at,
    ...markOf(fleet),
    mode: fleet.mode,
    tenants: fleet.tenants.length,
    phases,
    attention: attentionOf(fleet).length,
    orphans: fleet.orphans,
    refused: fleet.refused,
  };
}

/** What every answer of a standby bears. */
function markOf({ standby }: FleetSnapshot): { standby?: StandbyNote } {
  return standby === undefined ? {} : { standby };
}

function notLeading(context: Context, { state }: Health, { leader }: StandbyNote): Response {
  const who = leader === undefined ? 'no leader is known' : `${leader} leads`;
  const message = `only the leader can answer this, and this process does not lead (${state}): ${who}`;
  return context.json(errorBody('NotLeading', message, 'ask the process that leads'), 503);
}

function noFleet(context: Context, ready: Health): Response {
  const why = ready.reasons.length === 0 ? 'the fleet has not been loaded yet' : ready.reasons.join('; ');
  const message = `this process shows no fleet (${ready.state}): ${why}`;
  return context.json(errorBody('NoFleet', message, 'ask the process that leads, or try again shortly'), 503);
}

function noTenant(context: Context, name: string): Response {
  return context.json(errorBody('NotFound', `there is no tenant ${JSON.stringify(name.slice(0, 80))}`), 404);
}

function noInfraGroup(context: Context, name: string): Response {
  return context.json(errorBody('NotFound', `there is no infra group ${JSON.stringify(name.slice(0, 80))}`), 404);
}
