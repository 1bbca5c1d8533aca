import { describe, expect, it } from 'vitest';
import { createLogger, printable } from '../../src/telemetry/logger.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));

function logged(work: (logger: ReturnType<typeof createLogger>) => void, level: 'debug' | 'warn' = 'debug'): string[] {
  const lines: string[] = [];
  work(createLogger({ level, clock, write: (line) => void lines.push(line) }));
  return lines;
}

describe('log lines', () => {
  it('are one JSON object each, with the clock’s time, the level as a word and a constant message', () => {
    const [line = ''] = logged((logger) => logger.info({ tenant: 'acme', tookMs: 3 }, 'change applied'));
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: '2026-01-01T00:00:00.000Z',
      tenant: 'acme',
      tookMs: 3,
      msg: 'change applied',
    });
  });

  it('below the level are left out', () => {
    const lines = logged((logger) => {
      logger.info({}, 'quiet');
      logger.warn({}, 'loud');
    }, 'warn');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['loud']);
  });

  it('cannot be forged or made to steer a terminal by what a field holds', () => {
    const evil = 'a\n{"level":"info","msg":"forged"}\u001b[2J\u009b2J\u202e\u2028\ud800';
    const lines = logged((logger) => logger.info({ tenant: evil, list: [evil], nested: { [evil]: evil } }, 'x'));
    expect(lines).toHaveLength(1);
    expect((lines[0] ?? '').trimEnd()).not.toMatch(/\p{Cc}|\p{Cf}|\u2028|[\ud800-\udfff]/u);
    expect((JSON.parse(lines[0] ?? '') as { msg: string }).msg).toBe('x');
  });
});

describe('printable', () => {
  it('leaves ordinary text of any language alone', () => {
    expect(printable('Grüße, 東京 → ok')).toBe('Grüße, 東京 → ok');
  });

  it('cuts what is too long', () => {
    expect(printable('x'.repeat(10_000))).toHaveLength(2_000);
  });
});
