import type { Behaviour, Knowledge } from './behaviour.ts';

/** Makes rows whose tests stand in one file of those of Application Auto Scaling. */
export const rowOf =
  (file: string) =>
  (kind: Knowledge, source: string, title: string, what: string): Behaviour => ({
    what,
    kind,
    source,
    test: [`test/simulator/autoscaling/${file}.test.ts`, title],
  });
