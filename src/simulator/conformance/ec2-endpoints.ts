import type { Behaviour } from './behaviour.ts';
import { sources } from './sources.ts';

const endpoints = 'test/simulator/ec2/endpoints.test.ts';
const services = 'test/simulator/ec2/endpoint-services.test.ts';

/** The rows of PrivateLink. */
export const ec2EndpointBehaviours: readonly Behaviour[] = [
  {
    what: 'States of endpoints are spelled as in AWS’s samples and filters (`pendingAcceptance`, `pending`, `available`), not as in its model.',
    kind: 'documented',
    source: sources.ec2Endpoints,
    test: [endpoints, 'is pending for 90 to 180 seconds, then available'],
  },
  {
    what: 'An endpoint is pending for 90 to 180 seconds, then available.',
    kind: 'assumed',
    source: sources.endpointTimes,
    test: [endpoints, 'is pending for 90 to 180 seconds, then available'],
  },
  {
    what: 'An endpoint is deleting for 60 to 300 seconds, and shown as deleted for 60 more.',
    kind: 'assumed',
    source: sources.endpointTimes,
    test: [endpoints, 'takes 60 to 300 seconds'],
  },
  {
    what: 'An endpoint that is being deleted holds its interfaces, and with them its subnets, groups and place in the quotas, until the end.',
    kind: 'assumed',
    source: sources.ec2Model,
    test: [endpoints, 'in which it holds its subnets and groups'],
  },
  {
    what: 'An endpoint has an interface in each of its subnets, which counts in the subnet’s addresses and in the quota of interfaces.',
    kind: 'documented',
    source: sources.ec2Endpoints,
    test: [endpoints, 'has an interface in each subnet'],
  },
  {
    what: 'Interfaces are there from the creation on, also while the connection is not accepted.',
    kind: 'assumed',
    source: sources.ec2Endpoints,
    test: [endpoints, 'has an interface in each subnet'],
  },
  {
    what: 'One subnet in each zone: DuplicateSubnetsInSameZone, also when the other is removed by the same call.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [endpoints, 'adds and removes subnets, after which it is pending again'],
  },
  {
    what: 'After a change of its subnets an endpoint is pending again; other changes take effect at once.',
    kind: 'assumed',
    source: sources.ec2Model,
    test: [endpoints, 'adds and removes subnets, after which it is pending again'],
  },
  {
    what: 'Only an available endpoint can be changed: IncorrectState.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [endpoints, 'is refused unless it is available'],
  },
  {
    what: 'The type of an endpoint is Gateway unless told otherwise.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [endpoints, 'a type by default that is Gateway'],
  },
  {
    what: 'A service that has no endpoints of the wanted type refuses it with InvalidParameter, and a type that is none is InvalidVpcEndpointType.',
    kind: 'observed',
    source: sources.endpointTypeMismatch,
    test: [endpoints, 'a type that its service does not have'],
  },
  {
    what: 'Gateway endpoints are not simulated: UnsupportedOperation.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [endpoints, 'a gateway, which is not simulated'],
  },
  {
    what: 'An unknown service, one of another Region, and one that the account may not use are all InvalidServiceName.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [endpoints, 'from an account that the service does not know'],
  },
  {
    what: 'An endpoint without security groups bears the default one of its VPC, and never has less than one.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [endpoints, 'bears the default security group of its VPC'],
  },
  {
    what: 'A subnet in a zone that the service is not in is refused with InvalidParameter.',
    kind: 'observed',
    source: sources.endpointZones,
    test: [endpoints, 'in a zone that its service is not in'],
  },
  {
    what: 'An endpoint that cannot have all its interfaces is not created, and leaves none.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [endpoints, 'and nothing of it stays'],
  },
  {
    what: '50 interface endpoints in a VPC (VpcEndpointLimitExceeded).',
    kind: 'documented',
    source: sources.privateLinkQuotas,
    test: [endpoints, 'beyond the quota of its VPC'],
  },
  {
    what: 'A policy is JSON of up to 20,480 characters, white space among them.',
    kind: 'documented',
    source: sources.privateLinkQuotas,
    test: [endpoints, 'a policy of 20,481 characters'],
  },
  {
    what: 'The code for a policy that is too long is InvalidPolicyDocument; services of other accounts take no policy at all.',
    kind: 'assumed',
    source: sources.ec2Errors,
    test: [endpoints, 'a policy for a service without them'],
  },
  {
    what: 'Without a policy an endpoint has one that allows everything; ResetPolicy goes back to it.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [endpoints, 'sets and resets its policy'],
  },
  {
    what: 'A client token of up to 64 ASCII characters makes one endpoint; with other parameters it is IdempotentParameterMismatch.',
    kind: 'documented',
    source: sources.ec2Idempotency,
    test: [endpoints, 'makes one endpoint, and is refused with other parameters'],
  },
  {
    what: 'A client token is known as long as its endpoint is shown.',
    kind: 'assumed',
    source: sources.ec2Idempotency,
    test: [endpoints, 'makes one endpoint, and is refused with other parameters'],
  },
  {
    what: 'Private DNS needs both DNS attributes of the VPC.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [endpoints, 'needs both DNS attributes of the VPC'],
  },
  {
    what: 'A private DNS name is had once in a VPC, also while the endpoint that had it is still being deleted: InvalidParameter, "conflicting DNS domain".',
    kind: 'observed',
    source: sources.endpointDnsConflict,
    test: [endpoints, 'of one name is had once in a VPC'],
  },
  {
    what: 'Private DNS is on unless told otherwise, where the service has a name and needs no acceptance.',
    kind: 'assumed',
    source: sources.endpointDnsDefault,
    test: [endpoints, 'is on unless told otherwise'],
  },
  {
    what: 'A service without a private DNS name refuses it with InvalidParameter.',
    kind: 'observed',
    source: sources.endpointWithoutName,
    test: [endpoints, 'needs a service that has a private name'],
  },
  {
    what: 'Before its connection is accepted an endpoint cannot have private DNS.',
    kind: 'observed',
    source: sources.endpointDnsLater,
    test: [services, 'has no private DNS before it is accepted'],
  },
  {
    what: 'DeleteVpcEndpoints answers HTTP 200 with what it could not delete (InvalidVpcEndpoint.NotFound); the rest is deleted.',
    kind: 'documented',
    source: sources.ec2Errors,
    test: [endpoints, 'answers HTTP 200 with what it could not find'],
  },
  {
    what: 'Deleting an endpoint again while it is being deleted succeeds.',
    kind: 'assumed',
    source: sources.ec2Model,
    test: [endpoints, 'answers HTTP 200 with what it could not find'],
  },
  {
    what: 'DescribeVpcEndpoints has at most 1,000 a page; a larger MaxResults means as many as that.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [endpoints, 'and have at most 1,000 a page'],
  },
  {
    what: 'An endpoint to a service that wants to be asked is pendingAcceptance until its owner accepts or rejects it; it never expires.',
    kind: 'documented',
    source: sources.privateLinkConnections,
    test: [services, 'waits for the owner of the service'],
  },
  {
    what: 'A rejected endpoint stays until its owner deletes it, and can be accepted later; an available one can be rejected.',
    kind: 'documented',
    source: sources.privateLinkConnections,
    test: [services, 'stays when it is rejected'],
  },
  {
    what: 'Accepting or rejecting what is unknown or in the wrong state is reported as unsuccessful, with HTTP 200.',
    kind: 'documented',
    source: sources.ec2Model,
    test: [services, 'is reported as unsuccessful, with HTTP 200'],
  },
  {
    what: 'Only the owner of a service accepts, rejects and sees its connections.',
    kind: 'documented',
    source: sources.privateLinkConnections,
    test: [services, 'is decided on by nobody but the owner'],
  },
  {
    what: 'AWS’s own services exist in every Region, in all its zones; those are named that tasks and their operators use.',
    kind: 'documented',
    source: sources.privateLinkServices,
    test: [services, 'of AWS exist by themselves'],
  },
  {
    what: 'A service is shown to the accounts that it allows, with its owner, zones and private DNS name.',
    kind: 'documented',
    source: sources.privateLinkConnections,
    test: [services, 'are made known, and shown to the accounts that may connect'],
  },
];
