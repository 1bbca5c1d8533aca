import { tenantPhases } from '../model/conditions.ts';
import type { RecentActivity } from '../telemetry/activity.ts';
import { script, style } from './assets.ts';
import { attentionOf } from './attention.ts';
import { Html, html } from './html.ts';
import { activitySection } from './page-activity.ts';
import { capacitySection } from './page-capacity.ts';
import { pill, toneOfPhase } from './page-parts.ts';
import { tenantsSection } from './page-tenants.ts';
import type { FleetSnapshot, StandbyNote } from './snapshot-types.ts';
import type { Health } from './sources.ts';
import { filtered, type TenantFilter } from './tenant-filter.ts';
import { ago, counted, figures } from './words.ts';

export interface PageModel {
  readonly snapshot: FleetSnapshot | undefined;
  readonly ready: Health;
  readonly activity: RecentActivity;
  readonly filter: TenantFilter;
}

/** How many things that need attention are listed. */
const shownAttention = 25;

/** The whole page as an HTML document. Everything that is not ours is escaped. */
export function renderPage(model: PageModel): string {
  const { snapshot } = model;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title(snapshot)}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
${headerPart(model)}
<main>${snapshot === undefined ? nothingYet(model.ready) : fleetParts(model, snapshot)}</main>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return page.text;
}

function title(snapshot: FleetSnapshot | undefined): string {
  if (snapshot === undefined) return 'Cellwright';
  return `${snapshot.tenants.filter((tenant) => tenant.phase === 'Ready').length}/${snapshot.tenants.length} ready - Cellwright`;
}

function headerPart({ snapshot, ready }: PageModel): Html {
  const mode = snapshot === undefined || snapshot.mode === 'active' ? undefined : pill(`mode ${snapshot.mode}`, 'warn');
  const at = snapshot === undefined ? '' : `as of ${snapshot.at.slice(0, 19).replace('T', ' ')} UTC`;
  return html`<header><h1>Cellwright</h1>${pill(ready.state, ready.ok ? 'good' : 'bad')}${mode}
<span class="right" id="updated">${at}</span></header>`;
}

function nothingYet(ready: Health): Html {
  const reasons = ready.reasons.length === 0 ? ['the fleet has not been loaded yet'] : ready.reasons;
  return html`<section><div class="card empty">This process shows no fleet: ${reasons.join('; ')}.</div></section>`;
}

function fleetParts({ activity, filter, ready }: PageModel, snapshot: FleetSnapshot): Html {
  return html`${banner(snapshot, ready)}
${countsSection(snapshot, filter)}
${attentionSection(snapshot)}
${activitySection(activity, snapshot.at)}
${capacitySection(snapshot)}
${tenantsSection(snapshot, filtered(snapshot.tenants, filter), filter)}`;
}

function banner(snapshot: FleetSnapshot, ready: Health): Html | undefined {
  if (snapshot.standby !== undefined) return standbyBanner(snapshot.standby, ready);
  if (!ready.ok) return html`<div class="card banner">Not ready: ${ready.reasons.join('; ')}</div>`;
  if (snapshot.mode === 'observe')
    return html`<div class="card banner">Mode observe: everything is read and compared, nothing is changed.</div>`;
  if (snapshot.mode === 'paused')
    return html`<div class="card banner">Mode paused: nothing is read and nothing is changed.</div>`;
  return undefined;
}

function standbyBanner({ leader, ageSeconds }: StandbyNote, ready: Health): Html {
  const who = leader === undefined ? 'no leader is known' : `${leader} leads`;
  return html`<div class="card banner">This process does not lead (${ready.state}): ${who}. What is shown was read from the tables ${figures(ageSeconds)} s ago; room, quotas and activity are the leader's to tell.</div>`;
}

function countsSection({ tenants, cells, infraGroups, tiers }: FleetSnapshot, filter: TenantFilter): Html {
  const counts = tenantPhases
    .map((phase) => ({ phase, count: tenants.filter((tenant) => tenant.phase === phase).length }))
    .filter(({ phase, count }) => phase !== 'Ready' && count > 0);
  const ready = tenants.filter((tenant) => tenant.phase === 'Ready').length;
  const tiles = counts.map(
    ({ phase, count }) =>
      html`<a class="card tile${filter.phase === phase ? ' on' : ''}" href="?phase=${phase}#tenants"><b class="${toneOfPhase(phase)}">${figures(count)}</b>${phase}</a>`,
  );
  const all = ready === tenants.length && ready > 0;
  const places = `${counted(tiers.length, 'tier')}, ${counted(cells.length, 'cell')}, ${counted(infraGroups.length, 'infra group')}`;
  return html`<section class="tiles"><a class="card tile lead" href="?#tenants"><b class="${all ? 'good' : ''}">${figures(ready)} of ${figures(tenants.length)}</b>tenants ready <span class="soft">· ${places}</span></a>${tiles}</section>`;
}

function attentionSection(snapshot: FleetSnapshot): Html {
  const items = attentionOf(snapshot);
  if (items.length === 0)
    return html`<section><h2>Needs attention</h2><div class="card empty">Nothing. ${snapshot.tenants.length === 0 ? 'No tenant has a record yet.' : 'Everything is as its record says, or on its way there.'}</div></section>`;
  const rows = items.slice(0, shownAttention).map(
    (item) => html`<tr>
<td>${pill(item.severity, item.severity === 'critical' ? 'bad' : item.severity === 'warning' ? 'warn' : 'quiet')}</td>
<td class="name"><span class="soft">${item.kind}</span> ${item.name}</td><td>${item.reason}</td>
<td class="message">${item.message}</td><td class="time">${item.since === undefined ? '' : ago(item.since, snapshot.at)}</td></tr>`,
  );
  const more = items.length - shownAttention;
  const rest = more > 0 ? html`<div class="empty">and ${more} more</div>` : undefined;
  return html`<section><h2>Needs attention <small>${figures(items.length)}</small></h2>
<div class="card scroll"><table><thead><tr><th>Severity</th><th>Object</th><th>Reason</th><th>What is the matter</th><th class="right">For</th></tr></thead><tbody>${rows}</tbody></table>${rest}</div></section>`;
}
