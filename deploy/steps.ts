/** What is to be done with a synthesized assembly, in order: commands, and the account whose credentials each takes. */
import type { Place } from './names.ts';
import type { Settings } from './settings.ts';

/** A stack as far as steps need it. */
export interface StackStep {
  readonly stackName: string;
  readonly place: Place;
  /** Whether it has an output `Record`. */
  readonly hasRecord: boolean;
  /** Size of its template in bytes. */
  readonly bytes: number;
}

/** What CloudFormation takes in a call; longer templates go through a bucket (CloudFormation quotas). */
const bytesInCall = 51_200;

/** Where records are put before they are applied, in the assembly. */
export const recordsFolder = 'records';

/** The command that deploys a stack. It needs the AWS CLI, and for a long template a bucket of the reader's in the stack's account and Region. */
export function deployCommand({ stackName, place, bytes }: StackStep, outdir: string): string {
  const through = bytes > bytesInCall ? ' --s3-bucket BUCKET' : '';
  return `aws cloudformation deploy --region ${place.region} --stack-name ${stackName} --template-file ${outdir}/${stackName}.template.json --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset${through}`;
}

/** The command that puts a deployed stack's record into a file. */
export function recordCommand({ stackName, place }: StackStep, outdir: string): string {
  const query = `"Stacks[0].Outputs[?OutputKey=='Record'].OutputValue"`;
  return `aws cloudformation describe-stacks --region ${place.region} --stack-name ${stackName} --query ${query} --output text > ${outdir}/${recordsFolder}/${stackName}.json`;
}

/** All steps, as they are printed. */
export function stepsText(settings: Settings, stacks: readonly StackStep[], outdir: string): string {
  const { controller } = settings;
  const { desired, state } = controller.tables;
  const home = `account ${controller.accountId}`;
  const steps = stacks.map((stack, index) => {
    const between = index === 0 ? firstCommands(settings) : [];
    const record = stack.hasRecord ? [recordCommand(stack, outdir)] : [];
    const title = `${index + 1}. ${stack.stackName} (account ${stack.place.accountId}, ${stack.place.region})`;
    return [title, ...[deployCommand(stack, outdir), ...between, ...record].map((command) => `   ${command}`)].join(
      '\n',
    );
  });
  const apply = `AWS_REGION=${controller.region} bin/cellwright apply --desired-table ${desired} --state-table ${state} -f ${outdir}/${recordsFolder}/*.json`;
  const last = [`${stacks.length + 1}. the records (${home})`, `   ${apply}`].join('\n');
  return [
    `${stacks.length} stacks in ${outdir}/. Deploy them in this order, each with credentials of its account:`,
    ...steps,
    last,
    `With the CDK's own command line, in the place of "aws cloudformation deploy": npx cdk deploy --app ${outdir} STACK`,
  ].join('\n\n');
}

/** The controller starts only where the tables are an installation's, and where its image is. */
function firstCommands({ installation, controller }: Settings): readonly string[] {
  const { desired, state } = controller.tables;
  return [
    `AWS_REGION=${controller.region} bin/cellwright init --installation ${installation} --desired-table ${desired} --state-table ${state}`,
    // An image that is named by its digest is there already.
    ...(controller.image.includes('@')
      ? []
      : [`docker buildx build --platform linux/arm64 --push --tag ${controller.image} .`]),
  ];
}
