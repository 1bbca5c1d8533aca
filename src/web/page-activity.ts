import type { Activity, RecentActivity } from '../telemetry/activity.ts';
import { type Html, html } from './html.ts';
import { pill } from './page-parts.ts';
import { ago, figures } from './words.ts';

/** How many entries each list shows; `/api/activity` has them all. */
const shownEntries = 10;

/** What was healed lately, and what else happened. */
export function activitySection(activity: RecentActivity, now: string): Html {
  return html`<section class="columns">
<div><h2>Healing</h2>${list(activity.healing, now, 'No drift was seen since this process began to lead.')}</div>
<div><h2>Changes and events</h2>${list(activity.changes, now, 'Nothing yet.')}</div></section>`;
}

function list(entries: readonly Activity[], now: string, empty: string): Html {
  if (entries.length === 0) return html`<div class="card empty">${empty}</div>`;
  const rows = entries
    .slice(0, shownEntries)
    .map(
      (entry) =>
        html`<tr><td>${label(entry)}</td><td class="message">${nameOf(entry)} ${textOf(entry)}</td><td class="time" title="${entry.at}">${ago(entry.at, now)}</td></tr>`,
    );
  return html`<div class="card scroll log"><table><tbody>${rows}</tbody></table></div>`;
}

function nameOf(entry: Activity): Html {
  const slash = entry.object.indexOf('/');
  return html`<b class="text">${entry.object.slice(slash + 1)}</b>`;
}

function label(entry: Activity): Html {
  switch (entry.what) {
    case 'healed':
      return pill('healed', 'good');
    case 'drift':
      return pill('drift', 'warn');
    case 'change':
      return pill(entry.action, 'quiet');
    case 'held':
      return pill('held', 'warn');
    case 'failed':
      return pill('failed', 'bad');
    case 'event':
      return pill('event', 'quiet');
    default:
      return entry satisfies never;
  }
}

function textOf(entry: Activity): Html {
  switch (entry.what) {
    case 'healed':
    case 'drift': {
      const took = entry.seconds === undefined ? '' : ` in ${figures(entry.seconds)} s`;
      return html`${words(entry.resource)}: ${fieldText(entry.fields)}${took}`;
    }
    case 'change':
      return html`${words(entry.resource)} <code>${entry.name}</code>${entry.reason === 'asked' ? '' : ` (${entry.reason})`}`;
    case 'held':
    case 'failed':
    case 'event':
      return html`${entry.reason}: ${entry.message}`;
    default:
      return entry satisfies never;
  }
}

function fieldText(fields: readonly string[]): Html {
  if (fields.includes('_missing')) return html`was gone`;
  if (fields.includes('_extra')) return html`was there unasked`;
  return html`<code>${fields.join(', ')}</code>`;
}

function words(resource: string): string {
  return resource.replaceAll('_', ' ');
}
