import type { IamNeed } from '../contract.ts';

export const dnsRecordIam: readonly IamNeed[] = [
  { action: 'route53:ListResourceRecordSets', role: 'dns', why: 'read the zone' },
  { action: 'route53:GetHostedZone', role: 'dns', why: "know the zone's name" },
  { action: 'route53:GetHostedZoneLimit', role: 'dns', why: 'know how many records the zone may hold' },
  { action: 'route53:ChangeResourceRecordSets', role: 'dns', why: 'publish, heal and withdraw records' },
  { action: 'route53:GetChange', role: 'dns', why: 'wait until a change has reached every name server' },
];
