/** Pages that are followed block by block. What is left out is said aloud, with the reason that the page gives. */
import { describe, expect, test } from 'vitest';
import { follow } from '../follow.ts';
import { walks } from '../mentions.ts';

describe('followed word by word', () => {
  test.each(walks.map((pages) => [pages.join(', '), pages] as const))('%s', async (_, pages) => {
    const { ran, leftOut } = await follow(pages);
    for (const line of leftOut) console.warn(`NOT RUN ${line}`);
    expect(ran).toBeGreaterThan(0);
  });
});
