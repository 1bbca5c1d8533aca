/**
 * `npm run demo`: a story under a minute. The simulated AWS and the story run in this process, the controller in another; one clock runs both. Ends with 0 only if
 * everything held. With `--roles FILE` the controller runs under the roles of that file (deploy/demo.yaml), and it also ends with 1 if AWS denied it anything.
 */
import { parseArgs } from 'node:util';
import { Intruder } from './demo/break.ts';
import { controllerRole, fleet, installation, tenants } from './demo/fleet.ts';
import { type ControllerProcess, type DemoControllerConfig, startControllerProcess } from './demo/processes.ts';
import { DemoFailure, Stage } from './demo/stage.ts';
import { createClock } from './model/clock.ts';
import { listen } from './simulator/mounts/socket.ts';
import { createFleetAws } from './wiring/simulated.ts';

// The SDK's word on the Node version is for developers; a story has no place for it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { roles: rolesFile } = parseArgs({ options: { roles: { type: 'string' } } }).values;
const scale = 30;
const region = 'us-east-1';
const tables = { desiredTable: 'cellwright-desired', stateTable: 'cellwright-state' };
const zoneAccount = '999999999999';
const origin = Date.now();
const clock = createClock({ scale, origin, startAt: origin });
const aws = await createFleetAws({
  ...tables,
  clock,
  seed: 1,
  throttle: true,
  region,
  fleetText: fleet,
  installation,
  ...(rolesFile === undefined ? {} : { rolesFile }),
  apply: true,
  random: Math.random,
});
const denied = new Set<string>();
aws.iam.onDenial = ({ caller, action, resource }) => void denied.add(`${caller}: ${action} on ${resource}`);
const socket = await listen(aws, {
  port: 0,
  onFault: (error) => process.stderr.write(`the simulator failed: ${String(error)}\n`),
});
const stage = new Stage({ aws, clock, scale, region, ...tables });
const intruder = new Intruder(aws);
let controller: ControllerProcess | undefined;

const start = (identity: string): Promise<ControllerProcess> => {
  const config: DemoControllerConfig = {
    ...tables,
    scale,
    origin,
    startAt: origin,
    resyncSeconds: 60,
    detailSeconds: 60,
    identity,
    http: { host: '127.0.0.1', port: 0 },
    mode: 'active',
    logLevel: 'warn',
    aws: { region, appId: identity },
  };
  return startControllerProcess(config, socket.url, rolesFile === undefined ? undefined : controllerRole);
};

const allReady = async (): Promise<boolean> => (await stage.inPhase('Ready')).length === tenants.length;
const onlyPlacement = async (tenant: string) => {
  const placement = (await stage.status(tenant))?.placements?.[0];
  if (placement === undefined) throw new DemoFailure(`${tenant} has no placement`);
  return placement;
};

async function onboard(): Promise<void> {
  stage.title(
    `Onboard: ${tenants.length} tenant records, two cells, and a controller (simulated AWS, time × ${scale})`,
  );
  controller = await start('controller-1');
  await stage.until(`all ${tenants.length} tenants are Ready`, 900, allReady);
  stage.expect(
    'every name leads to its own tasks, and to nobody else',
    tenants.every((tenant) => stage.serves(tenant)),
  );
}

async function heal(): Promise<void> {
  stage.title('Break things from outside, by AWS’s own API: the controller is told nothing');
  intruder.deleteRecords(zoneAccount, await onlyPlacement('acme'));
  intruder.hijackRule(await onlyPlacement('bolt'));
  intruder.stopService(await onlyPlacement('cedar'));
  intruder.deleteRule(await onlyPlacement('delta'));
  stage.say('  acme: DNS record deleted · bolt: rule hijacked · cedar: scaled to 0 · delta: rule deleted');
  const broken = ['acme', 'bolt', 'cedar', 'delta'];
  await stage.until('all four serve again', 600, () => broken.every((tenant) => stage.serves(tenant)));
}

async function crash(): Promise<void> {
  stage.title('Change a record, and kill the controller (SIGKILL) while it acts on it');
  await stage.desired.put({
    kind: 'Tenant',
    name: 'ember',
    spec: { tier: 'standard', service: { image: 'registry.example.com/server:2' } },
  });
  const before = (await stage.status('ember'))?.generation ?? 0;
  await stage.until('the change is seen', 120, async () => ((await stage.status('ember'))?.generation ?? 0) > before);
  await controller?.kill();
  stage.expect(
    'tenants go on serving without it',
    tenants.every((tenant) => stage.serves(tenant)),
  );
  controller = await start('controller-2');
  await stage.until('a new controller has taken over and finished the change', 900, async () => {
    const status = await stage.status('ember');
    return status?.phase === 'Ready' && status.observedGeneration === before + 1;
  });
}

async function overflow(): Promise<void> {
  stage.title('Ask for more than there is');
  const service = { cpu: 16_384, memoryMiB: 32_768, tasks: 3 };
  await stage.desired.put({ kind: 'Tenant', name: 'goliath', spec: { tier: 'standard', service } });
  await stage.until(
    'goliath is told that it fits nowhere',
    300,
    async () => (await stage.status('goliath'))?.phase === 'Unplaceable',
  );
  const placed = (await stage.status('goliath'))?.conditions.find((condition) => condition.type === 'Placed');
  stage.say(`    ${placed?.message ?? ''}`);
  stage.expect(
    'nobody else noticed',
    tenants.every((tenant) => stage.serves(tenant)),
  );
}

async function offboard(): Promise<void> {
  stage.title('Offboard: out of DNS, tasks stopped, everything removed');
  const placement = await onlyPlacement('fjord');
  await stage.desired.updateSpecField('Tenant', 'fjord', 'state', 'deleted');
  await stage.until('nothing of fjord is left', 1_500, async () => (await stage.status('fjord'))?.phase === 'Deleted');
  const cluster = placement.clusterArn ?? '';
  stage.expect('its name resolves no more', !stage.serves('fjord'));
  stage.expect('its cluster is gone', isInactive(cluster));
  stage.expect(
    'the others serve',
    tenants.filter((tenant) => tenant !== 'fjord').every((tenant) => stage.serves(tenant)),
  );
}

/** Everything above happened under the roles of the file. */
async function rights(): Promise<void> {
  if (rolesFile === undefined) return;
  const checked = aws.log.since(0, aws.log.last).filter(({ principal }) => principal.startsWith('controller-')).length;
  stage.title(`Rights: ${checked} calls of the controllers were checked against the roles of ${rolesFile}`);
  stage.expect('AWS denied nothing', denied.size === 0);
}

function isInactive(clusterArn: string): boolean {
  const accessKeyId = clusterArn.split(':')[4] ?? '';
  const input = { clusters: [clusterArn] };
  const answer = aws.call({ accessKeyId, region, service: 'ecs', operation: 'DescribeClusters', input }) as {
    clusters?: { status?: string }[];
  };
  return (answer.clusters ?? []).every((cluster) => cluster.status === 'INACTIVE');
}

let code = 0;
try {
  for (const act of [onboard, heal, crash, overflow, offboard, rights]) await act();
  stage.title(`All held, in ${stage.seconds.toFixed(1)} s. Next: npm start, then open the page that it names;`);
  process.stdout.write(
    '         bin/cellwright get tenants · bin/cellwright describe tenant acme · bin/cellwright explain tenant\n',
  );
} catch (error) {
  code = 1;
  for (const line of denied) stage.say(`  ✗ AWS denied: ${line}`);
  stage.title(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.stderr.write(`${controller?.words() ?? ''}\n`);
}
await controller?.stop();
await socket.close();
process.exitCode = code;
