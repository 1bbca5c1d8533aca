import { describe, expect, test } from 'vitest';
import { stepsOf } from './page.ts';
import { firstMissing } from './shown.ts';

const page = (...lines: string[]): string => lines.join('\n');

describe('a page as something to follow', () => {
  test('is its sh blocks in order, each with the text block that comes next', () => {
    const steps = stepsOf(
      page(
        '# A',
        '```sh',
        'one',
        '```',
        'It says:',
        '```text',
        'hello',
        '```',
        '```yaml',
        'a: 1',
        '```',
        '```sh',
        'two',
        '```',
      ),
    );
    expect(steps).toEqual([
      { do: 'run', line: 3, commands: 'one', expects: 'hello', exit: 0, again: false },
      { do: 'run', line: 13, commands: 'two', expects: undefined, exit: 0, again: false },
    ]);
  });

  test('knows what a comment says about the next block', () => {
    const steps = stepsOf(
      page(
        '<!-- sim: skip, there is no registry -->',
        '```sh',
        'docker push',
        '```',
        '<!-- sim: instead, no CloudFormation',
        'stand-in --now',
        '-->',
        '```sh',
        'deploy',
        '```',
        '<!-- sim: exit 1 -->',
        '<!-- sim: until -->',
        '   ```sh',
        '   plan',
        '     more',
        '   ```',
        '```text',
        'nothing',
        '```',
      ),
    );
    expect(steps).toEqual([
      { do: 'leave out', line: 3, why: 'there is no registry' },
      { do: 'leave out', line: 9, why: 'no CloudFormation' },
      { do: 'run', line: 9, commands: 'stand-in --now', expects: undefined, exit: 0, again: false },
      { do: 'run', line: 14, commands: 'plan\n  more', expects: 'nothing', exit: 1, again: true },
    ]);
  });

  test('has terminals that go on, and Ctrl-C', () => {
    const steps = stepsOf(
      page(
        '<!-- sim: terminal aws',
        'cellwright sim',
        '-->',
        '<!-- sim: also',
        'advance',
        '-->',
        '<!-- sim: terminal controller -->',
        '```sh',
        'cellwright controller',
        '```',
        '<!-- an ordinary comment -->',
        '<!-- sim: say, it is not as it is -->',
        '<!-- sim: interrupt controller -->',
      ),
    );
    expect(steps).toEqual([
      { do: 'open', line: 1, commands: 'cellwright sim', expects: undefined, terminal: 'aws' },
      { do: 'run', line: 4, commands: 'advance', expects: undefined, exit: 0, again: false },
      { do: 'open', line: 9, commands: 'cellwright controller', expects: undefined, terminal: 'controller' },
      { do: 'leave out', line: 12, why: 'it is not as it is' },
      { do: 'interrupt', line: 13, terminal: 'controller' },
    ]);
  });

  test.each([
    ['a comment that says nothing known', '<!-- sim: sometimes -->'],
    ['a block left out without a reason', page('<!-- sim: skip -->', '```sh', 'x', '```')],
    ['something said to no block', '<!-- sim: exit 1 -->'],
    ['a block that never ends', '```sh'],
  ])('refuses %s', (_, text) => {
    expect(() => stepsOf(text)).toThrow(/^line \d+: /);
  });
});

describe('what a page shows', () => {
  test.each([
    ['the same', 'a\nb', 'a\nb'],
    ['more around it', 'b', 'a\nb\nc'],
    ['other spaces', 'NAME PHASE\nacme   Ready', '  NAME     PHASE\n  acme     Ready   \n'],
    ['dots within a line', 'table ... is there (...)', 'table cellwright-state is there (made now)'],
    ['dots for lines', 'a\n...\nd', 'a\nb\nc\nd'],
    ['dots for no line', 'a\n...\nb', 'a\nb'],
    ['what a pattern would take otherwise', 'a.b (c) [d]', 'a.b (c) [d]'],
  ])('is there: %s', (_, shown, printed) => {
    expect(firstMissing(shown, printed)).toBeUndefined();
  });

  test.each([
    ['another word', 'a\nb', 'a\nc', 'b'],
    ['a line between', 'a\nb', 'a\nx\nb', 'b'],
    ['another order', 'a\n...\nb', 'b\na', 'b'],
    ['nothing printed', 'a', '', 'a'],
    ['a dot is a dot', 'a.b', 'axb', 'a.b'],
  ])('is missed: %s', (_, shown, printed, missing) => {
    expect(firstMissing(shown, printed)).toBe(missing);
  });
});
