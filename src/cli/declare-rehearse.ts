/** The command that plays a fleet before it is built: `rehearse`. */
import { Option } from 'commander';
import { declare, isOn, requiredText, type Wiring } from './wiring.ts';

/** Declares it. */
export function declareRehearsing(wiring: Wiring): void {
  declare(wiring, {
    usage: 'rehearse',
    group: 'Ask',
    summary: 'Play a fleet, or a change to it, on the simulated AWS: what would happen, and how long it would take',
    text:
      "The controller's own code runs against a simulated AWS with AWS's throttles and latencies, under a clock that does not wait. Nothing outside is touched: without --from-table no network and no " +
      'credentials, with it only the desired table is read. Exits 0 when all would be as wanted, 1 when something would not fit, not settle or is invalid, 2 when it cannot be played.',
    examples: [
      'cellwright rehearse -f examples/fleet.yaml',
      'cellwright rehearse --base fleet.yaml -f change.yaml',
      'cellwright rehearse --from-table -f change.yaml -o wide',
      'cellwright rehearse --from-table -o json',
    ],
    options: [
      new Option('-f, --filename <file...>', 'records to play, or - for stdin'),
      new Option('--base <file...>', 'records that stand already: only what -f changes of them is measured'),
      new Option(
        '--from-table',
        'a copy of the desired table as what stands already; without -f it is played from nothing',
      ),
      new Option('--hours <n>', 'stop after so much virtual time').default('24'),
      new Option('--seed <n>', 'seed of everything random in the simulated AWS').default('1'),
    ],
    wide: true,
    settings: ['desiredTable'],
    run: async (context, _args, options) => {
      const { rehearse } = await import('./commands/rehearse.ts');
      return rehearse(context, {
        filename: textsOf(options['filename']),
        base: textsOf(options['base']),
        fromTable: isOn(options['fromTable']),
        hours: requiredText(options['hours']),
        seed: requiredText(options['seed']),
        wide: options['output'] === 'wide',
      });
    },
  });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(requiredText) : [];
}
