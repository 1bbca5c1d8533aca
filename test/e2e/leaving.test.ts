/** docs/guides/leaving.md, step by step. */
import { afterEach, describe, expect, it } from 'vitest';
import { initTables } from '../../src/store/tables.ts';
import type { Installation } from '../support/installation.ts';
import { allReady, controllerWrites, handsOf, settled, Watch } from './outside.ts';
import { smallFleet, usualTenants } from './small-fleet.ts';

let run: Installation;
afterEach(() => run.stop());

const keys = ['installation', 'tenant', 'infra-group', 'placement', 'spec'].map((key) => `cellwright:${key}`);

/** What the guide's loop does in one account. */
async function takeMarksOff(account: string, listeners: readonly string[]): Promise<number> {
  const { ecs, elb } = handsOf(run, account);
  const drop = async (resourceArn: string): Promise<void> => {
    await ecs.untagResource({ resourceArn, tagKeys: keys });
    count += 1;
  };
  let count = 0;
  const { clusterArns = [] } = await ecs.listClusters({});
  for (const cluster of clusterArns.filter((arn) => arn.includes(`cluster/${run.installation}--`))) {
    const { serviceArns = [] } = await ecs.listServices({ cluster });
    for (const arn of serviceArns) await drop(arn);
    await drop(cluster);
  }
  const { taskDefinitionArns = [] } = await ecs.listTaskDefinitions({});
  for (const arn of taskDefinitionArns.filter((one) => one.includes(`task-definition/${run.installation}--`)))
    await drop(arn);
  const { TargetGroups = [] } = await elb.describeTargetGroups({});
  const rules: string[] = [];
  for (const ListenerArn of listeners) {
    const { Rules = [] } = await elb.describeRules({ ListenerArn });
    rules.push(...Rules.flatMap(({ RuleArn, IsDefault }) => (IsDefault === true ? [] : (RuleArn ?? []))));
  }
  for (const arn of [...TargetGroups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []), ...rules]) {
    const { TagDescriptions = [] } = await elb.describeTags({ ResourceArns: [arn] });
    const tags = TagDescriptions[0]?.Tags ?? [];
    if (!tags.some(({ Key, Value }) => Key === keys[0] && Value === run.installation)) continue;
    await elb.removeTags({ ResourceArns: [arn], TagKeys: keys });
    count += 1;
  }
  return count;
}

describe('leaving Cellwright', () => {
  it('leaves every tenant serving, and what another installation finds is nobody’s of its own', async () => {
    run = await settled({ fleet: smallFleet() });
    const tenants = Object.keys(usualTenants);
    const watch = new Watch(run, tenants);
    const listeners = (run.leader?.term?.view.groups() ?? []).map(({ listenerArn }) => listenerArn);
    const of = (account: string) => listeners.filter((arn) => arn.includes(`:${account}:`));
    // 1. Nothing is done any more, then nobody is there to do it.
    await run.put('Fleet', 'default', { mode: 'paused' });
    await watch.advance(60);
    const since = run.aws.log.last;
    await run.stop();
    // 2. The marks.
    let dropped = 0;
    for (const account of ['111111111111', '222222222222', '444444444444'])
      dropped += await run.clock.drive(takeMarksOff(account, of(account)));
    expect(dropped).toBeGreaterThan(9 * 4);
    // 3. The tables, and the fences.
    for (const table of ['desired', 'state']) {
      const input = { TableName: table };
      run.aws.call({
        accessKeyId: '000000000000',
        region: 'us-east-1',
        service: 'dynamodb',
        operation: 'DeleteTable',
        input,
      });
    }
    await watch.advance(60);
    // Somebody else begins, on the same accounts.
    const left = run.installation;
    const made = await run.clock.drive(initTables(run.dynamo, { desiredTable: 'desired', stateTable: 'state' }));
    expect(made.installation).not.toBe(left);
    run.installation = made.installation;
    const documents = smallFleet()
      .split('\n---\n')
      .map((text) => JSON.parse(text) as { kind: string; name: string; spec: unknown });
    for (const { kind, name, spec } of documents) if (kind !== 'Tenant') await run.put(kind, name, spec);
    run.start();
    await run.until('a term', () => run.leader?.term?.working === true);
    await watch.advance(400);
    expect(controllerWrites(run, since)).toEqual([]);
    expect(run.leader?.term?.behind).toBeUndefined();
    expect(watch.complaints()).toEqual([]);
    for (const tenant of tenants) expect(watch.isAnswered(tenant), tenant).toBe(true);
    // And it does its own work beside them.
    await run.put('Tenant', 'newcomer', { tier: 'standard' });
    await watch.until('Ready', () => allReady(run), undefined, 600);
    expect(watch.complaints()).toEqual([]);
  });
});
