/** The commands that look: `get`, `describe`, `events`, `plan`, `explain`, `wait`. */
import { Option } from 'commander';
import { controllerSettings } from './config.ts';
import { declare, isOn, requiredText, textOf, type Wiring } from './wiring.ts';

const kindText = 'KIND is fleet, tier, cell, infra-group or tenant, also in the plural.';
const watchOption = (): Option => new Option('-w, --watch', 'go on showing what changes, until interrupted');

/** Declares them. */
export function declareReading(wiring: Wiring): void {
  declare(wiring, {
    usage: 'get <kind> [name]',
    group: 'Read',
    summary: 'List records with their status, or show one',
    text: `${kindText} "get invalid" lists every item of the desired table that is refused, and why; it needs no controller.`,
    examples: [
      'cellwright get tenants',
      'cellwright get tenant acme -o yaml',
      'cellwright get invalid',
      'cellwright get infra-groups --watch',
    ],
    options: [watchOption()],
    run: async (context, [kind, name], options) => {
      const { get } = await import('./commands/get.ts');
      return get(context, requiredText(kind), textOf(name), { watch: isOn(options['watch']) });
    },
  });
  declare(wiring, {
    usage: 'describe <kind> <name>',
    group: 'Read',
    summary: 'Tell the story of one object',
    text: `Spec, conditions with their reasons, placements with their AWS ids, the last events, and what to do next. ${kindText}`,
    examples: ['cellwright describe tenant acme', 'cellwright describe infra-group eu-1-a'],
    run: async (context, [kind, name]) => {
      const { describe } = await import('./commands/describe.ts');
      return describe(context, requiredText(kind), requiredText(name));
    },
  });
  declare(wiring, {
    usage: 'events [kind] [name]',
    group: 'Read',
    summary: 'Show what happened, oldest first',
    text: `To everything, to one kind, or to one object. ${kindText}`,
    examples: ['cellwright events', 'cellwright events tenant acme --watch'],
    options: [watchOption()],
    run: async (context, [kind, name], options) => {
      const { events } = await import('./commands/events.ts');
      return events(context, textOf(kind), textOf(name), { watch: isOn(options['watch']) });
    },
  });
  declareAsking(wiring);
}

function declareAsking(wiring: Wiring): void {
  declare(wiring, {
    usage: 'plan [kind] [name]',
    group: 'Ask',
    summary: 'Show what the controller would do now; nothing is written',
    text: 'Asks the running controller over HTTP. Exits 0 when there is nothing to do, 1 when there is, 2 when there is no answer.',
    examples: ['cellwright plan', 'cellwright plan tenant acme', 'cellwright plan --local'],
    options: [new Option('--local', 'find out in this process, from the tables and AWS, without a controller')],
    settings: controllerSettings,
    run: async (context, [kind, name], options) => {
      const { plan } = await import('./commands/plan.ts');
      return plan(context, textOf(kind), textOf(name), { local: isOn(options['local']) });
    },
  });
  declare(wiring, {
    usage: 'explain <subject> [name]',
    group: 'Ask',
    summary: 'Explain a kind or a field, or why a tenant is where it is',
    text: `SUBJECT is KIND[.FIELD], or "placement" with the name of a tenant (exits 1 where that is not placed as its record wants). ${kindText}`,
    examples: [
      'cellwright explain tenant',
      'cellwright explain tier.service.healthCheck',
      'cellwright explain placement acme',
    ],
    run: async (context, [subject, name]) => {
      const { explain } = await import('./commands/explain.ts');
      return explain(context, requiredText(subject), textOf(name));
    },
  });
  declare(wiring, {
    usage: 'wait <kind> <name>',
    group: 'Ask',
    summary: 'Wait until a tenant is as its record says',
    text: 'True only for the spec that stands in the table at that moment. Exits 0 when it is, 1 at the time-out (naming what is in the way), 2 where there is no such record.',
    examples: ['cellwright wait tenant acme --for ready', 'cellwright wait tenant acme --for deleted --timeout 900'],
    options: [
      new Option('--for <goal>', 'ready, suspended or deleted').default('ready'),
      new Option('--timeout <seconds>', 'how long at most; 0 looks once').default('300'),
    ],
    run: async (context, [kind, name], options) => {
      const { wait } = await import('./commands/wait.ts');
      const [goal, timeout] = [requiredText(options['for']), requiredText(options['timeout'])];
      return wait(context, requiredText(kind), requiredText(name), { for: goal, timeout });
    },
  });
}
