import type { Behaviour } from './behaviour.ts';
import { elbRow as row } from './elbv2-row.ts';
import { sources as s } from './sources.ts';

const balancers = row('load-balancers');
const listeners = row('listeners');

const created = 'provisions for 150 s, has the names that AWS gives, and is idempotent with the same settings';
const attributes = 'come back complete, and take only known keys in their range';

/** Of load balancers and listeners. */
export const elbLoadBalancerBehaviours: readonly Behaviour[] = [
  balancers(
    'assumed',
    'https://github.com/hashicorp/terraform/issues/3374',
    created,
    'A load balancer provisions for 150 s and is active then; whole listener tests of Terraform’s took 213 to 222 s.',
  ),
  {
    what: 'A load balancer answers nothing before it is active.',
    kind: 'documented',
    source: s.elbModel,
    test: ['test/simulator/elbv2/data-plane.test.ts', 'does not answer before the load balancer is active'],
  },
  balancers(
    'documented',
    s.elbModel,
    created,
    'CreateLoadBalancer with the settings of one that is there answers with that one; with other settings, DuplicateLoadBalancerName.',
  ),
  balancers(
    'documented',
    s.elbModel,
    'refuses %s',
    'Load balancer names have at most 32 letters, digits and hyphens, no hyphen at an end, and do not begin with internal-.',
  ),
  balancers(
    'documented',
    s.elbModel,
    'refuses %s',
    'A load balancer has subnets of two zones or more, one of each, in one VPC, and security groups of that VPC.',
  ),
  balancers(
    'assumed',
    s.elbModel,
    'refuses %s',
    'Network and Gateway Load Balancers are refused with InvalidConfigurationRequest.',
  ),
  balancers(
    'documented',
    s.elbModel,
    'lists all, or 20 at most by name or ARN',
    'DescribeLoadBalancers takes 20 ARNs or names at most, not both, and fails when one is not there.',
  ),
  balancers(
    'documented',
    s.elbModel,
    'takes the listeners and rules with it, lets the groups go, and succeeds when there is nothing',
    'DeleteLoadBalancer takes listeners and rules with it, not target groups, and succeeds when the load balancer is gone.',
  ),
  balancers(
    'documented',
    s.elbModel,
    'is kept from one that is protected',
    'DeleteLoadBalancer of one with deletion_protection.enabled gets OperationNotPermitted.',
  ),
  balancers(
    'documented',
    s.elbModel,
    attributes,
    'Load balancer attributes come back complete, with AWS’s defaults; one call writes 20 at most.',
  ),
  balancers(
    'observed',
    s.elbUnknownAttribute,
    attributes,
    'A load balancer attribute that there is not gets ValidationError, "… is not recognized"; so does a value out of range.',
  ),
  balancers(
    'documented',
    s.elbModel,
    'subnets, security groups and address type are replaced',
    'SetSubnets and SetSecurityGroups replace the whole list.',
  ),
  balancers(
    'assumed',
    s.elbModel,
    'no capacity is ever reserved',
    'DescribeCapacityReservation finds nothing reserved.',
  ),
  listeners(
    'documented',
    s.elbModel,
    'takes one port once, and is idempotent with the same settings',
    'CreateListener with the settings of one that is there answers with that one; another on the same port gets DuplicateListener.',
  ),
  listeners(
    'documented',
    s.elbListeners,
    'over TLS has one certificate, and a security policy by default',
    'An HTTPS listener has one default certificate, and ELBSecurityPolicy-2016-08 unless another policy is named.',
  ),
  listeners(
    'observed',
    s.elbNoCertificate,
    'refuses %s',
    'An HTTPS listener without a certificate gets ValidationError; an HTTP one with a certificate or policy too.',
  ),
  listeners(
    'assumed',
    s.elbModel,
    'refuses %s',
    'A certificate is there when its ARN is one of ACM in the Region, or of IAM; whether it was issued nobody checks.',
  ),
  listeners(
    'observed',
    s.elbTwentyAtMost,
    'reads those of a load balancer, or 20 at most by ARN',
    'DescribeListeners takes a load balancer or 20 ARNs at most, not both, and fails when one is not there.',
  ),
  listeners(
    'documented',
    s.elbModel,
    'the default action, the port and the protocol can be changed, one by one',
    'ModifyListener changes what it is given; going to HTTP drops certificate and policy, and a port that is taken gets DuplicateListener.',
  ),
  listeners(
    'documented',
    s.elbModel,
    'deleting one lets its target groups go, and takes its rules with it',
    'DeleteListener takes the rules with it and lets their target groups go; of one that is gone it gets ListenerNotFound.',
  ),
  listeners(
    'documented',
    s.elbModel,
    'come back complete; those about TLS are of HTTPS listeners only',
    'Listener attributes come back complete; those about TLS belong to HTTPS listeners.',
  ),
  listeners(
    'documented',
    s.elbModel,
    'are added to the default one, and removed; the default one stays',
    'Certificates are added to and removed from an HTTPS listener; the default one is not removed (OperationNotPermitted).',
  ),
];
