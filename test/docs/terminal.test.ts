import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Terminal } from './terminal.ts';

let directory: string;
let terminal: Terminal;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cellwright-terminal-'));
  terminal = new Terminal({ directory, env: process.env });
});
afterEach(async () => {
  await terminal.close();
  rmSync(directory, { recursive: true, force: true });
});

const run = (commands: string) => terminal.run(commands, 30_000);

describe('a terminal', () => {
  test('keeps variables, functions and the directory, and takes both outputs', async () => {
    expect(await run('A=1\nf() { echo "f $A"; }\nmkdir sub && cd sub')).toEqual({ code: 0, printed: '' });
    const { code, printed } = await run('f\npwd >&2');
    expect(code).toBe(0);
    expect(printed).toContain('f 1\n');
    expect(printed).toContain(join(directory, 'sub'));
  });

  test.each([
    ['the first command that fails', 'echo one\n(exit 3)\necho two', 3, 'one\n'],
    ['any part of a pipe', '(exit 4) | cat\necho two', 4, ''],
    ['the first of two that are joined', 'false && true', 1, ''],
    ['a command in a loop', 'for x in 1 2; do (exit $x); done', 1, ''],
  ])('stops at %s, and goes on with the next block', async (_, commands, code, printed) => {
    expect(await run(commands)).toEqual({ code, printed });
    expect(await run('echo next')).toEqual({ code: 0, printed: 'next\n' });
  });

  test.each([
    ['a condition', 'if false; then echo no; fi\nfalse || echo ok', 'ok\n'],
    ['a loop until something holds', 'n=0; until [ $n = 3 ]; do n=$((n + 1)); done; echo $n', '3\n'],
  ])('takes %s for what it is', async (_, commands, printed) => {
    expect(await run(commands)).toEqual({ code: 0, printed });
  });

  test('says what was printed when it takes too long', async () => {
    await expect(terminal.run('echo begun; read -r < /dev/zero', 300)).rejects.toThrow(/0\.3 s.*begun/s);
  });
});
