import type { Behaviour } from './behaviour.ts';
import { ec2EndpointBehaviours } from './ec2-endpoints.ts';
import { ec2GroupBehaviours } from './ec2-groups.ts';
import { sources } from './sources.ts';

const addresses = 'test/simulator/ec2/addresses.test.ts';
const network = 'test/simulator/ec2/network.test.ts';
const parts = 'test/simulator/ec2/vpc-parts.test.ts';
const rules = 'test/simulator/ec2/security-group-rules.test.ts';
const throttling = 'test/simulator/ec2/throttling.test.ts';
const terraform = 'test/conformance/terraform.test.ts';

const throttles: readonly Behaviour[] = [
  {
    what: 'Every action has a bucket of its own in each account and Region; a throttled call costs nothing.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, 'has a bucket for each action'],
  },
  {
    what: 'Describe calls have a burst of 100 and 20 a second.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, "['DescribeVpcEndpoints', {}, 100, 20]"],
  },
  {
    what: 'DescribeNetworkInterfaces and DescribeSecurityGroups without filter, ids or page size have a bucket of 50, 10 a second.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, "['DescribeNetworkInterfaces', {}, 50, 10]"],
  },
  {
    what: 'CreateVpcEndpoint, ModifyVpcEndpoint and DeleteVpcEndpoints have a burst of 4 and 0.3 a second each.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, "['ModifyVpcEndpoint', { VpcEndpointId: 'vpce-1' }, 4, 0.3]"],
  },
  {
    what: 'AcceptVpcEndpointConnections and RejectVpcEndpointConnections have a burst of 10 and 1 a second each.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, "['AcceptVpcEndpointConnections'"],
  },
  {
    what: 'CreateTags and DeleteTags have a burst of 100 and 10 a second each.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, "['CreateTags'"],
  },
  {
    what: 'AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress and all other changes have a burst of 50 and 5 a second each.',
    kind: 'documented',
    source: sources.ec2Throttling,
    test: [throttling, "['AuthorizeSecurityGroupIngress'"],
  },
  {
    what: 'Too many calls are answered with RequestLimitExceeded, a server error: HTTP 503.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [throttling, 'answers RequestLimitExceeded with HTTP 503'],
  },
];

const networks: readonly Behaviour[] = [
  {
    what: 'Five addresses of each subnet are never free: the first four and the last.',
    kind: 'documented',
    source: sources.vpcSubnets,
    test: [addresses, 'run out, and are used again once released'],
  },
  {
    what: 'A full subnet answers InsufficientFreeAddressesInSubnet.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [addresses, 'run out, and are used again once released'],
  },
  {
    what: 'Ranges of VPCs and subnets have /16 to /28; a subnet lies within its VPC and overlaps no other (InvalidSubnet.Range, InvalidSubnet.Conflict).',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [network, 'a range that is too small'],
  },
  {
    what: 'A VPC comes with a main route table, a default network ACL and a default security group, which go with it.',
    kind: 'documented',
    source: sources.vpcRouteTables,
    test: [parts, 'is a main route table, a default network ACL and a default security group'],
  },
  {
    what: 'The default network ACL allows all traffic by rule 100, before the last rule that denies it.',
    kind: 'documented',
    source: sources.vpcDefaultAcl,
    test: [parts, 'is a main route table, a default network ACL and a default security group'],
  },
  {
    what: 'The default security group lets in what bears it, and everything out.',
    kind: 'documented',
    source: sources.vpcDefaultGroup,
    test: [parts, 'is a main route table, a default network ACL and a default security group'],
  },
  {
    what: 'A new VPC has DNS support and no DNS hostnames; hostnames need DNS support.',
    kind: 'documented',
    source: sources.vpcDns,
    test: [parts, 'of a VPC: hostnames need DNS support'],
  },
  {
    what: 'ModifyVpcAttribute and ModifySubnetAttribute change one attribute a call.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [parts, 'of a subnet are changed one at a time'],
  },
  {
    what: 'The code for two attributes in one call is InvalidParameterCombination.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [parts, 'of a new VPC are DNS support without hostnames'],
  },
  {
    what: 'A VPC or subnet belongs to its account and Region: others get NotFound.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [network, 'belong to their account and Region'],
  },
  {
    what: 'An id without its prefix is malformed, with a code of its own beside NotFound.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [parts, 'that cannot name anything are malformed'],
  },
  {
    what: 'A subnet with an interface, and a VPC with a subnet, an endpoint or a security group of its own, is not deleted: DependencyViolation.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [parts, 'keeps a subnet while it has an interface'],
  },
  {
    what: 'Filters take wildcards, are case-sensitive, and all hold together; an unknown one is refused.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [network, 'are filtered by values with wildcards'],
  },
  {
    what: 'MaxResults of most Describe calls is 5 to 1,000, and never stands beside ids.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [network, 'listed in pages'],
  },
  {
    what: 'A dry run answers DryRunOperation, HTTP 412, and does nothing.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [network, 'do nothing on a dry run'],
  },
  {
    what: 'The zones of a Region are three, named alike in all accounts; real accounts have three to six, in an order of their own.',
    kind: 'assumed',
    source: sources.ec2Model,
    test: [network, 'lie in different zones'],
  },
  {
    what: 'Subnets without a zone go where the fewest of their VPC are; AWS promises no order.',
    kind: 'assumed',
    source: sources.ec2Model,
    test: [network, 'lie in different zones'],
  },
  {
    what: 'An account has no default VPC, and DescribeAccountAttributes says so.',
    kind: 'assumed',
    source: sources.ec2Model,
    test: [parts, 'of an account say that it has no default VPC'],
  },
  {
    what: 'What is not simulated (IPv6, dedicated tenancy, IPAM, any further member) is refused with UnsupportedOperation.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [parts, 'of a VPC or a subnet is refused: IPv6, dedicated tenancy'],
  },
];

