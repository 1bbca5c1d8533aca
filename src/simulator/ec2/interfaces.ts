import type {
  DeleteNetworkInterfaceCommandInput,
  DescribeNetworkInterfacesCommandInput,
  DetachNetworkInterfaceCommandInput,
  NetworkInterface as InterfaceView,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { invalidValue, noSuch, required } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { isUnfiltered, select, selecting } from './select.ts';
import type { Ec2State, NetworkInterface, Scope } from './state.ts';
import { tagList } from './tags.ts';

const fields: FilterFields<NetworkInterface> = {
  'network-interface-id': (eni) => [eni.id],
  'subnet-id': (eni) => [eni.subnet.id],
  'vpc-id': (eni) => [eni.subnet.vpc.id],
  'availability-zone': (eni) => [eni.subnet.zone],
  'private-ip-address': (eni) => [eni.ip],
  'addresses.private-ip-address': (eni) => [eni.ip],
  'mac-address': (eni) => [eni.mac],
  'group-id': (eni) => eni.groupIds,
  description: (eni) => [eni.description],
  'interface-type': (eni) => [eni.interfaceType],
  'owner-id': (eni) => [eni.subnet.vpc.account],
  'requester-id': (eni) => (eni.requester === undefined ? [] : [eni.requester]),
  'requester-managed': () => ['true'],
  'attachment.instance-owner-id': (eni) => (eni.requester === undefined ? [] : [eni.requester]),
  'attachment.status': () => ['attached'],
  'attachment.instance-id': () => [],
  status: () => ['in-use'],
};

function view(eni: NetworkInterface, scope: Scope): InterfaceView {
  const { subnet } = eni;
  return {
    NetworkInterfaceId: eni.id,
    SubnetId: subnet.id,
    VpcId: subnet.vpc.id,
    AvailabilityZone: subnet.zone,
    OwnerId: subnet.vpc.account,
    Description: eni.description,
    InterfaceType: eni.interfaceType as InterfaceView['InterfaceType'],
    MacAddress: eni.mac,
    PrivateIpAddress: eni.ip,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: eni.ip }],
    Groups: eni.groupIds.map((id) => ({ GroupId: id, GroupName: scope.groups.get(id)?.name ?? id })),
    RequesterManaged: true,
    ...(eni.requester === undefined ? {} : { RequesterId: eni.requester }),
    Attachment: {
      AttachmentId: eni.id.replace(/^eni-/, 'eni-attach-'),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      Status: 'attached',
      ...(eni.requester === undefined ? {} : { InstanceOwnerId: eni.requester }),
    },
    SourceDestCheck: true,
    Status: 'in-use',
    TagSet: tagList(eni.tags),
  };
}

/** The actions on network interfaces. Only services of AWS make them, so that their owner can neither detach nor delete one. */
export function interfaceOperations(state: Ec2State): [string, Operation][] {
  const describe = (
    input: DescribeNetworkInterfacesCommandInput,
    call: Call,
  ): { NetworkInterfaces: InterfaceView[]; NextToken?: string } => {
    const scope = state.scope(call.account, call.region);
    const notFound = (id: string): AwsError => noSuch('interface', id);
    const { page, ...rest } = select(
      { all: scope.interfaces, ids: input.NetworkInterfaceIds, fields, notFound },
      input,
    );
    return { NetworkInterfaces: page.map((eni) => view(eni, scope)), ...rest };
  };
  const named = (id: string | undefined, call: Call): NetworkInterface | undefined =>
    state.scope(call.account, call.region).interfaces.get(required(id, 'networkInterfaceId'));
  const detach = (input: DetachNetworkInterfaceCommandInput, call: Call): never => {
    const id = required(input.AttachmentId, 'attachmentId');
    if (named(id.replace(/^eni-attach-/, 'eni-'), call) === undefined) {
      throw new AwsError('InvalidAttachmentID.NotFound', `The attachment '${id}' does not exist.`);
    }
    // As seen with interfaces of load balancers and endpoints.
    throw new AwsError('OperationNotPermitted', "You are not allowed to manage 'ela-attach' attachments.");
  };
  const remove = (input: DeleteNetworkInterfaceCommandInput, call: Call): never => {
    const eni = named(input.NetworkInterfaceId, call);
    if (eni === undefined) throw noSuch('interface', input.NetworkInterfaceId ?? '');
    throw invalidValue(`Network interface '${eni.id}' is currently in use.`);
  };
  return [
    operation({
      name: 'DetachNetworkInterface',
      size: 'mutate',
      takes: ['AttachmentId', 'Force'],
      run: detach,
      resources: (input) => [input.AttachmentId],
    }),
    operation({
      name: 'DeleteNetworkInterface',
      size: 'mutate',
      takes: ['NetworkInterfaceId'],
      run: remove,
      resources: (input) => [input.NetworkInterfaceId],
    }),
    operation({
      name: 'DescribeNetworkInterfaces',
      size: 'describe',
      takes: ['NetworkInterfaceIds', ...selecting],
      unfiltered: (input: DescribeNetworkInterfacesCommandInput) => isUnfiltered(input, input.NetworkInterfaceIds),
      run: describe,
      resources: (input) => input.NetworkInterfaceIds ?? [],
    }),
  ];
}
