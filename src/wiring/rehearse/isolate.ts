import { devNull } from 'node:os';

/** Switches of the SDK's own about itself, which say nothing of anybody's AWS. */
const harmless = /^AWS_SDK_JS_/;

/**
 * Runs `work` while the process knows of no AWS: no AWS_* variable and no configuration or credentials file is seen by the SDK. A rehearsal then depends on nothing but its records, and can reach nobody's account.
 */
export async function withoutAws<T>(work: () => Promise<T>): Promise<T> {
  const taken = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_') && !harmless.test(name));
  for (const [name] of taken) delete process.env[name];
  const files = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };
  Object.assign(process.env, files);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(files)) delete process.env[name];
    Object.assign(process.env, Object.fromEntries(taken));
  }
}
