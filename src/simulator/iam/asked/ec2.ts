/** What calls of EC2 ask for (Service Authorization Reference, Amazon EC2; VPC user guide, policies for endpoints). Every resource of a call is asked for by itself. */
import type { Asked } from '../evaluate.ts';
import { isRecord, onAll, type Request, requestTags, type Table, tagList } from '../request.ts';

const reads = ['Subnets', 'Vpcs', 'SecurityGroups', 'VpcEndpoints', 'VpcEndpointServices', 'NetworkInterfaces', 'Tags'];

export const ec2Table: Table = {
  ...Object.fromEntries(reads.map((what) => [`Describe${what}`, () => [onAll(`ec2:Describe${what}`)]])),
  CreateVpcEndpoint: (request) => {
    const specified = request.objects('TagSpecifications');
    const tags = tagList(
      specified.flatMap(({ Tags: list }) => (Array.isArray(list) ? list.filter(isRecord) : [])),
      ['Key', 'Value'],
    );
    const given = requestTags(tags);
    const endpoint = arnOf(request, 'vpc-endpoint', '*');
    const service = { 'ec2:VpceServiceName': request.text('ServiceName') };
    const create = 'CreateVpcEndpoint';
    return [
      one(request, create, arnOf(request, 'vpc', request.text('VpcId') ?? '*'), given),
      one(request, create, endpoint, { ...given, ...service }),
      ...networks(request, create, ['SubnetIds', 'SecurityGroupIds'], given),
      ...(tags.size === 0 ? [] : [one(request, 'CreateTags', endpoint, { ...given, 'ec2:CreateAction': create })]),
      ...privateName(request),
    ];
  },
  ModifyVpcEndpoint: (request) => {
    const endpoint = arnOf(request, 'vpc-endpoint', request.text('VpcEndpointId') ?? '*');
    const members = ['AddSubnetIds', 'RemoveSubnetIds', 'AddSecurityGroupIds', 'RemoveSecurityGroupIds'];
    return [
      one(request, 'ModifyVpcEndpoint', endpoint, { 'ec2:VpceServiceName': request.live.endpointService(endpoint) }),
      ...networks(request, 'ModifyVpcEndpoint', members),
      ...privateName(request),
    ];
  },
  DeleteVpcEndpoints: (request) =>
    request
      .texts('VpcEndpointIds')
      .map((id) => arnOf(request, 'vpc-endpoint', id))
      .map((arn) =>
        one(request, 'DeleteVpcEndpoints', arn, { 'ec2:VpceServiceName': request.live.endpointService(arn) }),
      ),
  CreateTags: (request) => {
    const given = requestTags(tagList(request.objects('Tags'), ['Key', 'Value']));
    return request.texts('Resources').map((id) => one(request, 'CreateTags', arnOf(request, kindOf(id), id), given));
  },
  DeleteTags: (request) => {
    const keys = request.objects('Tags').flatMap(({ Key: key }) => (typeof key === 'string' ? [key] : []));
    const given = { 'aws:TagKeys': keys };
    return request.texts('Resources').map((id) => one(request, 'DeleteTags', arnOf(request, kindOf(id), id), given));
  },
};

const kinds: Readonly<Record<string, string>> = {
  vpce: 'vpc-endpoint',
  vpc: 'vpc',
  subnet: 'subnet',
  sg: 'security-group',
  eni: 'network-interface',
  sgr: 'security-group-rule',
  rtb: 'route-table',
  acl: 'network-acl',
};

function kindOf(id: string): string {
  return kinds[id.split('-')[0] ?? ''] ?? '*';
}

function arnOf(request: Request, kind: string, id: string): string {
  return request.arn('ec2', `${kind}/${id}`);
}

function one(request: Request, operation: string, resource: string, context: Asked['context'] = {}): Asked {
  const region = { 'ec2:Region': request.call.region };
  return {
    action: `ec2:${operation}`,
    resource,
    context: { ...request.tagsOf(resource, 'ec2'), ...region, ...context },
  };
}

function networks(
  request: Request,
  operation: string,
  members: readonly string[],
  context: Asked['context'] = {},
): readonly Asked[] {
  return members.flatMap((member) =>
    request.texts(member).map((id) => one(request, operation, arnOf(request, kindOf(id), id), context)),
  );
}

/** A private name is a hosted zone of AWS's own, which the endpoint's VPC is associated with. */
function privateName(request: Request): readonly Asked[] {
  return request.value('PrivateDnsEnabled') === true ? [onAll('route53:AssociateVPCWithHostedZone')] : [];
}
