import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readSettings, SettingsError, type SettingsProblem } from '../../deploy/config.ts';
import { example, exampleText } from './assembly.ts';

// What a test changes is not what the schema would let through.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = Record<string, any>;
type Change = (settings: Loose) => void;
const copy = (): Loose => parse(exampleText) as Loose;

/** The problems of the example after a change. */
function problems(change: Change): readonly SettingsProblem[] {
  const settings = copy();
  change(settings);
  try {
    readSettings(stringify(settings), 'settings.yaml');
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('settings of a deployment', () => {
  it('have an example of two tiers, three cells in accounts of their own, and four infra groups', () => {
    expect(example.tiers).toHaveLength(2);
    expect(example.cells).toHaveLength(3);
    expect(example.infraGroups).toHaveLength(4);
    expect(new Set(example.cells.map(({ accountId }) => accountId)).size).toBe(3);
  });

  it.each<[string, Change, SettingsProblem]>([
    [
      'a field of the wrong kind',
      (all) => (all.controller.accountId = 123),
      { path: 'controller.accountId', found: '123', expected: 'an AWS account id: a string of 12 digits' },
    ],
    [
      'a field that is missing',
      (all) => delete all.cells[1].region,
      { path: 'cells[1].region', found: 'nothing', expected: 'an AWS Region, as eu-central-1' },
    ],
    [
      'a field that there is not',
      (all) => (all.tiers[0].zone.ID = 'Z1'),
      { path: 'tiers[0].zone.ID', found: 'Z1', expected: 'no such field; known here: id, name, accountId' },
    ],
    [
      'a tier that is not in the file',
      (all) => (all.cells[2].tier = 'gold'),
      { path: 'cells[2].tier', found: 'gold', expected: 'the name of a tier of this file: standard, shared' },
    ],
    [
      'two cells in one account',
      (all) => {
        all.cells[1].accountId = all.cells[0].accountId;
        all.cells[1].certificateArn = all.cells[0].certificateArn;
      },
      {
        path: 'cells[1].accountId',
        found: '111111111111',
        expected: 'another accountId than cells[0]: a cell has an account of its own',
      },
    ],
    [
      'a certificate in another account',
      (all) => {
        all.cells[0].certificateArn = all.cells[1].certificateArn;
      },
      {
        path: 'cells[0].certificateArn',
        found: expect.stringContaining('arn:aws:acm:us-east-1:222222222222:') as string,
        expected: 'a certificate in account 111111111111 and Region us-east-1, where the load balancers are',
      },
    ],
    [
      'an infra group whose cell has no certificate',
      (all) => delete all.cells[2].certificateArn,
      {
        path: 'cells[2].certificateArn',
        found: 'nothing',
        expected: 'the ARN of a certificate, as infra group shared-a1 has an HTTPS listener',
      },
    ],
    [
      'a domain outside its zone',
      (all) => (all.tiers[0].zone.name = 'example.org'),
      {
        path: 'tiers[0].domain',
        found: 'standard.example.com',
        expected: 'example.org, the name of the zone, or a name below it',
      },
    ],
    [
      'a range with bits below its prefix',
      (all) => (all.infraGroups[1].cidr = '10.20.17.0/20'),
      {
        path: 'infraGroups[1].cidr',
        found: '10.20.17.0/20',
        expected: 'an IPv4 range of /16 to /22 of which no address bit below the prefix is set, as 10.20.0.0/16',
      },
    ],
    [
      'zones of another Region',
      (all) => (all.infraGroups[0].zones = ['us-east-1a', 'eu-west-1a']),
      { path: 'infraGroups[0].zones[1]', found: 'eu-west-1a', expected: 'a zone of us-east-1, as us-east-1a' },
    ],
    [
      'one zone only',
      (all) => (all.infraGroups[0].zones = ['us-east-1a']),
      {
        path: 'infraGroups[0].zones',
        found: 'list of 1 elements',
        expected: 'a list of 2 to 4 distinct Availability Zones',
      },
    ],
    [
      'images where tasks have no way to',
      (all) => {
        all.tiers[1].repositories = ['000000000000.dkr.ecr.eu-west-1.amazonaws.com/shared/server'];
        all.tiers[1].record.service.image = '000000000000.dkr.ecr.eu-west-1.amazonaws.com/shared/server:2.3';
      },
      {
        path: 'tiers[1].repositories[0]',
        found: '000000000000.dkr.ecr.eu-west-1.amazonaws.com/shared/server',
        expected: 'a repository in us-east-1: tasks of infra group shared-a1 have no way to another Region',
      },
    ],
    [
      'a tier whose image is not in its repositories',
      (all) => (all.tiers[0].record.service.image = 'nginx:1'),
      {
        path: 'tiers[0].record.service.image',
        found: 'nginx:1',
        expected:
          "an image of one of the tier's repositories: 000000000000.dkr.ecr.us-east-1.amazonaws.com/standard/server",
      },
    ],
    [
      "what the record's own schema refuses",
      (all) => (all.tiers[0].record.service.memoryMiB = 1000),
      {
        path: 'tiers[0].record.service.memoryMiB',
        found: '1000',
        expected: expect.stringContaining('1024') as string,
      },
    ],
    [
      'what is filled in, said a second time',
      (all) => (all.cells[0].record = { region: 'eu-west-1' }),
      { path: 'cells[0].record.region', found: 'eu-west-1', expected: 'no such field here: it is filled in' },
    ],
    [
      "a tier's role, said a second time",
      (all) => (all.tiers[1].record.service.taskRoleName = 'admin'),
      {
        path: 'tiers[1].record.service.taskRoleName',
        found: 'admin',
        expected: 'no such field here: it is filled in',
      },
    ],
    [
      'a VPC without subnets',
      (all) => (all.controller.network = { vpcId: 'vpc-1' }),
      {
        path: 'controller.network.subnetIds',
        found: 'nothing',
        expected: 'vpcId and subnetIds together, or neither: then a VPC is made',
      },
    ],
    [
      'memory that Fargate does not have',
      (all) => (all.controller.memoryMiB = 1_536),
      {
        path: 'controller.memoryMiB',
        found: '1536',
        expected: '2048 to 8192 in steps of 1024, as Fargate has it for 1024 CPU units',
      },
    ],
    [
      'an image of somebody else’s with a repository to be made',
      (all) => (all.controller.image = '111111111111.dkr.ecr.us-east-1.amazonaws.com/cellwright:1'),
      {
        path: 'controller.image',
        found: '111111111111.dkr.ecr.us-east-1.amazonaws.com/cellwright:1',
        expected:
          'an image in 000000000000.dkr.ecr.us-east-1, where its repository is made; or say repository: existing',
      },
    ],
    [
      'a topic of another Region',
      (all) => (all.controller.alarmTopicArn = 'arn:aws:sns:eu-west-1:000000000000:t'),
      {
        path: 'controller.alarmTopicArn',
        found: 'arn:aws:sns:eu-west-1:000000000000:t',
        expected: 'a topic in us-east-1: alarms tell topics of their own Region only',
      },
    ],
    [
      'one table for both',
      (all) => (all.controller.tables = { desired: 'one', state: 'one' }),
      { path: 'controller.tables.state', found: 'one', expected: 'another name than the desired table has' },
    ],
    [
      'a cell across partitions',
      (all) => {
        all.cells[0].region = 'cn-north-1';
        all.cells[0].certificateArn = undefined;
        all.infraGroups = [all.infraGroups[2], all.infraGroups[3]];
      },
      {
        path: 'cells[0].region',
        found: 'cn-north-1',
        expected: "a Region of the partition aws, as the controller's is: roles cannot be assumed across partitions",
      },
    ],
    [
      'names that make a role’s too long',
      (all) => {
        all.installation = 'a-long-installation';
        all.tiers[1].name = 'a-tier-with-a-name-that-is-long';
        all.cells[2].tier = 'a-tier-with-a-name-that-is-long';
      },
      {
        path: 'tiers[1].name',
        found: 'a-tier-with-a-name-that-is-long',
        expected: 'at most 29 characters, so that the role cellwright-a-long-installation-dns-NAME has no more than 64',
      },
    ],
  ])('refuse %s', (_, change, problem) => {
    expect(problems(change)).toEqual([problem]);
  });

  it('never show an external id', () => {
    const [problem] = problems((all) => (all.cells[0].externalId = 'not allowed: spaces'));
    expect(problem).toMatchObject({ path: 'cells[0].externalId', found: 'string of 19 characters' });
  });

  it('say all that is wrong at once, a line each', () => {
    const text = exampleText
      .replace('accountId: "999999999999"', 'accountId: x')
      .replace('cidr: 10.22', 'cidr: 300.22');
    expect(() => readSettings(text, 'mine.yaml')).toThrow(
      /^mine\.yaml cannot be used:\n {2}tiers\[0\]\.zone\.accountId: found x, .*\n {2}infraGroups\[3\]\.cidr: found 300\.22\.0\.0\/20, /,
    );
  });

  it('say so where the file is no YAML', () => {
    expect(() => readSettings('a: [1', 'mine.yaml')).toThrow(
      /^mine\.yaml cannot be used:\n {2}settings: found .*YAML 1\.2$/,
    );
  });
});
