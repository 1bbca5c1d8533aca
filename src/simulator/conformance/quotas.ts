import type { Behaviour, Knowledge } from './behaviour.ts';
import { sources } from './sources.ts';

const row = (kind: Knowledge, source: string, title: string, what: string): Behaviour => {
  return { what, kind, source, test: ['test/simulator/quotas.test.ts', title] };
};

const defaults = 'gives %s as %d, adjustable: %s';

export const quotasBehaviours: readonly Behaviour[] = [
  row(
    'documented',
    sources.quotasModel,
    'has AWS’s defaults until one is set, for one account and Region only',
    'Every quota has AWS’s default until another value is applied; an applied value holds for one account and one Region, and is what GetServiceQuota, ListServiceQuotas and the services themselves go by.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'has AWS’s defaults until one is set, for one account and Region only',
    'GetServiceQuota answers for every quota that is simulated, also where nobody asked for an increase: AWS has no applied value for some, and then answers NoSuchResourceException.',
  ),
  row(
    'documented',
    sources.quotasModel,
    'has AWS’s defaults until one is set, for one account and Region only',
    'GetAWSDefaultServiceQuota and ListAWSDefaultServiceQuotas give AWS’s default, whatever is applied.',
  ),
  row(
    'observed',
    sources.quotasDefaultArn,
    'describes a quota by names, codes and ARNs; a default belongs to no account',
    'A quota’s ARN names Region, account, service and quota code; that of a default names no account.',
  ),
  row(
    'documented',
    sources.elbQuotas,
    defaults,
    'Application Load Balancers: 50 per Region, 50 listeners, 100 rules, 1,000 targets and 25 certificates each (all adjustable), 100 target groups each (not adjustable); 3,000 target groups per Region, 1,000 targets per group (adjustable).',
  ),
  row(
    'documented',
    sources.elbQuotas,
    defaults,
    'Listener rules: 5 target groups per action, 5 condition values per rule; none is adjustable.',
  ),
  row(
    'documented',
    sources.elbConditions,
    defaults,
    'Listener rules: 5 wildcards each. The quota page says 6 by now, the guide to rules and Service Quotas’ own listing say 5: 5 is the stricter.',
  ),
  row(
    'documented',
    sources.ecsQuotas,
    defaults,
    'ECS: 10,000 clusters (adjustable); 5,000 services per cluster, 5,000 tasks per service, 5 target groups per service, 10 containers and 64 KiB per task definition, 1,000,000 revisions per family, 50 tags per resource, 16 subnets and 5 security groups per awsvpcConfiguration (not adjustable).',
  ),
  row(
    'documented',
    sources.ecsQuotas,
    defaults,
    'Fargate: 6 On-Demand vCPU in a new account (adjustable). AWS raises it by itself with use; the simulator does not.',
  ),
  row(
    'documented',
    sources.fargateThrottling,
    'starts Fargate tasks at other rates in newer Regions',
    'Fargate launches: 100 at once and 20 a second, 500 a minute for one service, in 16 Regions; 25, 5 and 125 in the others.',
  ),
  row(
    'documented',
    sources.privateLinkQuotas,
    defaults,
    'VPC endpoints: 50 interface endpoints per VPC, 20 gateway endpoints per Region (adjustable), 20,480 characters per endpoint policy.',
  ),
  row(
    'documented',
    sources.vpcQuotas,
    defaults,
    'VPC: 5 VPCs, 5,000 network interfaces and 2,500 security groups per Region, 200 subnets and 64,000 Network Address Usage units per VPC, 60 rules per security group, 5 security groups per interface; all adjustable.',
  ),
  row(
    'documented',
    sources.dnsQuotas,
    defaults,
    'Route 53: 500 hosted zones, 10,000 records per zone (adjustable); 100 weighted records with one name and type, 300 VPCs per private zone.',
  ),
  row(
    'documented',
    sources.dynamodbQuotas,
    defaults,
    'DynamoDB: 2,500 tables per Region, 40,000 read and 40,000 write units per table; all adjustable.',
  ),
  row(
    'observed',
    sources.quotaCodes,
    'gives every quota a code of its own',
    'Quota codes and names are those of published listings. Eight codes that no listing shows are visibly made up, as L-UNCONFIRMED-nn: their quotas are found by name.',
  ),
  row(
    'documented',
    sources.dnsQuotas,
    'has Route 53’s quotas in us-east-1 only, for all Regions',
    'Route 53’s quotas are shown in us-east-1 only, and hold for the whole account.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'has Route 53’s quotas in us-east-1 only, for all Regions',
    'In other Regions the service code route53 is unknown: NoSuchResourceException, and ListServices does not list it.',
  ),
  row(
    'documented',
    sources.quotasModel,
    'lists a service’s quotas in pages',
    'ListServiceQuotas, ListAWSDefaultServiceQuotas, ListServices and the histories page by 100 at most (also the default), with an opaque NextToken.',
  ),
  row(
    'documented',
    sources.quotasModel,
    'lists a service’s quotas in pages',
    'ListServiceQuotas can be asked for one QuotaCode, and by QuotaAppliedAtLevel: all quotas here are applied to accounts, so RESOURCE lists nothing.',
  ),
  row(
    'observed',
    sources.quotasTokens,
    'refuses tokens that it did not give, and pages of no or more than 100 quotas',
    'A NextToken that the service did not give is InvalidPaginationTokenException, “You specified an invalid value for nextToken. ...”.',
  ),
  row(
    'documented',
    sources.quotasModel,
    'refuses tokens that it did not give, and pages of no or more than 100 quotas',
    'MaxResults outside of 1 to 100 is IllegalArgumentException.',
  ),
  row(
    'observed',
    sources.quotasListing,
    'refuses what it does not know',
    'Unknown service codes are NoSuchResourceException, “The request failed because the specified service does not exist.”; codes are case-sensitive.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'refuses what it does not know',
    'Unknown quota codes are NoSuchResourceException, in like words.',
  ),
  row(
    'observed',
    sources.quotasContext,
    'refuses what it does not know',
    'GetServiceQuota with a ContextId is NoSuchResourceException where no value is applied to that resource; none ever is here.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'answers reads after 50 ms and requests after 150 ms, draws from no bucket, and refuses other members as IllegalArgument',
    'Service Quotas never throttles: AWS publishes no rates for it. Injected throttles are TooManyRequestsException.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'answers reads after 50 ms and requests after 150 ms, draws from no bucket, and refuses other members as IllegalArgument',
    'Reads answer after 50 ms, requests for an increase after 150 ms.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'answers reads after 50 ms and requests after 150 ms, draws from no bucket, and refuses other members as IllegalArgument',
    'Input members that are not simulated (resource-level requests) are IllegalArgumentException.',
  ),
  row(
    'documented',
    sources.quotasModel,
    'stays pending, and changes nothing, until somebody sets the quota',
    'RequestServiceQuotaIncrease answers a request with status PENDING, which can be read and listed by its account; the quota stays as it is meanwhile.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'stays pending, and changes nothing, until somebody sets the quota',
    'Nobody decides about a request: it reads as APPROVED once the quota was set from outside to what was asked for.',
  ),
  row(
    'observed',
    sources.quotasOneRequest,
    'stays pending, and changes nothing, until somebody sets the quota',
    'A second request for a quota while one is open is ResourceAlreadyExistsException.',
  ),
  row(
    'observed',
    sources.quotasGreater,
    'must be for more than there is, of a quota that is adjustable',
    'A request for no more than is applied is IllegalArgumentException, “You must provide a quota value greater than the current quota value”.',
  ),
  row(
    'assumed',
    sources.quotasModel,
    'must be for more than there is, of a quota that is adjustable',
    'A request for a quota that is not adjustable is IllegalArgumentException.',
  ),
];
