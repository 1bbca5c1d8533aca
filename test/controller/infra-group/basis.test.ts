import { describe, expect, it } from 'vitest';
import { onePerZone } from '../../../src/controller/infra-group/basis.ts';

describe('the subnets of an endpoint', () => {
  it('are one for each zone, the same whatever their order', () => {
    const zones = { 'subnet-1': 'a', 'subnet-2': 'b', 'subnet-3': 'a' };
    expect(onePerZone(['subnet-3', 'subnet-2', 'subnet-1'], zones)).toEqual(['subnet-1', 'subnet-2']);
    expect(onePerZone(['subnet-1', 'subnet-2', 'subnet-3'], zones)).toEqual(['subnet-1', 'subnet-2']);
  });

  it('are all of those whose zones are not known', () => {
    expect(onePerZone(['subnet-2', 'subnet-1'], {})).toEqual(['subnet-1', 'subnet-2']);
  });
});
