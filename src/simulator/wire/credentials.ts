/** Who a request says it is from: the SigV4 header's scope, the session token and the user agent. Signatures are not checked. */

export interface RequestCredentials {
  /** Empty when the request is not signed. */
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  /** The service's signing name, or empty. */
  readonly signingName: string;
  readonly appId: string | undefined;
}

const anonymous = { accessKeyId: '', region: 'us-east-1', signingName: '' };

/** Reads the credentials from lower-cased headers. */
export function readCredentials(headers: Readonly<Record<string, string>>): RequestCredentials {
  const scope = readScope(headers['authorization'] ?? '');
  return {
    ...scope,
    sessionToken: headers['x-amz-security-token'],
    appId: readAppId(headers['x-amz-user-agent'] ?? '') ?? readAppId(headers['user-agent'] ?? ''),
  };
}

function readScope(authorization: string): { accessKeyId: string; region: string; signingName: string } {
  const start = authorization.indexOf('Credential=');
  if (start < 0) return anonymous;
  const end = authorization.indexOf(',', start);
  // KEY/20261122/us-east-1/ecs/aws4_request
  const [accessKeyId, , region, signingName] = authorization
    .slice(start + 'Credential='.length, end < 0 ? undefined : end)
    .split('/');
  if (accessKeyId === undefined || region === undefined) return anonymous;
  return { accessKeyId, region, signingName: signingName ?? '' };
}

function readAppId(userAgent: string): string | undefined {
  const at = userAgent.indexOf('app/');
  if (at < 0 || (at > 0 && userAgent.charAt(at - 1) !== ' ')) return undefined;
  const end = userAgent.indexOf(' ', at);
  const id = userAgent.slice(at + 'app/'.length, end < 0 ? undefined : end);
  return id === '' ? undefined : id;
}
