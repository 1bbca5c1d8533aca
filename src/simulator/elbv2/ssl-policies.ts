/** The predefined security policies of HTTPS listeners. Source: "Security policies for your Application Load Balancer", ALB user guide. */
const names = [
  '2016-08',
  'TLS-1-0-2015-04',
  'TLS-1-1-2017-01',
  'TLS-1-2-2017-01',
  'TLS-1-2-Ext-2018-06',
  'FS-2018-06',
  'FS-1-1-2019-08',
  'FS-1-2-2019-08',
  'FS-1-2-Res-2019-08',
  'FS-1-2-Res-2020-10',
  'TLS13-1-0-2021-06',
  'TLS13-1-1-2021-06',
  'TLS13-1-2-2021-06',
  'TLS13-1-2-Res-2021-06',
  'TLS13-1-2-Ext1-2021-06',
  'TLS13-1-2-Ext2-2021-06',
  'TLS13-1-3-2021-06',
];
/** Of the TLS 1.3 policies there are variants for FIPS and with post-quantum key exchange. */
const variant = /^ELBSecurityPolicy-TLS13-1-[0-3](?:-(?:Res|Ext0|Ext1|Ext2))?(?:-FIPS)?(?:-PQ)?-20\d\d-\d\d$/;

const known: ReadonlySet<string> = new Set(names.map((name) => `ELBSecurityPolicy-${name}`));

/** What a listener has that names none, made by an API call. */
export const defaultSslPolicy = 'ELBSecurityPolicy-2016-08';

/** Whether there is a policy of this name. */
export function isSslPolicy(name: string): boolean {
  return known.has(name) || variant.test(name);
}
