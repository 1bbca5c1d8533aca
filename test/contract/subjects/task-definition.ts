import { marks } from '../../../src/model/names.ts';
import { nameOfPlacement } from '../../../src/reconcilers/names.ts';
import type { Drift, Stranger, Subject } from '../subject.ts';
import { contextOf } from '../world.ts';

const name = nameOfPlacement(contextOf());

const drifts: readonly Drift[] = [
  {
    what: 'deregistered',
    fields: ['status'],
    hurt: ({ hands, arn }) => hands.ecs.deregisterTaskDefinition({ taskDefinition: arn('task_definition') }),
  },
  {
    what: 'said to be of another tenant',
    fields: ['tags'],
    hurt: ({ hands, arn }) =>
      hands.ecs.tagResource({ resourceArn: arn('task_definition'), tags: [{ key: marks.tenant, value: 'other' }] }),
  },
  {
    what: 'without the hash of its content',
    fields: ['tags'],
    hurt: ({ hands, arn }) =>
      hands.ecs.untagResource({ resourceArn: arn('task_definition'), tagKeys: [marks.spec, marks.infraGroup] }),
  },
];

const strangers: readonly Stranger[] = [
  {
    what: 'a revision of our family that somebody else registered',
    outcome: 'passes',
    plant: ({ hands }) =>
      hands.ecs.registerTaskDefinition({
        family: name,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'other' }],
        tags: [{ key: marks.installation, value: 'zyxwvutsrq' }],
      }),
    look: ({ ecs }) => ecs.describeTaskDefinition({ taskDefinition: `${name}:1`, include: ['TAGS'] }).then(plain),
  },
];

function plain({ taskDefinition, tags }: { taskDefinition?: unknown; tags?: unknown }): unknown {
  return { taskDefinition, tags };
}

export const taskDefinitionSubject: Subject = {
  kind: 'task_definition',
  drifts,
  strangers,
  unmark: ({ hands, arn }) =>
    hands.ecs.tagResource({
      resourceArn: arn('task_definition'),
      tags: [{ key: marks.placement, value: 'zzzzzzzzzzzz' }],
    }),
  vanish: async ({ hands, arn }) => {
    const taskDefinition = arn('task_definition');
    await hands.ecs.deregisterTaskDefinition({ taskDefinition });
    await hands.ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinition] });
  },
  change: { service: { image: 'registry.example.test/app:3' } },
  elsewhere: { 'iam:PassRole': 'asked by ECS when a definition names roles' },
};
