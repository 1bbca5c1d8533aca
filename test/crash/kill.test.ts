import { afterAll, describe, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import { createDynamo } from '../../src/store/client.ts';
import { createStateReader, type StoredObject } from '../../src/store/state.ts';
import { randomFrom } from '../support/virtual-clock.ts';
import { expectNothingDoubled } from './doubled.ts';
import { Program, poll, realTime } from './processes.ts';

const seed = Number(process.env.CELLWRIGHT_SEED ?? Math.floor(Math.random() * 1e9));
const kills = Number(process.env.CELLWRIGHT_KILLS ?? 30);
const earlyKills = Number(process.env.CELLWRIGHT_EARLY_KILLS ?? 10);
const random = randomFrom(seed);
const cells = ['111111111111', '222222222222', '333333333333', '444444444444'];
const started: Program[] = [];

const base = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: '000000000000',
  AWS_SECRET_ACCESS_KEY: 'test',
  CELLWRIGHT_HTTP: '127.0.0.1:0',
};

function run(args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const program = new Program(args, env);
  started.push(program);
  return program;
}

afterAll(async () => {
  for (const program of started) await program.end('SIGKILL');
});

describe(`a controller that is killed again and again (CELLWRIGHT_SEED=${seed} npm run test:crash)`, () => {
  it(`ends in the same state after ${kills} kills while it leads and ${earlyKills} before`, async () => {
    const sim = run(['sim', '--fleet', 'examples/fleet.yaml', '--apply', '--port', '0'], base);
    await sim.says('listens on', 60_000);
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(sim.output)?.[0] ?? '';
    const env = { ...base, AWS_ENDPOINT_URL: endpoint };
    const early = new Set(
      Array.from({ length: kills + earlyKills }, (_, index) => index)
        .sort(() => random() - 0.5)
        .slice(0, earlyKills),
    );
    for (let round = 0; round < kills + earlyKills; round += 1) {
      const controller = run(['controller'], { ...env, CELLWRIGHT_IDENTITY: `round-${round}` });
      if (early.has(round)) {
        await controller.says('the controller runs', 60_000);
        await realTime(random() * 3_000);
      } else {
        await controller.says('"leading"', 60_000);
        await realTime(random() * 10_000);
      }
      await controller.end('SIGKILL');
    }
    const last = run(['controller'], { ...env, CELLWRIGHT_IDENTITY: 'last' });
    await last.says('"leading"', 60_000);
    const state = createStateReader(
      createDynamo(
        { region: 'us-east-1', endpoint, credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' } },
        { clock: systemClock, random },
      ),
      'cellwright-state',
    );
    const tenants = async (): Promise<StoredObject[]> =>
      [...(await state.loadAll()).values()].filter((object) => object.kind === 'Tenant');
    const deadline = Date.now() + 600_000;
    await poll(async () => {
      const phases = (await tenants()).map((object) => object.status?.value.phase);
      if (Date.now() > deadline) throw new Error(`not all Ready: ${JSON.stringify(phases)}`);
      await realTime(2_000);
      return phases.length === 60 && phases.every((phase) => phase === 'Ready');
    });
    await expectNothingDoubled(await tenants(), endpoint, cells);
    await last.end('SIGTERM');
  });
});
