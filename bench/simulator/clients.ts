/** The SDK's clients over each mount of the simulator. */
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as route53 from '@aws-sdk/client-route-53';
import type { CompleteAws } from '../../src/simulator/index.ts';
import { installBeneathSend } from '../../src/simulator/mounts/beneath-send.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { listen } from '../../src/simulator/mounts/socket.ts';
import type { Step } from './mix.ts';
import { region } from './tenants.ts';

/** A way to the simulator: sends one step's input through a client. */
export interface Way {
  send(account: string, step: Step, input: object): Promise<object>;
  close(): Promise<void>;
}

const packages: Readonly<Record<string, object>> = { ecs, elbv2, ec2, route53, dynamodb };

interface Config {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly userAgentAppId: string;
  readonly requestHandler?: ReturnType<typeof createRequestHandler>;
  readonly endpoint?: string;
}

function clientsOf(config: Config) {
  return {
    ecs: new ecs.ECSClient(config),
    elbv2: new elbv2.ElasticLoadBalancingV2Client(config),
    ec2: new ec2.EC2Client(config),
    route53: new route53.Route53Client(config),
    dynamodb: new dynamodb.DynamoDBClient(config),
  };
}
type Clients = ReturnType<typeof clientsOf>;

/** The ways to the simulator, by name. Each has clients of its own. */
export const ways: Readonly<Record<string, (world: CompleteAws) => Promise<Way>>> = {
  'beneath send': async (world) =>
    wayOf((account) => {
      const clients = clientsOf(configOf(account));
      installBeneathSend(clients.ecs, world);
      installBeneathSend(clients.elbv2, world);
      installBeneathSend(clients.ec2, world);
      installBeneathSend(clients.route53, world);
      installBeneathSend(clients.dynamodb, world);
      return clients;
    }),
  'request handler': async (world) =>
    wayOf((account) => clientsOf({ ...configOf(account), requestHandler: createRequestHandler(world) })),
  socket: async (world) => {
    const mount = await listen(world, {
      port: 0,
      onFault: (error) => {
        throw error;
      },
    });
    const way = wayOf((account) => clientsOf({ ...configOf(account), endpoint: mount.url }));
    return { ...way, close: () => way.close().then(() => mount.close()) };
  },
};

function configOf(accessKeyId: string): Config {
  return { region, credentials: { accessKeyId, secretAccessKey: 'secret' }, userAgentAppId: 'bench' };
}

function wayOf(make: (account: string) => Clients): Way {
  const byAccount = new Map<string, Clients>();
  return {
    send: async (account, step, input) => {
      let clients = byAccount.get(account);
      if (clients === undefined) {
        clients = make(account);
        byAccount.set(account, clients);
      }
      const client = (clients as Readonly<Record<string, { send(command: object): Promise<object> }>>)[step.service];
      if (client === undefined) throw new Error(`the bench has no client of ${step.service}`);
      return client.send(commandOf(step, input));
    },
    close: async () => {
      for (const clients of byAccount.values()) for (const client of Object.values(clients)) client.destroy();
    },
  };
}

type CommandClass = new (input: object) => object;

const commandClasses = new Map<Step, CommandClass>();

/** Looked up once for each step: a program names its commands, it does not look for them. */
function commandOf(step: Step, input: object): object {
  let found = commandClasses.get(step);
  if (found === undefined) {
    found = (packages[step.service] as Readonly<Record<string, unknown>>)[`${step.operation}Command`] as CommandClass;
    commandClasses.set(step, found);
  }
  return new found(input);
}
