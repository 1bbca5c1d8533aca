import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from '../../src/simulator/agenda.ts';

describe('the agenda', () => {
  it('hands out events in order of time, equals in the order of their entry, and never the cancelled ones', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() })), (events) => {
        const agenda = new Agenda();
        const ran: number[] = [];
        events.forEach((event, i) => {
          const cancel = agenda.add(event.at, () => ran.push(i));
          if (event.cancelled) cancel();
        });
        for (let due = agenda.takeDue(20); due !== undefined; due = agenda.takeDue(20)) due.run();
        const expected = events
          .map((event, i) => ({ ...event, i }))
          .filter((event) => !event.cancelled)
          .sort((a, b) => a.at - b.at || a.i - b.i)
          .map((event) => event.i);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('keeps what is not due yet', () => {
    const agenda = new Agenda();
    agenda.add(10, () => undefined);
    expect(agenda.takeDue(9)).toBeUndefined();
    expect(agenda.nextAt()).toBe(10);
    expect(agenda.takeDue(10)?.at).toBe(10);
    expect(agenda.nextAt()).toBeUndefined();
  });
});
