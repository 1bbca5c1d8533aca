/** Route 53: buckets, time, listings and hosted zones. */
import type { Behaviour, Knowledge } from './behaviour.ts';
import { sources } from './sources.ts';

const changes = 'changes';
const records = 'records';
const requests = 'requests';
const resolution = 'resolution';
const throttling = 'throttling';
const zones = 'zones';

function row(kind: Knowledge, source: string, file: string, title: string, what: string): Behaviour {
  return { what, kind, source, test: [`test/simulator/route53/${file}.test.ts`, title] };
}

export const dnsRequestBehaviours: readonly Behaviour[] = [
  row(
    'documented',
    sources.dnsThrottling,
    throttling,
    'all requests of an account share 50 tokens and 10 a second, in every Region and zone; other accounts have their own',
    'All requests of an account draw from one bucket of 50 tokens, 10 a second, whatever Region or zone they are for. (The bucket of its own that each action has besides is as large, where no other is listed, and never binds first.)',
  ),
  row(
    'documented',
    sources.dnsThrottling,
    throttling,
    'CreateHostedZone has 40 tokens and 2 a second, DeleteHostedZone 40 and 5',
    'CreateHostedZone has 40 tokens and 2 a second, DeleteHostedZone 40 and 5. (The other listed actions are not simulated.)',
  ),
  row(
    'documented',
    sources.dnsThrottling,
    throttling,
    'changes: 1,500 tokens and 100 a second; CREATE and DELETE cost 1, UPSERT 2',
    'Changes draw from a further bucket of the account, 1,500 tokens and 100 a second: CREATE and DELETE 1 each, UPSERT 2.',
  ),
  row(
    'documented',
    sources.dnsThrottling,
    throttling,
    'making or deleting a zone costs two change tokens',
    'Making or deleting a hosted zone costs two change tokens.',
  ),
  row(
    'documented',
    sources.dnsThrottling,
    throttling,
    'changes: 1,500 tokens and 100 a second; CREATE and DELETE cost 1, UPSERT 2',
    'A throttled call is HTTP 400 Throttling, “Rate exceeded”.',
  ),
  row(
    'assumed',
    sources.dnsThrottling,
    throttling,
    'a call that is throttled takes nothing from any bucket',
    'A throttled call takes nothing from any bucket.',
  ),
  row(
    'documented',
    sources.dnsQuotas,
    changes,
    'one request at a time for each zone; PENDING changes may overlap',
    'A change request that arrives while an earlier one for the zone is being processed is HTTP 400 PriorRequestNotComplete; other zones are not concerned, and PENDING changes may overlap.',
  ),
  row(
    'assumed',
    sources.dnsModel,
    changes,
    'one request at a time for each zone; PENDING changes may overlap',
    'A change request is being processed for 200 ms, which is as long as its answer takes: only writers that do not wait for each other’s answers meet PriorRequestNotComplete.',
  ),
  row(
    'assumed',
    sources.dnsModel,
    changes,
    'a refused batch does not keep the next one out',
    'A batch that is refused keeps no other out.',
  ),
  row(
    'documented',
    sources.dnsModel,
    changes,
    'a change is listed at once, PENDING for 15 to 120 s, then INSYNC',
    'A change is listed at once and PENDING until all name servers have it, generally within 60 s; GetChange tells.',
  ),
  row(
    'assumed',
    sources.dnsPropagation,
    changes,
    'a change is listed at once, PENDING for 15 to 120 s, then INSYNC',
    'PENDING lasts 15 to 60 s; for one change in twenty up to 120 s. (35 s were seen for a record’s removal with its wait.)',
  ),
  row(
    'assumed',
    sources.dnsModel,
    resolution,
    'changes of one zone come in sync in their order',
    'Changes of one zone come in sync in the order of their requests.',
  ),
  row(
    'assumed',
    sources.dnsModel,
    requests,
    '50 ms for reads, 200 ms for a change batch, 150 ms for other writes',
    'Answers take 50 ms for reads, 200 ms for a change batch, 150 ms for other writes.',
  ),
  row(
    'documented',
    sources.dnsList,
    records,
    'orders by reversed labels, type and set identifier, and pages with a cursor of all three',
    'ListResourceRecordSets lists by reversed labels, then type, then set identifier; the cursor has all three.',
  ),
  row(
    'assumed',
    sources.dnsList,
    records,
    'orders by reversed labels, type and set identifier, and pages with a cursor of all three',
    'Escaped characters sort by their own codes: * comes before digits and letters.',
  ),
  row(
    'documented',
    sources.dnsList,
    records,
    'pages have 300 sets at most, and random changes leave the order intact',
    'ListResourceRecordSets lists 300 sets at most, however many are asked for.',
  ),
  row(
    'documented',
    sources.dnsList,
    records,
    'orders by reversed labels, type and set identifier, and pages with a cursor of all three',
    'A start type without a start name, and an identifier without both, are InvalidInput.',
  ),
  row(
    'documented',
    sources.dnsList,
    changes,
    'a change is listed at once, PENDING for 15 to 120 s, then INSYNC',
    'ListResourceRecordSets shows PENDING changes at once: pages that are read while others write mix old and new.',
  ),
  row(
    'documented',
    sources.dnsCreateZone,
    zones,
    'are created with SOA and NS, once for each caller reference, and deleted only when empty',
    'A new zone has an SOA record and an NS record with four name servers.',
  ),
  row(
    'documented',
    sources.dnsCreateZone,
    zones,
    'are known by a caller reference for good, by whatever name',
    'A caller reference that a zone of the account has is HostedZoneAlreadyExists (409), also with the same name; two zones may have one name.',
  ),
  row(
    'documented',
    sources.dnsModel,
    zones,
    'are created with SOA and NS, once for each caller reference, and deleted only when empty',
    'A zone is deleted only with nothing but its SOA and NS: HostedZoneNotEmpty.',
  ),
  row(
    'documented',
    sources.dnsQuotas,
    zones,
    'stop at the account’s quota, which GetAccountLimit tells with the count',
    'An account has 500 hosted zones at most, or what Service Quotas applies; then TooManyHostedZones. GetAccountLimit tells the limit with the count.',
  ),
  row(
    'assumed',
    sources.dnsModel,
    zones,
    'stop at the account’s quota, which GetAccountLimit tells with the count',
    'GetAccountLimit counts none of what is not simulated: health checks, reusable delegation sets, traffic policies.',
  ),
  row(
    'documented',
    sources.dnsModel,
    zones,
    'are listed by 100 at most',
    'ListHostedZones and ListHostedZonesByName list 100 zones at most.',
  ),
  row(
    'assumed',
    sources.dnsModel,
    zones,
    'are listed by age, and by name',
    'ListHostedZones lists by age; ListHostedZonesByName by reversed labels.',
  ),
  row(
    'documented',
    sources.dnsCreateZone,
    zones,
    'are private with a VPC, and show it instead of name servers',
    'A zone that is made with a VPC is private, has no delegation set, and shows its VPC; PrivateZone without a VPC is InvalidInput.',
  ),
  row(
    'assumed',
    sources.dnsCreateZone,
    zones,
    'are private with a VPC, and show it instead of name servers',
    'The VPC of a private zone need not exist; further VPCs cannot be associated.',
  ),
  row(
    'assumed',
    sources.dnsCreateZone,
    zones,
    'of a top-level domain are refused, and of names that are none',
    'A public zone of a top-level domain is InvalidDomainName.',
  ),
  row(
    'documented',
    sources.dnsModel,
    zones,
    'belong to one account',
    'Route 53 is one service for all Regions. A zone of another account is AccessDenied, one that is not there NoSuchHostedZone.',
  ),
  row(
    'documented',
    sources.dnsModel,
    changes,
    'ids come with their prefixes, and are understood with and without; a change of another account is none',
    'Ids come with the prefixes /hostedzone/ and /change/, and are understood with and without; an unknown change is NoSuchChange (404).',
  ),
  row(
    'assumed',
    sources.dnsModel,
    zones,
    'keep a comment, which can be changed, and are not signed',
    'DNSSEC signing is off and cannot be switched on.',
  ),
  row('documented', sources.dnsModel, zones, 'take tags', 'Hosted zones take tags.'),
];
