/** The commands that bring state table and AWS together again: `rebuild`, `adopt`. */
import { Option } from 'commander';
import { controllerSettings } from './config.ts';
import { declare, isOn, requiredText, type Wiring } from './wiring.ts';

const local = (): Option =>
  new Option('--local', 'find out in this process, from the tables and AWS, without a controller');
const yes = (): Option => new Option('-y, --yes', 'do not ask');

/** Declares them. */
export function declareRecovering(wiring: Wiring): void {
  declare(wiring, {
    usage: 'rebuild',
    group: 'Write',
    summary: 'Make the state table from what is live, after it was lost or restored from an old backup',
    text: 'Shows what would be written, asks (or wants --yes), and orders it: the Fleet record then allows state_behind for 15 minutes, and the controller that leads writes the table. AWS is not changed. Exits 0 when the table is complete, 1 when it is not, 2 when there is no answer.',
    examples: ['cellwright rebuild', 'cellwright rebuild --local', 'cellwright rebuild --yes'],
    options: [local(), yes()],
    settings: controllerSettings,
    run: async (context, _args, options) => {
      const { rebuild } = await import('./commands/rebuild.ts');
      return rebuild(context, { local: isOn(options['local']), yes: isOn(options['yes']) });
    },
  });
  declare(wiring, {
    usage: 'adopt <kind> <name> <arn>',
    group: 'Write',
    summary: 'Take over a resource that lost its mark, or that stands where one of a tenant or an infra group must be',
    text: 'Shows what would be written to it, asks (or wants --yes), and puts it into spec.adopt of the record for a while. A tenant adopts the ARN of a cluster, service, target group, task definition or listener rule; a DNS record is ZONE/NAME/TYPE/SETIDENTIFIER (nothing after the last / where it has none). An infra group adopts an interface endpoint, vpce-... or its ARN.',
    examples: [
      'cellwright adopt tenant acme arn:aws:ecs:eu-central-1:111111111111:cluster/NAME',
      'cellwright adopt tenant acme Z0STANDARD/acme.standard.example.com/CNAME/ --for 4h',
      'cellwright adopt infra-group standard-a1 vpce-0a1b2c3d4e5f60718',
    ],
    options: [new Option('--for <time>', 'how long it may be adopted: 90s, 30m, 1h, 2d').default('1h'), local(), yes()],
    settings: controllerSettings,
    run: async (context, [kind, name, arn], options) => {
      const { adopt } = await import('./commands/adopt.ts');
      const at = { kind: requiredText(kind), name: requiredText(name), arn: requiredText(arn) };
      const given = { for: requiredText(options['for']), local: isOn(options['local']), yes: isOn(options['yes']) };
      return adopt(context, at, given);
    },
  });
}
