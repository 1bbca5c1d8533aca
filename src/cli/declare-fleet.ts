/** The commands that move tenants, take places out of use, and tell of capacity. */
import { Option } from 'commander';
import { controllerSettings, wholeFlag } from './config.ts';
import { declare, isOn, requiredText, textOf, type Wiring } from './wiring.ts';

const localOption = (): Option =>
  new Option('--local', 'find out in this process, from the tables and AWS, without a controller');
const yesOption = (): Option => new Option('-y, --yes', 'do not ask');

/** Declares them. */
export function declareFleet(wiring: Wiring): void {
  declareMoves(wiring);
  declarePlaces(wiring);
  declareDrain(wiring);
  declareCapacity(wiring);
}

function declareMoves(wiring: Wiring): void {
  declare(wiring, {
    usage: 'move <kind> <name>',
    group: 'Operate',
    summary: 'Move a tenant to other infra groups, without losing a request',
    text: 'Its record is then pinned to them: the pin is the order, and stays until it is lifted. What runs goes on serving until what replaces it does.',
    examples: ['cellwright move tenant acme --to eu-2-a', 'cellwright move tenant acme --to eu-2-a,eu-3-a'],
    options: [new Option('--to <groups>', 'infra groups, with commas between').makeOptionMandatory()],
    settings: ['desiredTable', 'stateTable', 'http', 'httpTokenFile'],
    run: async (context, [kind, name], options) => {
      const { changePin } = await import('./commands/pin.ts');
      const words = { kind: requiredText(kind), name: requiredText(name), groups: requiredText(options['to']) };
      return changePin(context, 'move', words);
    },
  });
  declare(wiring, {
    usage: 'pin <kind> <name> [groups]',
    group: 'Operate',
    summary: 'Say in which infra groups a tenant may be',
    text: 'GROUPS are names with commas between; --none lifts the pin. Every mover respects a pin. One that excludes where the tenant is, is the order to move.',
    examples: ['cellwright pin tenant acme eu-1-a,eu-1-b', 'cellwright pin tenant acme --none'],
    options: [new Option('--none', 'anywhere in its tier')],
    settings: ['desiredTable', 'stateTable', 'http', 'httpTokenFile'],
    run: async (context, [kind, name, groups], options) => {
      const { changePin } = await import('./commands/pin.ts');
      const { usage } = await import('./edit.ts');
      const none = isOn(options['none']);
      if (none === (groups !== undefined))
        throw usage('pin', 'it takes either infra groups or --none', 'cellwright pin tenant NAME GROUP[,GROUP...]');
      const words = { kind: requiredText(kind), name: requiredText(name), groups: textOf(groups) };
      return changePin(context, 'pin', words);
    },
  });
}

const placeStates = [
  [
    'cordon',
    'Let no new tenants into an infra group or a cell',
    'Those that are there stay. Its record then says state: cordoned.',
  ],
  [
    'uncordon',
    'Let tenants into an infra group or a cell again; cancels a drain',
    'Its record then says state: active.',
  ],
] as const;

function declarePlaces(wiring: Wiring): void {
  for (const [name, summary, text] of placeStates) {
    declare(wiring, {
      usage: `${name} <kind> <name>`,
      group: 'Operate',
      summary,
      text: `KIND is infra-group or cell. ${text}`,
      examples: [`cellwright ${name} infra-group eu-1-a`, `cellwright ${name} cell eu-1`],
      run: async (context, [kind, object]) => {
        const { changePlaceState } = await import('./commands/place-state.ts');
        return changePlaceState(context, name, requiredText(kind), requiredText(object));
      },
    });
  }
}

