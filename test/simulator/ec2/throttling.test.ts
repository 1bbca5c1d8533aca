import { describe, expect, it } from 'vitest';
import { account, granted, region, setUp } from './fixture.ts';

const Filters = [{ Name: 'vpc-id', Values: ['vpc-1'] }];

describe('throttling', () => {
  it('has a bucket for each action, and a smaller one for unfiltered lists', () => {
    const f = setUp({ throttle: true });
    expect(granted(f, 'DescribeSecurityGroups', {})).toBe(50);
    expect(granted(f, 'DescribeSecurityGroups', { Filters })).toBe(100);
    expect(granted(f, 'DescribeNetworkInterfaces', { Filters: [] })).toBe(50);
    expect(granted(f, 'DescribeNetworkInterfaces', { MaxResults: 5 })).toBe(100);
    expect(granted(f, 'DescribeSubnets', {})).toBe(100);
  });

  it.each([
    ['DescribeVpcEndpoints', {}, 100, 20],
    ['DescribeVpcEndpointServices', {}, 100, 20],
    ['DescribeVpcs', {}, 100, 20],
    ['DescribeSubnets', {}, 100, 20],
    ['DescribeNetworkInterfaces', {}, 50, 10],
    ['CreateVpcEndpoint', { VpcId: 'vpc-1', ServiceName: 'x' }, 4, 0.3],
    ['ModifyVpcEndpoint', { VpcEndpointId: 'vpce-1' }, 4, 0.3],
    ['DeleteVpcEndpoints', { VpcEndpointIds: ['vpce-1'] }, 4, 0.3],
    ['AcceptVpcEndpointConnections', { ServiceId: 'vpce-svc-1', VpcEndpointIds: ['vpce-1'] }, 10, 1],
    ['RejectVpcEndpointConnections', { ServiceId: 'vpce-svc-1', VpcEndpointIds: ['vpce-1'] }, 10, 1],
    ['CreateTags', { Resources: ['vpc-1'], Tags: [] }, 100, 10],
    ['DeleteTags', { Resources: ['vpc-1'], Tags: [] }, 100, 10],
    ['AuthorizeSecurityGroupIngress', { GroupId: 'sg-1' }, 50, 5],
    ['RevokeSecurityGroupIngress', { GroupId: 'sg-1' }, 50, 5],
    ['CreateSecurityGroup', { VpcId: 'vpc-1' }, 50, 5],
    ['ModifyVpcAttribute', { VpcId: 'vpc-1' }, 50, 5],
  ])('of %s is its own: a burst, then a rate', (operation, input, burst, perSecond) => {
    const f = setUp({ throttle: true });
    expect(granted(f, operation, input)).toBe(burst);
    f.seconds(4);
    expect(granted(f, operation, input)).toBe(Math.floor(4 * perSecond));
  });

  it('answers RequestLimitExceeded with HTTP 503', () => {
    const f = setUp({ throttle: true });
    granted(f, 'DeleteVpcEndpoints', { VpcEndpointIds: ['vpce-1'] });
    const call = () =>
      f.world.call({
        accessKeyId: account,
        region,
        service: 'ec2',
        operation: 'DeleteVpcEndpoints',
        input: { VpcEndpointIds: ['vpce-1'] },
      });
    expect(call).toThrow(expect.objectContaining({ code: 'RequestLimitExceeded', details: { status: 503 } }));
  });
});
