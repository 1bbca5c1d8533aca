import { tenantPhases } from '../model/conditions.ts';
import type { PlacementStatus } from '../model/state.ts';
import { type Html, html } from './html.ts';
import { pill, type Tone, toneOfPhase } from './page-parts.ts';
import type { FleetSnapshot, TenantSnapshot } from './snapshot-types.ts';
import type { TenantFilter } from './tenant-filter.ts';
import { ago, figures } from './words.ts';

/** How many rows the table has at most: a browser is no place for ten thousand. */
const shownTenants = 500;

/** The tenants that the filter leaves, those in trouble first. */
export function tenantsSection(
  snapshot: FleetSnapshot,
  tenants: readonly TenantSnapshot[],
  filter: TenantFilter,
): Html {
  const rows = [...tenants]
    .sort((a, b) => urgency(a) - urgency(b) || (a.name < b.name ? -1 : 1))
    .slice(0, shownTenants)
    .map((tenant) => row(tenant, snapshot.at));
  const cut = tenants.length > shownTenants ? `the first ${shownTenants} of ` : '';
  const table =
    rows.length === 0
      ? html`<div class="card empty">No tenant fits.</div>`
      : html`<div class="card scroll"><table><thead><tr><th>Tenant</th><th>Tier</th><th>Phase</th><th>Conditions</th><th>Placements</th><th>Endpoint</th><th class="right">Unready</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<section id="tenants"><h2>Tenants <small>${cut}${figures(tenants.length)}</small></h2>${filterForm(snapshot, filter)}${table}</section>`;
}

function filterForm({ tiers }: FleetSnapshot, filter: TenantFilter): Html {
  const option = (value: string, chosen: string): Html =>
    value === chosen ? html`<option selected>${value}</option>` : html`<option>${value}</option>`;
  return html`<form method="get" action="/#tenants"><input type="search" name="q" value="${filter.text}" placeholder="part of a name" aria-label="part of a name">
<select name="phase" aria-label="phase"><option value="">any phase</option>${tenantPhases.map((phase) => option(phase, filter.phase))}</select>
<select name="tier" aria-label="tier"><option value="">any tier</option>${tiers.map((tier) => option(tier.name, filter.tier))}</select>
<button>Filter</button> <a class="soft" href="/#tenants">all</a></form>`;
}

function row(tenant: TenantSnapshot, now: string): Html {
  const badge = tenant.mode === 'active' ? undefined : pill(tenant.mode, 'warn');
  const unready = tenant.unreadySince === undefined ? '' : ago(tenant.unreadySince, now);
  return html`<tr><td class="name"><a href="/api/tenants/${encodeURIComponent(tenant.name)}">${tenant.name}</a> ${badge}</td><td>${tenant.tier}</td>
<td>${pill(tenant.phase, toneOfPhase(tenant.phase), tenant.message)}</td><td>${conditions(tenant)}</td><td>${places(tenant)}</td>
<td class="mono">${tenant.endpoint}</td><td class="time">${unready}</td></tr>`;
}

/** All in a word where all are true, else those that are not, each with its reason and on pointing at it its message. */
function conditions(tenant: TenantSnapshot): Html {
  const { conditions: all } = tenant;
  if (all.length === 0) return html`<span class="soft">not looked at yet</span>`;
  const off = all.filter((condition) => condition.status !== 'True');
  if (off.length === 0) return pill(`all ${all.length} true`, 'good');
  // Ready only repeats the first of the others.
  const shown = off.length > 1 ? off.filter((condition) => condition.type !== 'Ready') : off;
  const tone: Tone = toneOfPhase(tenant.phase) === 'good' ? 'warn' : toneOfPhase(tenant.phase);
  return html`<span class="pills">${shown.map((condition) => pill(`${condition.type}: ${condition.reason}`, condition.status === 'Unknown' ? 'quiet' : tone, condition.message))}</span>`;
}

function places(tenant: TenantSnapshot): Html {
  if (tenant.placements.length === 0) return html`<span class="soft">none</span>`;
  return html`${tenant.placements.map((placement) => {
    const phase = placement.phase === 'serving' ? undefined : html` <span class="soft">${placement.phase}</span>`;
    return html`<span class="place" title="placement ${placement.id} in cell ${placement.cell}">${placement.infraGroup} <span class="soft">#${placement.slot}</span>${phase}${moveText(placement)}</span>`;
  })}`;
}

const urgencies: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, busy: 2, quiet: 4, good: 3 };

function urgency(tenant: TenantSnapshot): number {
  const doubtful = tenant.phase === 'Ready' && tenant.conditions.some((condition) => condition.status !== 'True');
  return doubtful ? urgencies.warn : urgencies[toneOfPhase(tenant.phase)];
}

/** That a placement is to replace another one, and how far that is. */
function moveText({ move }: PlacementStatus): Html | undefined {
  if (move === undefined) return undefined;
  const words = move.aborted === undefined ? `move: ${move.phase}` : 'move taken back';
  return html` <span class="soft" title="since ${move.since}: ${move.why}; waits for ${move.waitsFor}">${words}</span>`;
}