const quotas: readonly Behaviour[] = [
  {
    what: '5 VPCs in a Region (VpcLimitExceeded).',
    kind: 'documented',
    source: sources.vpcQuotas,
    test: [parts, 'of VPCs are 5 in a Region'],
  },
  {
    what: '200 subnets in a VPC (SubnetLimitExceeded).',
    kind: 'documented',
    source: sources.vpcQuotas,
    test: [parts, 'of subnets are 200 in a VPC'],
  },
  {
    what: '5,000 network interfaces in each zone, whatever the name of the quota says (NetworkInterfaceLimitExceeded).',
    kind: 'documented',
    source: sources.vpcQuotas,
    test: [addresses, 'stop at the quota of interfaces, which holds for each zone'],
  },
  {
    what: '64,000 units of Network Address Usage in a VPC; an address costs one, an endpoint six in each zone.',
    kind: 'documented',
    source: sources.vpcAddressUsage,
    test: [parts, 'of Network Address Usage count each interface once'],
  },
  {
    what: 'Beyond the Network Address Usage of a VPC the code is ResourceLimitExceeded.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [parts, 'of Network Address Usage count each interface once'],
  },
  {
    what: '2,500 security groups in a Region (SecurityGroupLimitExceeded).',
    kind: 'documented',
    source: sources.vpcQuotas,
    test: [rules, 'are counted: 2,500 groups in a Region'],
  },
  {
    what: '60 rules of a security group in each direction, counted for IPv4 and for IPv6; a rule that names a group counts for both.',
    kind: 'documented',
    source: sources.vpcQuotas,
    test: [rules, 'are 60 in each direction, for IPv4 and IPv6 each'],
  },
  {
    what: '5 security groups on an interface (SecurityGroupsPerInterfaceLimitExceeded).',
    kind: 'documented',
    source: sources.vpcQuotas,
    test: ['test/simulator/ec2/endpoints.test.ts', 'or with too many groups'],
  },
];

const judged: readonly Behaviour[] = [
  {
    what: 'Terraform creates a network, a load balancer, services, names and an interface endpoint, and finds no differences afterwards.',
    kind: 'observed',
    source: sources.terraformProvider,
    test: [terraform, 'finds no differences afterwards'],
  },
  {
    what: 'Terraform changes and destroys them, and nothing is left.',
    kind: 'observed',
    source: sources.terraformProvider,
    test: [terraform, 'leaves nothing behind'],
  },
];

export const ec2Behaviours: readonly Behaviour[] = [
  ...throttles,
  ...networks,
  ...quotas,
  ...ec2GroupBehaviours,
  ...ec2EndpointBehaviours,
  ...judged,
];
