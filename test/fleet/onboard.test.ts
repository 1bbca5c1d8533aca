import { describe, expect, it } from 'vitest';
import { exampleFleet, Installation } from '../support/installation.ts';

describe('the example fleet', () => {
  it('is onboarded within ten minutes, each name leading to its own tasks and nobody else', async () => {
    const run = await new Installation({ fleet: exampleFleet }).init();
    run.start();
    await run.until('all 60 tenants Ready', () => run.phases().Ready === 60, 600_000);
    for (const entry of run.leader?.term?.view.all('Tenant') ?? []) {
      const [host = '', ...path] = (entry.status?.value.endpoint ?? '').split('/');
      const { answers } = run.route(host, `/${path.join('/')}`);
      expect(answers.length, entry.name).toBeGreaterThan(0);
      for (const answer of answers) expect(answer).toMatchObject({ tenant: entry.name, status: 200 });
    }
    expect(run.told.failures.filter((one) => !one.error.message.includes('Cluster not found'))).toEqual([]);
    await run.stop();
  });
});
