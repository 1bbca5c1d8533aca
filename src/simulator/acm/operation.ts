import type { BucketDraw, Call, Operation } from '../kernel.ts';

/**
 * Requests a second that each operation allows in an account and Region. Source: "API rate quotas" of the ACM user guide, as it was last published with
 * its source; UpdateCertificateOptions is not listed there (assumed: what other changes have).
 */
const requestsPerSecond = {
  AddTagsToCertificate: 5,
  DeleteCertificate: 10,
  DescribeCertificate: 10,
  ImportCertificate: 1,
  ListCertificates: 5,
  ListTagsForCertificate: 10,
  RemoveTagsFromCertificate: 5,
  RequestCertificate: 5,
  ResendValidationEmail: 1,
  UpdateCertificateOptions: 5,
} as const satisfies Record<string, number>;

type OperationName = keyof typeof requestsPerSecond;

/** How long answers take (assumed). */
const readMs = 50;
const writeMs = 150;

/** What one ACM operation is made of. */
interface OperationParts<I, O extends object> {
  readonly mutating: boolean;
  readonly takes: readonly string[];
  readonly run: (input: I, call: Call) => O;
  readonly resources?: (input: I, output: O | undefined) => readonly (string | undefined)[];
}

/** An ACM operation that draws from its bucket, which holds what a second allows (assumed: the guide names rates only). */
export function operation<I, O extends object>(name: OperationName, parts: OperationParts<I, O>): Operation {
  const rate = requestsPerSecond[name];
  const draws: readonly BucketDraw[] = [
    { bucket: `acm/${name}`, capacity: rate, refillPerSecond: rate, tokens: 1, scope: 'account-region' },
  ];
  const { resources } = parts;
  return {
    mutating: parts.mutating,
    takes: parts.takes,
    latencyMs: parts.mutating ? writeMs : readMs,
    buckets: () => draws,
    run: (input: I, call: Call) => parts.run(input, call),
    resources: (input: I, output: O | undefined) =>
      resources === undefined ? [] : resources(input, output).filter((arn) => arn !== undefined),
  };
}
