/** The demo's fleet: one tier in which every tenant has a name of its own, two cells, fourteen tenants. */
/** The id of the demo's installation, and the names of its roles: as deploy/demo.yaml has them, so that roles made from that fit. */
export const installation = 'demo';
const externalId = 'cellwright-demo';
const roleArn = (account: string, name: string): string => `arn:aws:iam::${account}:role/cellwright/cellwright-${name}`;
/** The role that the controller's own task would have. */
export const controllerRole = roleArn('000000000000', `${installation}-controller`);

const account = { a: '111111111111', b: '222222222222' } as const;

function cell(letter: 'a' | 'b'): string {
  const id = account[letter];
  const arn = `arn:aws:elasticloadbalancing:us-east-1:${id}`;
  const hex = `0${letter}00000000000000`.slice(0, 16);
  return `
kind: Cell
name: cell-${letter}
spec:
  tier: standard
  accountId: "${id}"
  region: us-east-1
  roles:
    observe: ${roleArn(id, `${installation}-observe`)}
    apply: ${roleArn(id, `${installation}-apply`)}
    reap: ${roleArn(id, `${installation}-reap`)}
  externalId: ${externalId}
  quotas: { fargateVcpu: 60 }
---
kind: InfraGroup
name: group-${letter}
spec:
  cell: cell-${letter}
  vpcId: vpc-0${letter}000000000000000
  subnetIds: [subnet-0${letter}000000000000001, subnet-0${letter}000000000000002]
  loadBalancerArn: ${arn}:loadbalancer/app/group-${letter}/${hex}
  listenerArn: ${arn}:listener/app/group-${letter}/${hex}/${hex}
  taskSecurityGroupIds: [sg-0${letter}000000000000000]
---`;
}

/** Names of the demo's tenants. */
export const tenants = 'acme bolt cedar delta ember fjord gamma helix iris jade kite lumen mango nova'.split(' ');

/** The name under which a tenant is reached. */
export function hostOf(tenant: string): string {
  return `${tenant}.demo.example.com`;
}

/** The fleet as documents, as a user would write them. */
export const fleet = `
kind: Tier
name: standard
spec:
  domain: demo.example.com
  zone: { id: Z0DEMO000000000000001, roleArn: "${roleArn('999999999999', `${installation}-dns-standard`)}", externalId: ${externalId} }
  service:
    image: registry.example.com/server:1
    tasks: 1
    drainSeconds: 10
    healthCheck: { intervalSeconds: 5, timeoutSeconds: 2 }
  retentionDays: 0
---${cell('a')}${cell('b')}
${tenants.map((name) => `kind: Tenant\nname: ${name}\nspec: { tier: standard }`).join('\n---\n')}
`;
