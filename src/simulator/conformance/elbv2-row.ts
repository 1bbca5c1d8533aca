import type { Behaviour, Knowledge } from './behaviour.ts';

/** Rows that tests of one file show. */
export const elbRow =
  (file: string) =>
  (kind: Knowledge, source: string, title: string, what: string): Behaviour => {
    return { what, kind, source, test: [`test/simulator/elbv2/${file}.test.ts`, title] };
  };
