import type { TierForecast } from './forecast.ts';
import type { Raise } from './forecast-what-if.ts';
import { amount, dimensionName, figure } from './vector.ts';

/** A tier's forecast in a few sentences. */
export function forecastText(forecast: Omit<TierForecast, 'text'>): string {
  const { tier, tenants, room, binding, whatIf, losses } = forecast;
  const parts = [`Tier ${tier} holds ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}.`];
  if (room === undefined) return `${parts.join('')} Nobody is in it to take an average of, so its room is not known.`;
  if (!Number.isFinite(room)) return `${parts.join('')} Nothing limits it.`;
  const binds =
    binding === undefined ? '' : ` (${dimensionName(binding)} ${binding === 'fargateVcpu' ? 'binds' : 'bind'})`;
  parts.push(`Room for ${room} average ${room === 1 ? 'tenant' : 'tenants'}${binds}${lastsText(forecast)}.`);
  const { infraGroup, cell, quotas } = whatIf;
  const buys: string[] = [];
  if (infraGroup !== undefined && infraGroup.buys > 0) {
    buys.push(`one more infra group in cell ${infraGroup.cell}: ${infraGroup.buys}`);
  }
  if (cell !== undefined && cell.buys > 0) {
    const groups = `${cell.infraGroups} infra ${cell.infraGroups === 1 ? 'group' : 'groups'}`;
    buys.push(`one more cell with ${groups}: ${cell.buys}`);
  }
  const [first] = quotas;
  if (first !== undefined) buys.push(`${raiseText(first)}: ${first.buys}`);
  if (buys.length > 0) parts.push(`More room for tenants by ${buys.join('; ')}.`);
  for (const loss of losses.slice(0, 3)) parts.push(`${loss.text.charAt(0).toUpperCase()}${loss.text.slice(1)}.`);
  return parts.join(' ');
}

function lastsText({ perDay, daysToFull }: Omit<TierForecast, 'text'>): string {
  if (daysToFull === undefined) return '';
  const days = Math.floor(daysToFull);
  return `, full in ${days} ${days === 1 ? 'day' : 'days'} at ${Number(perDay.toFixed(1))} a day`;
}

/** `a quota of 6000 Fargate vCPU in cell c1 (now 4000)`. */
export function raiseText({ cell, level, dimension, from, to }: Raise): string {
  const where = level === 'cell' ? `in cell ${cell}` : `for the infra groups of cell ${cell}`;
  const what = dimension === 'subnetAddresses' ? amount(dimension, to) : `a quota of ${amount(dimension, to)}`;
  return `${what} ${where} (now ${figure(dimension, from)})`;
}
