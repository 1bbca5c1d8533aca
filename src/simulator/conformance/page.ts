/** The conformance table as a page: docs/reference/simulator.md. */

import { type SimulatedQuota, simulatedQuotas } from '../quotas/definitions.ts';
import { acmBehaviours } from './acm.ts';
import { autoscalingBehaviours } from './autoscaling.ts';
import type { Behaviour } from './behaviour.ts';
import { dynamodbBehaviours } from './dynamodb.ts';
import { ec2Behaviours } from './ec2.ts';
import { ecsBehaviours } from './ecs.ts';
import { elbv2Behaviours } from './elbv2.ts';
import { iamBehaviours } from './iam.ts';
import { quotasBehaviours } from './quotas.ts';
import { route53Behaviours } from './route53.ts';
import { sources } from './sources.ts';
import { stsBehaviours } from './sts.ts';
import { worldBehaviours } from './world.ts';

/** All rows, by the chapter that they stand in. */
export const conformanceTable: readonly { readonly title: string; readonly rows: readonly Behaviour[] }[] = [
  { title: 'All services', rows: worldBehaviours },
  { title: 'ECS', rows: ecsBehaviours },
  { title: 'Elastic Load Balancing v2', rows: elbv2Behaviours },
  { title: 'Route 53', rows: route53Behaviours },
  { title: 'EC2', rows: ec2Behaviours },
  { title: 'DynamoDB and DynamoDB Streams', rows: dynamodbBehaviours },
  { title: 'Certificate Manager', rows: acmBehaviours },
  { title: 'Application Auto Scaling', rows: autoscalingBehaviours },
  { title: 'IAM', rows: iamBehaviours },
  { title: 'STS', rows: stsBehaviours },
  { title: 'Service Quotas', rows: quotasBehaviours },
];

const intro = `# What the simulated AWS does, and how that is known

One row for each behaviour. **documented**: AWS's guides, API references or published service models say so. **observed**: seen at AWS and reported by others.
**assumed**: the documents are silent, and the simulator does what is likeliest, or worst. The test named in a row fails when the simulator stops doing it.

This page is made from \`src/simulator/conformance\` by \`node scripts/write-simulator-docs.mjs\`.
`;

/** The page's text. */
export function simulatorPage(): string {
  return [intro, summary(), ...conformanceTable.map(({ title, rows }) => chapter(title, rows)), quotaChapter()].join(
    '\n',
  );
}

/** The quotas that are enforced, by the names that fault plans know them by. */
function quotaChapter(): string {
  const rows = Object.entries<SimulatedQuota>(simulatedQuotas).map(
    ([name, { serviceCode, quotaCode, name: title, value, adjustable }]) =>
      `| \`${name}\` | ${serviceCode} | ${quotaCode} | ${title} | ${value} | ${adjustable ? 'yes' : 'no'} |`,
  );
  return [
    '## The quotas, by the names that fault plans know them by',
    '',
    '| Name | Service | Code | AWS’s name | Default | Adjustable at AWS |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function summary(): string {
  const count = (rows: readonly Behaviour[], kind: Behaviour['kind']): number =>
    rows.filter((row) => row.kind === kind).length;
  const line = (title: string, rows: readonly Behaviour[]): string =>
    `| ${title} | ${count(rows, 'documented')} | ${count(rows, 'observed')} | ${count(rows, 'assumed')} |`;
  const all = conformanceTable.flatMap(({ rows }) => rows);
  return [
    '|  | documented | observed | assumed |',
    '| --- | --- | --- | --- |',
    ...conformanceTable.map(({ title, rows }) => line(title, rows)),
    line('**all**', all),
    '',
  ].join('\n');
}

function chapter(title: string, rows: readonly Behaviour[]): string {
  return [
    `## ${title}`,
    '',
    '| Behaviour | Known | Source | Test |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      (row) => `| ${cell(row.what)} | ${row.kind} | ${link(row)} | ${cell(`${row.test[0]}: ${row.test[1]}`)} |`,
    ),
    '',
  ].join('\n');
}

function link(row: Behaviour): string {
  const named = Object.entries(sources).find(([, url]) => url === row.source)?.[0];
  return /^https:\/\//.test(row.source)
    ? `[${named ?? new URL(row.source).hostname}](${row.source})`
    : cell(row.source);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
