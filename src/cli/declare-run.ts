/** The commands that go on running: `start`, `sim`, `controller`. */
import { Option } from 'commander';
import { controllerSettings } from './config.ts';
import { declare, type Wiring } from './wiring.ts';

const seedOption = (): Option =>
  new Option('--seed <n>', 'seed of everything random in the simulated AWS').default('1');

/** Declares them. */
export function declareRunning(wiring: Wiring): void {
  declare(wiring, {
    usage: 'start',
    group: 'Run',
    summary: 'Run the embedded AWS, the controller and the page in one process',
    text: 'Nothing real is touched, and nothing is kept when it ends. Unless set otherwise it sweeps each 60 and 120 seconds of its own clock, and logs only warnings.',
    examples: ['cellwright start --fleet examples/fleet.yaml', 'cellwright start --time-scale 1'],
    options: [
      new Option('--fleet <file>', 'records to begin with; what they name is made in the embedded AWS'),
      new Option('--port <n>', 'port of the embedded AWS; without it 4566, or a free one where that is taken'),
      new Option('--time-scale <n>', 'how much faster than real the one clock for both runs').default('10'),
      seedOption(),
    ],
    settings: controllerSettings,
    prints: false,
    run: async (context, _args, options) => {
      const { start } = await import('./commands/run.ts');
      return start(context, options);
    },
  });
  declare(wiring, {
    usage: 'sim',
    group: 'Run',
    summary: 'Run only the simulated AWS, on 127.0.0.1',
    text: 'Anything that speaks to AWS can use it: set AWS_ENDPOINT_URL=http://127.0.0.1:4566. A 12-digit access key id is the account.',
    examples: [
      'cellwright sim --fleet examples/fleet.yaml --apply',
      'cellwright sim --port 0 --no-throttle',
      'cellwright sim --fault-file examples/faults.yaml --read-lag ecs=3,dynamodb=0.5',
    ],
    options: [
      new Option('--port <n>', 'port to listen on; 0 takes a free one').default('4566'),
      seedOption(),
      new Option('--time-scale <n>', 'how much faster than real its clock runs').default('1'),
      new Option('--no-throttle', "AWS's token buckets never refuse"),
      new Option(
        '--fleet <file>',
        'makes the accounts, roles, zones, VPCs and load balancers that these records name, and the tables',
      ),
      new Option('--apply', 'writes the records of --fleet too'),
      new Option('--fault-file <file>', 'a fault plan, YAML or JSON (docs/guides/simulator.md)'),
      new Option(
        '--read-lag <lags>',
        'how many seconds reads lag behind: for all services (3), or by service (ecs=3,ec2=10,dynamodb=0.5)',
      ),
    ],
    prints: false,
    run: async (context, _args, options) => {
      const { sim } = await import('./commands/run.ts');
      return sim(context, options);
    },
  });
  declare(wiring, {
    usage: 'controller',
    group: 'Run',
    summary: 'Run only the controller: the production entry point',
    text:
      "AWS is found by the SDK's own means (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL ...).\n" +
      'Of several, one leads; the others stand by, show what the tables say, and take over: within 2 s of SIGTERM, within 15 s where it vanished.',
    examples: ['cellwright controller', 'CELLWRIGHT_MODE=observe cellwright controller --http 127.0.0.1:9400'],
    settings: controllerSettings,
    prints: false,
    run: async (context) => {
      const { controller } = await import('./commands/run.ts');
      return controller(context);
    },
  });
}