function declareDrain(wiring: Wiring): void {
  declare(wiring, {
    usage: 'drain <kind> <name>',
    group: 'Operate',
    summary: 'Move everybody out of an infra group or a cell',
    text: 'KIND is infra-group or cell. The controller is asked first who has somewhere to go: if somebody has not, nothing is written, and it says what would help (exits 1). Cancel with uncordon; run it again to go on.',
    examples: [
      'cellwright drain infra-group eu-1-a --dry-run',
      'cellwright drain infra-group eu-1-a --yes --wait',
      'cellwright drain cell eu-1 --force --yes',
    ],
    options: [
      yesOption(),
      new Option('--wait', 'show progress until it is done; an interrupt leaves the drain going'),
      new Option('--force', 'move those who can although somebody cannot'),
      new Option('--dry-run', 'check who has somewhere to go, and write nothing'),
      localOption(),
    ],
    settings: controllerSettings,
    run: async (context, [kind, name], options) => {
      const { drain } = await import('./commands/drain.ts');
      return drain(context, requiredText(kind), requiredText(name), {
        yes: isOn(options['yes']),
        wait: isOn(options['wait']),
        force: isOn(options['force']),
        dryRun: isOn(options['dryRun']),
        local: isOn(options['local']),
      });
    },
  });
}

function declareCapacity(wiring: Wiring): void {
  declare(wiring, {
    usage: 'rebalance [kind] [name]',
    group: 'Operate',
    summary: 'Show how moving tenants would make room, and order it',
    text: 'Of all tiers, or of "tier NAME". Only tenants whose record says movable: true are moved. Without --yes it asks on a terminal, and elsewhere only shows the plan (exits 1 when there is one).',
    examples: [
      'cellwright rebalance',
      'cellwright rebalance tier standard --max-moves 20 --yes',
      'cellwright rebalance --cancel',
    ],
    options: [
      new Option('--max-moves <n>', 'the budget of each tier').default('10'),
      new Option('--for <minutes>', 'for how long moves are begun').default('60'),
      new Option('--cancel', 'take orders back'),
      yesOption(),
      localOption(),
    ],
    settings: controllerSettings,
    run: async (context, [kind, name], options) => {
      const { rebalance } = await import('./commands/rebalance.ts');
      return rebalance(context, textOf(kind), textOf(name), {
        maxMoves: requiredText(options['maxMoves']),
        minutes: requiredText(options['for']),
        yes: isOn(options['yes']),
        cancel: isOn(options['cancel']),
        local: isOn(options['local']),
      });
    },
  });
  declare(wiring, {
    usage: 'capacity [kind] [name]',
    group: 'Ask',
    summary: 'Show the room that is left, how long it lasts, and what would make more',
    text: 'Of all tiers, or of "tier NAME". Room is counted in average tenants of the tier.',
    examples: ['cellwright capacity', 'cellwright capacity tier standard -o json', 'cellwright capacity --local'],
    options: [localOption()],
    settings: controllerSettings,
    run: async (context, [kind, name], options) => {
      const { capacity } = await import('./commands/capacity.ts');
      return capacity(context, textOf(kind), textOf(name), { local: isOn(options['local']) });
    },
  });
  declare(wiring, {
    usage: 'check',
    group: 'Ask',
    summary: 'Check the environment, each failure with its remedy',
    text: 'Credentials, clock, tables, stream and leader from here; rights, roles, accounts, zones, infra groups and room by the controller. Nothing is written. Exits 0 when nothing failed (a warning is no failure), 1 when something did, 2 when something could not be told. Every check stands in docs/runbook/checks.md.',
    examples: [
      'cellwright check',
      'cellwright check --wait 300',
      'cellwright check --pre',
      'cellwright check --pre --local',
      'cellwright check -o json',
    ],
    options: [
      localOption(),
      new Option('--pre', 'before a controller runs: leave out what needs one (with --local: find out the rest here)'),
      new Option('--wait <seconds>', 'look again until nothing fails any more, for so long at most').default('0'),
    ],
    settings: controllerSettings,
    wide: true,
    run: async (context, _args, options) => {
      const { check } = await import('./commands/check.ts');
      return check(context, {
        local: isOn(options['local']),
        pre: isOn(options['pre']),
        wide: options['output'] === 'wide',
        waitSeconds: wholeFlag('--wait', requiredText(options['wait']), 0, 86_400),
      });
    },
  });
}
