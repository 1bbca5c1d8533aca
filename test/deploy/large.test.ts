import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../deploy/policies/index.ts';
import type { Settings } from '../../deploy/settings.ts';
import { ControllerStack } from '../../deploy/stacks/controller-stack.ts';
import { deployCommand, stepsText } from '../../deploy/steps.ts';
import { example } from './assembly.ts';

const [cell] = example.cells;

/** The example with so many cells. */
function withCells(count: number): Settings {
  if (cell === undefined) throw new Error('the example has no cell');
  const cells = Array.from({ length: count }, (_, index) => ({
    ...cell,
    name: `cell-${index}`,
    accountId: String(100_000_000_000 + index),
  }));
  return { ...example, cells, infraGroups: [] };
}

describe('a deployment of two hundred cells', () => {
  it('has a controller whose role may assume all of their roles, within what IAM lets a role have', () => {
    const app = new App({ analyticsReporting: false });
    const template = Template.fromStack(new ControllerStack(app, withCells(200)));
    const [role] = Object.values(
      template.findResources('AWS::IAM::Role', { Properties: { RoleName: 'cellwright-example-controller' } }),
    );
    // Managed policies that a role may have, and characters that each may have (IAM and STS quotas).
    expect((role?.['Properties'] as { ManagedPolicyArns: unknown[] }).ManagedPolicyArns.length).toBeLessThanOrEqual(10);
    const documents = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).map(
      (policy) => (policy['Properties'] as { PolicyDocument: Parameters<typeof sizeOf>[0] }).PolicyDocument,
    );
    for (const document of documents) expect(sizeOf(document)).toBeLessThanOrEqual(6_144);
    const text = JSON.stringify(documents);
    expect(text).toContain('arn:aws:iam::100000000000:role/cellwright/cellwright-example-reap');
    expect(text).toContain('arn:aws:iam::100000000199:role/cellwright/cellwright-example-observe');
  });
});

describe('steps', () => {
  const stack = {
    stackName: 'cellwright-x',
    place: { accountId: '111111111111', region: 'eu-west-1' },
    hasRecord: false,
  };

  it('take a template through a bucket where it is too long for a call', () => {
    expect(deployCommand({ ...stack, bytes: 51_200 }, 'out')).not.toContain('--s3-bucket');
    expect(deployCommand({ ...stack, bytes: 51_201 }, 'out')).toMatch(/ --s3-bucket BUCKET$/);
  });

  it('build no image that is named by its digest', () => {
    const at = (image: string): string =>
      stepsText({ ...example, controller: { ...example.controller, image } }, [{ ...stack, bytes: 1 }], 'out');
    const repository = '000000000000.dkr.ecr.us-east-1.amazonaws.com/cellwright';
    expect(at(`${repository}:1`)).toContain(`--push --tag ${repository}:1 .`);
    expect(at(`${repository}@sha256:${'0'.repeat(64)}`)).not.toContain('docker');
  });
});
