/** Every condition key that simulated requests have. A document that names another is refused: it would never match, or always. */

const keys: ReadonlySet<string> = new Set(
  [
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:RequestedRegion',
    'aws:ResourceAccount',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:TagKeys',
    'application-autoscaling:scalable-dimension',
    'application-autoscaling:service-namespace',
    'dynamodb:LeadingKeys',
    'ec2:CreateAction',
    'ec2:Region',
    'ec2:VpceServiceName',
    'ecs:cluster',
    'ecs:CreateAction',
    'elasticloadbalancing:CreateAction',
    'iam:AWSServiceName',
    'iam:PassedToService',
    'route53:ChangeResourceRecordSetsActions',
    'route53:ChangeResourceRecordSetsNormalizedRecordNames',
    'route53:ChangeResourceRecordSetsRecordTypes',
    'sts:ExternalId',
    'sts:RoleSessionName',
  ].map((key) => key.toLowerCase()),
);

/** Keys that end in the key of a tag. */
const tagged =
  /^(aws:requesttag|aws:resourcetag|ecs:resourcetag|ec2:resourcetag|elasticloadbalancing:resourcetag)\/.+$/;

/** Whether a simulated request may have this key; names of keys are not case-sensitive (documented). */
export function isKnownKey(key: string): boolean {
  const name = key.toLowerCase();
  return keys.has(name) || tagged.test(name);
}
