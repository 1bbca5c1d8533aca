import { plainIdentity } from '../identity.ts';
import type { StsWorld, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';

/** A role that may be assumed. */
export interface Role {
  readonly arn: string;
  readonly account: string;
  /** Its name without the path. */
  readonly name: string;
  readonly id: string;
  readonly trustedAccount: string;
  readonly externalId: string | undefined;
}

/** Temporary credentials that were handed out. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;
  readonly role: Role;
  readonly sessionName: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Keys of this form are STS's; one that was never handed out is forged. */
const issuedKey = /^ASIA[A-Z2-7]{16}$/;

/** Roles and sessions. */
export class Sessions implements StsWorld {
  private readonly world: World;
  private readonly roles = new Map<string, Role>();
  private readonly sessions = new Map<string, Session>();

  constructor(world: World) {
    this.world = world;
  }

  seedRole(seed: { arn: string; trustedAccount: string; externalId?: string }): void {
    const match = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(seed.arn);
    if (match === null) {
      throw new Error(`seedRole: found '${seed.arn}', expected an ARN like arn:aws:iam::111111111111:role/name`);
    }
    const [, account = '', name = ''] = match;
    const id = `AROA${this.letters('role-id', 17)}`;
    const { arn, trustedAccount, externalId } = seed;
    this.roles.set(arn, { arn, account, name, id, trustedAccount, externalId });
  }

  /** The role with this ARN, if somebody made it. */
  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }

  /** Hands out credentials for a role's session. */
  open(role: Role, sessionName: string, expiresAt: number): Session {
    const session: Session = {
      accessKeyId: `ASIA${this.letters('access-key', 16)}`,
      secretAccessKey: this.world.hex('secret-key', 40),
      token: Buffer.from(this.world.hex('session-token', 96), 'hex').toString('base64'),
      role,
      sessionName,
      expiresAt,
    };
    this.forgetExpired();
    this.sessions.set(session.accessKeyId, session);
    return session;
  }

  identify(
    accessKeyId: string,
    sessionToken: string | undefined,
  ): { readonly account: string; readonly principal: string; readonly arn?: string } {
    const session = this.sessions.get(accessKeyId);
    if (session === undefined) {
      if (issuedKey.test(accessKeyId)) throw forged();
      return plainIdentity(accessKeyId);
    }
    if (sessionToken !== session.token) throw forged();
    if (this.world.now() >= session.expiresAt) {
      throw new AwsError('ExpiredToken', 'The security token included in the request is expired', { status: 403 });
    }
    return {
      account: session.role.account,
      principal: session.sessionName,
      arn: sessionArn(session.role, session.sessionName),
    };
  }

  /** A day after they expired, sessions are forgotten: their keys then look forged, as they do at AWS. */
  private forgetExpired(): void {
    const day = 86_400_000;
    // Sessions live at most 12 hours, so the oldest entries of the map are the first to go.
    for (const [key, session] of this.sessions) {
      if (session.expiresAt + day > this.world.now()) return;
      this.sessions.delete(key);
    }
  }

  /** Upper-case base32 letters, as AWS's ids are made of. */
  private letters(purpose: string, count: number): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const digits = this.world.hex(purpose, count * 2);
    let text = '';
    for (let i = 0; i < count; i++) text += alphabet.charAt(Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16) % 32);
    return text;
  }
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
