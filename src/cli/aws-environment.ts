/** The way to AWS is the SDK's own business; this only fills in what a simulated AWS does not ask anybody to have. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AwsAccess } from '../store/client.ts';
import type { Environment } from './host.ts';

/** Where a simulated AWS is taken to be, and where one makes its tables. */
export const fallbackRegion = 'us-east-1';

/**
 * What to add to the SDK's own configuration. Empty for real AWS: a wrong guess there would be worse than an error. Where the endpoint is plain
 * HTTP it is no AWS, so a missing Region and missing credentials are made up (the account of a 12-digit access key id is that id).
 */
export function awsAccessOf(
  env: Environment,
  appId: string,
  exists: (path: string) => boolean = existsSync,
): AwsAccess {
  const endpoint = env.AWS_ENDPOINT_URL_DYNAMODB ?? env.AWS_ENDPOINT_URL ?? '';
  if (!endpoint.startsWith('http:') || hasSharedFiles(env, exists)) return { appId };
  return {
    appId,
    ...(isSet(env, 'AWS_REGION') ? {} : { region: fallbackRegion }),
    ...(hasCredentials(env)
      ? {}
      : { credentials: { accessKeyId: '000000000000', secretAccessKey: 'the-simulator-checks-none' } }),
  };
}

/** The Region in which the embedded AWS makes the tables. */
export function simulatedRegion(env: Environment): string {
  return isSet(env, 'AWS_REGION') ? (env.AWS_REGION ?? fallbackRegion) : fallbackRegion;
}

const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

function hasCredentials(env: Environment): boolean {
  return credentialVariables.some((name) => isSet(env, name));
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

/** A profile may hold Region and credentials alike; whoever has one is left to the SDK. */
function hasSharedFiles(env: Environment, exists: (path: string) => boolean): boolean {
  if (isSet(env, 'AWS_PROFILE')) return true;
  const folder = join(env.HOME ?? homedir(), '.aws');
  return [
    env.AWS_CONFIG_FILE ?? join(folder, 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'),
  ].some(exists);
}
