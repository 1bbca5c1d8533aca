import type { IamNeed } from '../contract.ts';

export const endpointIam: readonly IamNeed[] = [
  { action: 'ec2:DescribeVpcEndpoints', role: 'observe', why: "read the cell's interface endpoints in one list" },
  {
    action: 'ec2:DescribeVpcEndpointServices',
    role: 'observe',
    why: 'know whether a service has a DNS name of its own, and whether its owner has to accept endpoints',
  },
  { action: 'ec2:CreateVpcEndpoint', role: 'apply', why: 'one endpoint for each dependency and infra group' },
  {
    action: 'route53:AssociateVPCWithHostedZone',
    role: 'apply',
    why: "AWS asks for it where a service's own DNS name is to lead to an endpoint",
  },
  { action: 'ec2:ModifyVpcEndpoint', role: 'apply', why: 'heal subnets, security groups, private DNS and policy' },
  {
    action: 'ec2:CreateTags',
    role: 'apply',
    why: 'mark endpoints when they are created or adopted, and heal the mark',
  },
  { action: 'ec2:DeleteVpcEndpoints', role: 'reap', why: 'remove the endpoint of a dependency that was dropped' },
];
