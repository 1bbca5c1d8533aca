import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDeployment } from '../../deploy/app.ts';
import { nag, suppressions } from '../../deploy/nag.ts';
import { example } from './assembly.ts';

const outdir = mkdtempSync(join(tmpdir(), 'cellwright-nag-'));
afterAll(() => rmSync(outdir, { recursive: true }));

describe('cdk-nag', () => {
  it('finds nothing that is not explained, and every explanation explains something', () => {
    const { app } = makeDeployment(example, outdir);
    const { open, unused } = nag(app);
    expect(open).toEqual([]);
    expect(unused).toEqual([]);
  });

  it('does find what is wrong', () => {
    const app = new App({ outdir });
    new Bucket(new Stack(app, 'Wrong'), 'Open');
    expect(nag(app).open).toEqual([
      expect.stringContaining('AwsSolutions-S1 at Wrong/Open'),
      expect.stringContaining('AwsSolutions-S10 at Wrong/Open'),
    ]);
  });

  it('is told a reason for each suppression, of one place alone', () => {
    for (const { reason, where } of suppressions) {
      expect(reason.length).toBeGreaterThan(40);
      expect(where.source).toMatch(/\$$/);
    }
  });
});
