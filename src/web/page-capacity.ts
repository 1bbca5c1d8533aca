import type { CapacityLevel, CapacityReport } from '../model/reports.ts';
import { type Html, html } from './html.ts';
import { pill, type Tone, toneOfPhase } from './page-parts.ts';
import type { CapacityLine, CellSnapshot, FleetSnapshot, InfraGroupSnapshot } from './snapshot-types.ts';
import { counted, figures } from './words.ts';

/** Cells with their infra groups: what is reserved of what may be. */
export function capacitySection({ cells, infraGroups, capacity }: FleetSnapshot): Html {
  if (cells.length === 0)
    return html`<section><h2>Capacity</h2><div class="card empty">No cell has a record yet.</div></section>`;
  const cards = cells.map((cell) =>
    cellCard(
      cell,
      infraGroups.filter((group) => group.cell === cell.name),
    ),
  );
  return html`<section><h2>Capacity <small>reserved of what may be reserved, after reserve and foreign use</small></h2>${forecast(capacity)}<div class="cells">${cards}</div></section>`;
}

/** Of each tier: how much room there is, how long it lasts, and what would make more. */
function forecast(capacity: CapacityReport | undefined): Html | undefined {
  if (capacity === undefined || capacity.tiers.length === 0) return undefined;
  const rows = capacity.tiers.map((tier) => {
    const lost = tier.lossOf.filter(({ carried }) => !carried).map(({ cell }) => cell);
    const more = tier.whatIfs.map(({ what, tenants }) => `${what}: ${figures(tenants)} more`);
    const loss = lost.length === 0 ? undefined : pill(`loss of ${lost.join(', ')} not carried`, 'warn');
    return html`<tr><td class="name">${tier.name}</td><td>${pill(tier.level, toneOfLevel[tier.level])}</td>
<td class="right">${tier.room === undefined ? '?' : figures(tier.room)}</td><td>${tier.usedPercent === undefined ? '' : `${tier.usedPercent} %${tier.binding === undefined ? '' : `, by ${tier.binding}`}`}</td>
<td class="right">${daysText(tier.daysToFull)}</td><td class="message">${more.join('; ')} ${loss}</td></tr>`;
  });
  return html`<div class="card scroll"><table><thead><tr><th>Tier</th><th>Level</th><th class="right">Room, average tenants</th><th>Used</th><th class="right">Days to full</th><th>What would make room</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

const toneOfLevel: Readonly<Record<CapacityLevel, Tone>> = {
  room: 'good',
  filling: 'quiet',
  low: 'warn',
  critical: 'bad',
};

function daysText(days: number | undefined): string {
  if (days === undefined) return '';
  return days >= 3_650 ? 'over 10 years' : figures(Math.floor(days));
}

function cellCard(cell: CellSnapshot, groups: readonly InfraGroupSnapshot[]): Html {
  return html`<div class="card cell"><div class="head"><h3>${cell.name}</h3>${badges(cell)}<span class="soft">${cell.tier} · ${cell.region} · ${cell.accountId}</span></div>
${bars(cell.capacity)}${groups.map(groupPart)}</div>`;
}

function groupPart(group: InfraGroupSnapshot): Html {
  return html`<div class="group"><div class="head"><h3>${group.name}</h3>${badges(group)}<span class="soft">${counted(group.placements, 'placement')}</span></div>${bars(group.capacity)}</div>`;
}

/** What is out of the ordinary; nothing where nothing is. */
function badges(place: CellSnapshot | InfraGroupSnapshot): Html {
  const failing = place.conditions.find(
    ({ type, status }) => status !== 'True' && type !== 'Ready' && type !== 'Drained' && type !== 'HasRoom',
  );
  const drain = place.conditions.find(({ type }) => type === 'Drained');
  return html`${place.phase === 'Ready' ? undefined : pill(place.phase, toneOfPhase(place.phase), failing?.message)}${place.state === 'active' ? undefined : pill(drain?.status === 'True' ? 'drained' : place.state, 'warn', drain?.message)}${place.mode === 'active' ? undefined : pill(`mode ${place.mode}`, 'warn')}`;
}

function bars(lines: readonly CapacityLine[]): Html | undefined {
  if (lines.length === 0) return html`<div class="soft">nothing is known of its capacity yet</div>`;
  return html`<div class="bars">${lines.map(bar)}</div>`;
}

function bar(line: CapacityLine): Html {
  const { usable, used, label } = line;
  if (usable === undefined) {
    const what = line.state === 'unlimited' ? html`no limit` : pill('quota unknown', 'warn');
    return html`<span class="soft">${label}</span><span></span><span class="number">${figures(used)}, ${what}</span>`;
  }
  const share = usable > 0 ? Math.min(1, used / usable) : used > 0 ? 1 : 0;
  const tone = share >= 0.95 ? 'bad' : share >= 0.8 ? 'warn' : '';
  const hint = `quota ${figures(line.quota ?? 0)}, used by others ${figures(line.foreign ?? 0)}`;
  const width = (share * 100).toFixed(1);
  return html`<span class="soft">${label}</span><svg class="bar ${tone}" viewBox="0 0 100 7" preserveAspectRatio="none" role="img" aria-label="${Math.round(share * 100)} percent"><rect width="${width}" height="7"/></svg><span class="number" title="${hint}">${figures(used)} / ${figures(usable)}</span>`;
}
