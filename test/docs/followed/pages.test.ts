/** Pages that are followed block by block. */
import { describe, expect, test } from 'vitest';
import { follow } from '../follow.ts';

const followed = ['docs/how-to/pause.md', 'docs/how-to/restore.md'];

describe('followed word by word', () => {
  test.each(followed)('%s', async (page) => {
    const { ran, leftOut } = await follow(page);
    for (const line of leftOut) console.warn(`NOT RUN ${line}`);
    expect(ran).toBeGreaterThan(0);
  });
});
