import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const definitions = 'test/simulator/ecs/task-definitions.test.ts';

/** What the simulator does with task definitions. */
export const ecsDefinitionBehaviours: readonly Behaviour[] = [
  {
    what: 'Every RegisterTaskDefinition makes a new revision, also of the same content.',
    kind: 'documented',
    source: s.ecsIdempotency,
    test: [definitions, 'makes a new revision each time, even of the same content'],
  },
  {
    what: 'A task definition is read back with its defaults: essential true, cpu 0, empty lists, protocol tcp, host port = container port, health checks every 30 s with 5 s and 3 retries.',
    kind: 'observed',
    source: s.ecsReadBack,
    test: [definitions, 'gives back more than was sent, and in another order'],
  },
  {
    what: 'Containers, variables and secrets come back in another order than they were sent in.',
    kind: 'observed',
    source: s.ecsEnvironmentOrder,
    test: [definitions, 'gives back more than was sent, and in another order'],
  },
  {
    what: 'A variable without a value comes back with an empty one.',
    kind: 'observed',
    source: s.ecsEmptyVariables,
    test: [definitions, 'keeps a variable without a value as one of no characters'],
  },
  {
    what: 'cpu and memory are strings; "1 vCPU" and "2 GB" come back as "1024" and "2048".',
    kind: 'documented',
    source: s.ecsModel,
    test: [definitions, 'converts sizes given in vCPU and GB'],
  },
  {
    what: 'Fargate has its documented sizes and no others.',
    kind: 'documented',
    source: s.ecsTaskDefinition,
    test: [definitions, 'takes the sizes that Fargate has, and no others'],
  },
  {
    what: 'Fargate takes network mode awsvpc, process mode task, no IPC mode, 21 to 200 GiB of ephemeral storage, and the log drivers awslogs, splunk and awsfirelens.',
    kind: 'documented',
    source: s.ecsTaskDefinition,
    test: [definitions, 'a log driver that Fargate lacks'],
  },
  {
    what: 'awslogs, images of ECR and secrets need an execution role.',
    kind: 'documented',
    source: s.ecsTaskDefinition,
    test: [definitions, 'awslogs without an execution role'],
  },
  {
    what: 'A bad task definition is refused by ClientException, a malformed role by "Role is not valid".',
    kind: 'observed',
    source: 'https://github.com/fabfuel/ecs-deploy/issues/231',
    test: [definitions, "['a bad role', { taskRoleArn: 'arn:nonsense' }, /Role is not valid/]"],
  },
  {
    what: 'DescribeTaskDefinition of what is not there is ClientException "Unable to describe task definition.".',
    kind: 'documented',
    source: s.ecsModel,
    test: [definitions, 'answers unknown ones with ClientException'],
  },
  {
    what: 'A bare family means its newest ACTIVE revision; services show the full ARN with the revision.',
    kind: 'documented',
    source: s.ecsModel,
    test: [
      'test/simulator/ecs/service-rules.test.ts',
      'is the newest ACTIVE revision, and the service shows that one in full',
    ],
  },
  {
    what: 'ListTaskDefinitions goes by family and revision, the newest last, or first with DESC; `familyPrefix` is the whole name of a family.',
    kind: 'documented',
    source: s.ecsModel,
    test: [definitions, 'lists by family, status and order'],
  },
  {
    what: 'A deregistered revision is INACTIVE; services that run it keep it and may scale.',
    kind: 'documented',
    source: s.ecsDefinitionStates,
    test: [
      definitions,
      'is refused to new services only some time after it was deregistered, and never to the tasks of an old one',
    ],
  },
  {
    what: 'New services and updates are refused an INACTIVE revision ("TaskDefinition is inactive") 0 to 10 min after it was deregistered.',
    kind: 'documented',
    source: s.ecsModel,
    test: [
      definitions,
      'is refused to new services only some time after it was deregistered, and never to the tasks of an old one',
    ],
  },
  {
    what: 'An INACTIVE revision that nothing uses is no longer describable after an hour. The API reference says at once, the guide never.',
    kind: 'assumed',
    source: s.ecsDefinitionStates,
    test: [definitions, 'stays describable while something uses it, and else for an hour'],
  },
  {
    what: 'Deletion needs an INACTIVE revision: an ACTIVE one is among the failures of a call that succeeds.',
    kind: 'documented',
    source: s.ecsDeleteDefinition,
    test: [definitions, 'needs a revision, and needs to be INACTIVE before it can be deleted'],
  },
  {
    what: 'A revision is DELETE_IN_PROGRESS until no task and no deployment uses it, then gone; the family goes on counting.',
    kind: 'documented',
    source: s.ecsDeleteDefinition,
    test: [definitions, 'waits in DELETE_IN_PROGRESS for the services that use it'],
  },
  {
    what: 'A revision that is DELETE_IN_PROGRESS is refused to new services and updates at once.',
    kind: 'documented',
    source: s.ecsDeleteDefinition,
    test: [definitions, 'is refused to new services and updates from the moment that its deletion was asked for'],
  },
];
