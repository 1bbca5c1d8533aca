import { CreateTagsCommand, CreateVpcCommand, DeleteTagsCommand, DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { setUp } from './fixture.ts';

describe('tags', () => {
  it('are set, listed and removed, all or none', async () => {
    const { ec2 } = setUp();
    const Tags = [{ Key: 'a', Value: '1' }];
    await expect(
      ec2.send(new CreateTagsCommand({ Resources: ['subnet-a', 'subnet-none'], Tags })),
    ).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
    await ec2.send(new CreateTagsCommand({ Resources: ['subnet-a', 'vpc-1'], Tags }));
    const list = async () =>
      (await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['a'] }] }))).Tags;
    expect(await list()).toEqual([
      { ResourceId: 'vpc-1', ResourceType: 'vpc', Key: 'a', Value: '1' },
      { ResourceId: 'subnet-a', ResourceType: 'subnet', Key: 'a', Value: '1' },
    ]);
    await ec2.send(new DeleteTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'a', Value: 'other' }] }));
    expect(await list()).toHaveLength(2);
    await ec2.send(new DeleteTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'a' }] }));
    expect(await list()).toHaveLength(1);
    await expect(
      ec2.send(new CreateTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'aws:x', Value: '' }] })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('tags of creating calls', () => {
  const create = (ResourceType: 'vpc' | 'subnet', Tags: { Key: string; Value: string }[]) =>
    setUp().ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16', TagSpecifications: [{ ResourceType, Tags }] }));

  it('are for the resource that is created', async () => {
    await expect(create('subnet', [{ Key: 'a', Value: '1' }])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: "'subnet' is not a valid taggable resource type for this operation.",
    });
  });

  it.each([
    ['an empty key', { Key: '', Value: '1' }, 'InvalidTagKey.Malformed'],
    ['a reserved key', { Key: 'AWS:a', Value: '1' }, 'InvalidParameterValue'],
    ['a key of 128 characters', { Key: 'k'.repeat(128), Value: '1' }, 'InvalidParameterValue'],
    ['a value of 257 characters', { Key: 'a', Value: 'v'.repeat(257) }, 'InvalidParameterValue'],
  ])('are refused with %s', async (_what, tag, name) => {
    await expect(create('vpc', [tag])).rejects.toMatchObject({ name });
  });

  it('are at most 50', async () => {
    const { ec2 } = setUp();
    const tags = (count: number) => Array.from({ length: count }, (_unused, i) => ({ Key: `k${i}`, Value: '' }));
    await ec2.send(new CreateTagsCommand({ Resources: ['vpc-1'], Tags: tags(50) }));
    await expect(
      ec2.send(new CreateTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'one-more', Value: '' }] })),
    ).rejects.toMatchObject({ name: 'TagLimitExceeded' });
  });

  it('name at most 1,000 resources in a call', async () => {
    const { ec2 } = setUp();
    const Resources = Array.from({ length: 1_001 }, () => 'vpc-1');
    await expect(ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'a', Value: '' }] }))).rejects.toMatchObject(
      { name: 'InvalidParameterValue' },
    );
  });
});
