/** What calls of Route 53, Certificate Manager, Service Quotas and STS ask for (Service Authorization Reference of each). */
import { normaliseName } from '../../route53/names.ts';
import type { Asked } from '../evaluate.ts';
import { isRecord, onAll, type Request, requestTags, type Table, tagList } from '../request.ts';

const set = 'route53:ChangeResourceRecordSets';

export const route53Table: Table = {
  ListResourceRecordSets: (request) => [onZone(request, 'ListResourceRecordSets', 'HostedZoneId')],
  GetHostedZone: (request) => [onZone(request, 'GetHostedZone', 'Id')],
  GetHostedZoneLimit: (request) => [onZone(request, 'GetHostedZoneLimit', 'HostedZoneId')],
  DeleteHostedZone: (request) => [onZone(request, 'DeleteHostedZone', 'Id')],
  ListHostedZones: () => [onAll('route53:ListHostedZones')],
  ListHostedZonesByName: () => [onAll('route53:ListHostedZonesByName')],
  GetChange: (request) => {
    const id = (request.text('Id') ?? '').replace(/^\/?change\//, '');
    return [{ action: 'route53:GetChange', resource: `arn:aws:route53:::change/${id}`, context: {} }];
  },
  ChangeResourceRecordSets: (request) => {
    const batch = request.value('ChangeBatch');
    const changes = isRecord(batch) && Array.isArray(batch['Changes']) ? batch['Changes'].filter(isRecord) : [];
    const records = changes.map(({ ResourceRecordSet: record }) => (isRecord(record) ? record : {}));
    const context = {
      [`${set}Actions`]: texts(changes.map(({ Action: action }) => action)),
      [`${set}RecordTypes`]: texts(records.map(({ Type: type }) => type)),
      [`${set}NormalizedRecordNames`]: [...new Set(texts(records.map(({ Name: name }) => name)).map(normalised))],
    };
    return [onZone(request, 'ChangeResourceRecordSets', 'HostedZoneId', context)];
  },
};

export const acmTable: Table = {
  ListCertificates: () => [onAll('acm:ListCertificates')],
  RequestCertificate: (request) => [
    onAll('acm:RequestCertificate', requestTags(tagList(request.objects('Tags'), ['Key', 'Value']))),
  ],
  ...Object.fromEntries(
    ['DescribeCertificate', 'DeleteCertificate', 'ListTagsForCertificate'].map((operation) => [
      operation,
      (request: Request) => {
        const resource = request.text('CertificateArn') ?? '*';
        return [{ action: `acm:${operation}`, resource, context: request.tagsOf(resource) }];
      },
    ]),
  ),
};

export const quotasTable: Table = {
  ListServiceQuotas: () => [onAll('servicequotas:ListServiceQuotas')],
  ListServices: () => [onAll('servicequotas:ListServices')],
  ...Object.fromEntries(
    ['GetServiceQuota', 'RequestServiceQuotaIncrease'].map((operation) => [
      operation,
      (request: Request) => {
        const [service, quota] = [request.text('ServiceCode') ?? '', request.text('QuotaCode') ?? ''];
        const resource = request.arn('servicequotas', `${service}/${quota}`);
        return [{ action: `servicequotas:${operation}`, resource, context: {} }];
      },
    ]),
  ),
  GetAWSDefaultServiceQuota: () => [onAll('servicequotas:GetAWSDefaultServiceQuota')],
};

export const stsTable: Table = {
  // Nobody can be denied to know who he is (documented).
  GetCallerIdentity: () => [],
  AssumeRole: (request) => {
    const resource = request.text('RoleArn') ?? '*';
    const tags = requestTags(tagList(request.objects('Tags'), ['Key', 'Value']));
    const context = {
      'sts:ExternalId': request.text('ExternalId'),
      'sts:RoleSessionName': request.text('RoleSessionName'),
      ...tags,
    };
    const actions = ['sts:AssumeRole', ...(request.objects('Tags').length === 0 ? [] : ['sts:TagSession'])];
    return actions.map((action) => ({ action, resource, context }));
  },
};

function onZone(request: Request, operation: string, member: string, context: Asked['context'] = {}): Asked {
  const id = (request.text(member) ?? '').replace(/^\/?hostedzone\//, '');
  return { action: `route53:${operation}`, resource: `arn:aws:route53:::hostedzone/${id}`, context };
}

/** Lower-case, with escapes, without the trailing dot (developer guide, "Using IAM policy conditions for fine-grained access control"). */
function normalised(name: string): string {
  const stored = normaliseName(name);
  return 'name' in stored ? stored.name.replace(/\.$/, '') : name.toLowerCase();
}

function texts(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}
