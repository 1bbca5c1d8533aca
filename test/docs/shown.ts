/** Whether a program printed what a page shows. */

/**
 * The first line of what is `shown` that `printed` does not have at its place; undefined where all of it is there. The lines of `shown` come one after the
 * other somewhere in `printed`; `...` in a line stands for anything, on a line of its own for any number of lines.
 */
export function firstMissing(shown: string, printed: string): string | undefined {
  const wanted = linesOf(shown);
  const have = linesOf(printed);
  let best = 0;
  // Each run of lines between two elisions has to come after the one before.
  const follow = (from: number, at: number): boolean => {
    best = Math.max(best, from);
    const line = wanted[from];
    if (line === undefined) return true;
    if (line === '...') {
      for (let skip = at; skip <= have.length; skip += 1) if (follow(from + 1, skip)) return true;
      return false;
    }
    const there = have[at];
    return there !== undefined && isLike(line, there) && follow(from + 1, at + 1);
  };
  for (let start = 0; start <= have.length; start += 1) if (follow(0, start)) return undefined;
  return wanted[best] === '...' ? wanted[best + 1] : wanted[best];
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '');
}

function isLike(wanted: string, line: string): boolean {
  const parts = wanted.split('...').map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}
