import type { Behaviour } from './behaviour.ts';
import { sources } from './sources.ts';

const addresses = 'test/simulator/ec2/addresses.test.ts';
const groups = 'test/simulator/ec2/security-groups.test.ts';
const nodes = 'test/simulator/ec2/load-balancer-nodes.test.ts';
const rules = 'test/simulator/ec2/security-group-rules.test.ts';
const tags = 'test/simulator/ec2/tags.test.ts';

const securityGroups: readonly Behaviour[] = [
  {
    what: 'A new security group lets everything out, until that rule is revoked.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'let everything out of a new one'],
  },
  {
    what: 'Names of groups are unique in their VPC without regard to case, have up to 255 of the allowed characters and do not begin with sg-.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'are unique in a VPC without regard to case'],
  },
  {
    what: 'There is no default VPC: a security group without a VPC is refused with VPCIdNotSpecified.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [rules, 'of a default VPC are not simulated'],
  },
  {
    what: 'A rule that is malformed (protocol, ports, range) is refused with InvalidParameterValue, as seen, where the error page has InvalidPermission.Malformed.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [rules, 'a range that is none'],
  },
  {
    what: 'Rules are described anew by id or by what they say; what takes no description loses it.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'are described anew'],
  },
  {
    what: 'AWS keeps one rule for each source, its range in canonical form, and shows rules of one protocol and port range together.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'are one for each source, stored in canonical form'],
  },
  {
    what: 'Rules for all protocols have no ports, whatever is given.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'have no ports for all protocols'],
  },
  {
    what: 'The same rule is not made twice, whatever its description: InvalidPermission.Duplicate.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [rules, 'are not made twice, whatever their descriptions'],
  },
  {
    what: 'Rules are revoked by id or by what they say, exactly; one that is not there is InvalidPermission.NotFound, and nothing is revoked.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'are revoked by their ids or by what they say'],
  },
  {
    what: 'Rules have ids, ARNs and tags of their own, and are changed in place by ModifySecurityGroupRules.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [rules, 'are changed in place'],
  },
  {
    what: 'A rule cannot name a group of another VPC: InvalidGroup.NotFound.',
    kind: 'observed',
    source: sources.ec2OtherNetwork,
    test: [rules, 'a group of another VPC'],
  },
  {
    what: 'A group is kept while an interface or an endpoint bears it or another group names it (DependencyViolation), the default one always (CannotDelete).',
    kind: 'documented',
    source: sources.ec2Model,
    test: [groups, 'are kept while an interface bears them'],
  },
];

const interfacesAndTags: readonly Behaviour[] = [
  {
    what: 'A load balancer has an interface in each of its subnets, with its security groups; where there is no address it is not created.',
    kind: 'documented',
    source: sources.elbSubnets,
    test: [nodes, 'are interfaces, one in each of its subnets'],
  },
  {
    what: 'The interfaces of a deleted load balancer go two minutes later (seen: some minutes), and block its subnets and groups meanwhile.',
    kind: 'observed',
    source: sources.elbInterfacesLinger,
    test: [nodes, 'also for a while after the load balancer is deleted'],
  },
  {
    what: 'Interfaces of AWS services are neither detached (OperationNotPermitted) nor deleted (InvalidParameterValue) by the owner of the VPC.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [addresses, 'of services are neither detached nor deleted'],
  },
  {
    what: 'A resource has up to 50 tags (TagLimitExceeded), keys of up to 127 and values of up to 256 characters; keys do not begin with aws:.',
    kind: 'documented',
    source: sources.ec2Tags,
    test: [tags, 'are at most 50'],
  },
  {
    what: 'The code for a tag that is too long, or reserved, is InvalidParameterValue.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [tags, 'a key of 128 characters'],
  },
  {
    what: 'CreateTags and DeleteTags take up to 1,000 resources, and change all or none; DeleteTags with a value only removes that value.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [tags, 'name at most 1,000 resources in a call'],
  },
  {
    what: 'A creating call takes tags only for the type that it creates.',
    kind: 'documented',
    source: sources.ec2Tags,
    test: [tags, 'are for the resource that is created'],
  },
];

/** The rows of security groups, interfaces and tags. */
export const ec2GroupBehaviours: readonly Behaviour[] = [...securityGroups, ...interfacesAndTags];
