/**
 * Every AWS operation that the controller calls in cells and zones, and how: with which of the cell's roles, from which of AWS's token
 * buckets, and whether a call may be repeated blindly. Buckets and rates: AWS's documented API throttling (ECS, Elastic Load
 * Balancing, Route 53, EC2 guides; ACM's quotas). One table, so that roles, budgets and the wire never disagree.
 */

/** `observe` reads, `apply` creates and changes, `reap` deletes, `dns` works on the zone. */
export type RoleName = 'observe' | 'apply' | 'reap' | 'dns';

export type CellService = 'ecs' | 'elbv2' | 'ec2' | 'acm' | 'application-autoscaling' | 'service-quotas' | 'route53';

export interface OperationSpec {
  readonly role: RoleName;
  readonly bucket: string;
  /** False where a second identical call is not the same as one: such calls get one attempt and are resolved by a read. */
  readonly idempotent: boolean;
  readonly mutating: boolean;
}

const read = (bucket: string): OperationSpec => ({ role: 'observe', bucket, idempotent: true, mutating: false });
const apply = (bucket: string, idempotent = true): OperationSpec => ({
  role: 'apply',
  bucket,
  idempotent,
  mutating: true,
});
const reap = (bucket: string): OperationSpec => ({ role: 'reap', bucket, idempotent: true, mutating: true });

export const operations = {
  ecs: {
    describeClusters: read('ecs:clusterRead'),
    listClusters: read('ecs:clusterRead'),
    createCluster: apply('ecs:clusterModify'),
    updateCluster: apply('ecs:clusterModify'),
    putClusterCapacityProviders: apply('ecs:clusterModify'),
    deleteCluster: reap('ecs:clusterModify'),
    describeTaskDefinition: read('ecs:taskDefRead'),
    listTaskDefinitions: read('ecs:taskDefRead'),
    registerTaskDefinition: apply('ecs:taskDefModify', false),
    deregisterTaskDefinition: reap('ecs:taskDefModify'),
    deleteTaskDefinitions: reap('ecs:taskDefDelete'),
    describeServices: read('ecs:serviceRead'),
    listServices: read('ecs:serviceRead'),
    createService: apply('ecs:serviceModify'),
    updateService: apply('ecs:serviceModify'),
    deleteService: reap('ecs:serviceModify'),
    listTasks: read('ecs:clusterResourceRead'),
    describeTasks: read('ecs:clusterResourceRead'),
    tagResource: apply('ecs:tagModify'),
  },
  elbv2: {
    describeAccountLimits: read('elbv2:read'),
    describeLoadBalancers: read('elbv2:read'),
    describeListeners: read('elbv2:read'),
    describeListenerCertificates: read('elbv2:read'),
    describeRules: read('elbv2:read'),
    describeTargetGroups: read('elbv2:read'),
    describeTargetGroupAttributes: read('elbv2:read'),
    describeTargetHealth: read('elbv2:read'),
    describeTags: read('elbv2:read'),
    createTargetGroup: apply('elbv2:mutate'),
    modifyTargetGroup: apply('elbv2:mutate'),
    modifyTargetGroupAttributes: apply('elbv2:mutate'),
    deleteTargetGroup: reap('elbv2:mutate'),
    createRule: apply('elbv2:mutate', false),
    modifyRule: apply('elbv2:mutate'),
    setRulePriorities: apply('elbv2:mutate'),
    deleteRule: reap('elbv2:mutate'),
    registerTargets: apply('elbv2:register'),
    deregisterTargets: reap('elbv2:register'),
    addTags: apply('elbv2:mutate'),
  },
  ec2: {
    describeSubnets: read('ec2:describe'),
    describeVpcs: read('ec2:describe'),
    describeSecurityGroups: read('ec2:describe'),
    describeVpcEndpoints: read('ec2:describe'),
    describeVpcEndpointServices: read('ec2:describe'),
    createVpcEndpoint: apply('ec2:createVpcEndpoint'),
    modifyVpcEndpoint: apply('ec2:modifyVpcEndpoint'),
    deleteVpcEndpoints: reap('ec2:deleteVpcEndpoints'),
    createTags: apply('ec2:mutate'),
  },
  acm: {
    describeCertificate: read('acm:read'),
  },
  'application-autoscaling': {
    describeScalableTargets: read('application-autoscaling:read'),
    describeScalingPolicies: read('application-autoscaling:read'),
    listTagsForResource: read('application-autoscaling:read'),
    registerScalableTarget: apply('application-autoscaling:modify'),
    putScalingPolicy: apply('application-autoscaling:modify'),
    deleteScalingPolicy: reap('application-autoscaling:modify'),
    deregisterScalableTarget: reap('application-autoscaling:modify'),
    tagResource: apply('application-autoscaling:modify'),
  },
  'service-quotas': {
    getServiceQuota: read('service-quotas:read'),
  },
  route53: {
    listResourceRecordSets: { role: 'dns', bucket: 'route53:action', idempotent: true, mutating: false },
    getHostedZone: { role: 'dns', bucket: 'route53:action', idempotent: true, mutating: false },
    getHostedZoneLimit: { role: 'dns', bucket: 'route53:action', idempotent: true, mutating: false },
    getChange: { role: 'dns', bucket: 'route53:action', idempotent: true, mutating: false },
    changeResourceRecordSets: { role: 'dns', bucket: 'route53:action', idempotent: false, mutating: true },
  },
} as const satisfies Record<CellService, Record<string, OperationSpec>>;
