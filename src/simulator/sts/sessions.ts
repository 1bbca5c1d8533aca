import type { Credentials } from '@aws-sdk/client-sts';
import { plainIdentity } from '../identity.ts';
import type { AssumedRole, StsWorld, TaskCredentials, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';

/** A role that may be assumed. */
export interface Role {
  readonly arn: string;
  readonly account: string;
  /** Its name without the path. */
  readonly name: string;
  readonly id: string;
  /** Absent where a policy says who may assume it. */
  readonly trustedAccount: string | undefined;
  readonly externalId: string | undefined;
  /** MaxSessionDuration, in seconds. */
  readonly longestSeconds: number;
}

/** Whom credentials stand for. */
export interface Holder {
  readonly account: string;
  readonly principal: string;
  readonly arn: string;
  readonly assumed?: AssumedRole;
}

/** Temporary credentials that were handed out. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;
  readonly holder: Holder;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Keys of this form are STS's; one that was never handed out is forged. */
const issuedKey = /^ASIA[A-Z2-7]{16}$/;

/** A session's credentials as STS answers them. */
export function credentialsOf(session: Session): Credentials {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.token,
    Expiration: new Date(session.expiresAt),
  };
}

/** Roles and sessions. */
export class Sessions implements StsWorld {
  private readonly world: World;
  private readonly roles = new Map<string, Role>();
  private readonly sessions = new Map<string, Session>();

  constructor(world: World) {
    this.world = world;
  }

  seedRole(seed: { arn: string; trustedAccount?: string; externalId?: string; longestSeconds?: number }): void {
    const match = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(seed.arn);
    if (match === null) {
      throw new Error(`seedRole: found '${seed.arn}', expected an ARN like arn:aws:iam::111111111111:role/name`);
    }
    const [, account = '', name = ''] = match;
    const known = this.roles.get(seed.arn);
    const id = known?.id ?? `AROA${this.letters('role-id', 17)}`;
    const byPolicy = seed.trustedAccount === undefined || (known !== undefined && known.trustedAccount === undefined);
    const trust = byPolicy ? undefined : seed;
    const { trustedAccount, externalId } = trust ?? {};
    // A role's longest session where nobody set another (documented).
    const { arn, longestSeconds = 3600 } = seed;
    this.roles.set(arn, { arn, account, name, id, trustedAccount, externalId, longestSeconds });
  }

  /** The role with this ARN, if somebody made it. */
  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }

  /** The UserId that GetCallerIdentity shows for an assumed role's ARN; undefined for other ARNs. */
  userIdOf(arn: string): string | undefined {
    const [, account, name, sessionName] = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
    const role = [...this.roles.values()].find((known) => known.account === account && known.name === name);
    return role === undefined ? undefined : `${role.id}:${sessionName}`;
  }

  taskCredentials(roleArn: string, sessionName: string): TaskCredentials | undefined {
    const role = this.roles.get(roleArn);
    if (role === undefined) return undefined;
    const holder = {
      account: role.account,
      principal: sessionName,
      arn: sessionArn(role, sessionName),
      assumed: { roleArn },
    };
    const session = this.open(holder, Number.POSITIVE_INFINITY);
    return {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      Token: session.token,
      RoleArn: roleArn,
      // ECS's are good for six hours at first (observed); who asks then gets new ones.
      Expiration: new Date(this.world.now() + 21_600_000).toISOString(),
    };
  }

  /** Hands out temporary credentials. */
  open(holder: Holder, expiresAt: number): Session {
    const session: Session = {
      accessKeyId: `ASIA${this.letters('access-key', 16)}`,
      secretAccessKey: this.world.hex('secret-key', 40),
      token: Buffer.from(this.world.hex('session-token', 96), 'hex').toString('base64'),
      holder,
      expiresAt,
    };
    this.forgetExpired();
    this.sessions.set(session.accessKeyId, session);
    return session;
  }

  identify(
    accessKeyId: string,
    sessionToken: string | undefined,
  ): {
    readonly account: string;
    readonly principal: string;
    readonly arn?: string;
    readonly assumed?: AssumedRole;
  } {
    const session = this.sessions.get(accessKeyId);
    if (session === undefined) {
      if (issuedKey.test(accessKeyId)) throw forged();
      return plainIdentity(accessKeyId);
    }
    if (sessionToken !== session.token) throw forged();
    if (this.world.now() >= session.expiresAt) {
      throw new AwsError('ExpiredToken', 'The security token included in the request is expired', { status: 403 });
    }
    return session.holder;
  }

  /** A day after they expired, sessions are forgotten: their keys then look forged, as they do at AWS. */
  private forgetExpired(): void {
    const day = 86_400_000;
    // Sessions live at most 36 hours, so the oldest entries of the map are about the first to go.
    for (const [key, session] of this.sessions) {
      if (session.expiresAt + day > this.world.now()) return;
      this.sessions.delete(key);
    }
  }

  private letters(purpose: string, count: number): string {
    return letters(this.world.hex(purpose, count * 2), count);
  }
}

/** Upper-case base32 letters, as AWS's ids are made of, from twice as many hexadecimal digits. */
export function letters(digits: string, count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  for (let i = 0; i < count; i++) text += alphabet.charAt(Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16) % 32);
  return text;
}

function forged(): AwsError {
  return new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', {
    status: 403,
  });
}

/** The ARN under which a session acts. */
export function sessionArn(role: Role, sessionName: string): string {
  return `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`;
}
