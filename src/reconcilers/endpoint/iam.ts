import { allOf, everything, type IamNeed, type IamScope, marked, requested, unmarked } from '../../model/iam.ts';

const endpoints = 'arn:{partition}:ec2:{region}:{account}:vpc-endpoint/*';

const newEndpoints: IamScope = {
  sid: 'NewEndpoints',
  resources: [endpoints],
  when: requested,
  words: 'endpoints that get our mark',
};
/** What an endpoint is made in: AWS asks for the same action on each of them. Subnets and security groups change later too. */
const networks: IamScope = {
  sid: 'EndpointNetworks',
  resources: ['{vpc}', '{subnet}', '{securityGroup}'],
  words: 'the VPCs, subnets and security groups of our infra groups',
};
const ourEndpoints: IamScope = {
  sid: 'OurEndpoints',
  resources: [endpoints],
  when: marked,
  words: 'endpoints that bear our mark',
};
const tagging: readonly IamScope[] = [
  {
    sid: 'TagNewEndpoints',
    resources: [endpoints],
    when: allOf(requested, { StringEquals: { 'ec2:CreateAction': 'CreateVpcEndpoint' } }),
    words: 'what a creating call of ours makes',
  },
  {
    sid: 'TagOurEndpoints',
    resources: [endpoints],
    when: allOf(requested, marked),
    words: 'endpoints that bear our mark, with tags that leave the mark in place',
  },
  {
    sid: 'AdoptEndpoints',
    resources: [endpoints],
    when: allOf(requested, unmarked),
    words: "endpoints that bear nobody's mark",
    adoption: true,
  },
];
/** The zone is AWS's own: nothing is known of it before the call. */
const privateNames: IamScope = { sid: 'PrivateNames', resources: ['*'], words: 'any hosted zone' };

export const endpointIam: readonly IamNeed[] = [
  {
    action: 'ec2:DescribeVpcEndpoints',
    role: 'observe',
    why: "read the cell's interface endpoints in one list",
    on: [everything],
  },
  {
    action: 'ec2:DescribeVpcEndpointServices',
    role: 'observe',
    why: 'know whether a service has a DNS name of its own, and whether its owner has to accept endpoints',
    on: [everything],
  },
  {
    action: 'ec2:CreateVpcEndpoint',
    role: 'apply',
    why: 'one endpoint for each dependency and infra group',
    on: [newEndpoints, networks],
  },
  {
    action: 'route53:AssociateVPCWithHostedZone',
    role: 'apply',
    why: "AWS asks for it where a service's own DNS name is to lead to an endpoint",
    on: [privateNames],
    within: ['ec2:CreateVpcEndpoint', 'ec2:ModifyVpcEndpoint'],
  },
  {
    action: 'ec2:ModifyVpcEndpoint',
    role: 'apply',
    why: 'heal subnets, security groups, private DNS and policy',
    on: [ourEndpoints, networks],
  },
  {
    action: 'ec2:CreateTags',
    role: 'apply',
    why: 'mark endpoints when they are created or adopted, and heal the mark',
    on: tagging,
  },
  {
    action: 'ec2:DeleteVpcEndpoints',
    role: 'reap',
    why: 'remove the endpoint of a dependency that was dropped',
    on: [ourEndpoints],
  },
];
