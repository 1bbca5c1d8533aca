/**
 * What a write makes stale. A scope is a canonical word for something that reads depend on; each read remembers which scopes it saw and is unusable
 * once one of them was touched after the read began. Order is counted, not timed: two things in one millisecond still have an order.
 */

/** The scopes that a write to this ARN, or to the cluster or target group of this name, touches. */
export function scopesOf(arnOrName: string): readonly string[] {
  const parts = arnOrName.split(':');
  const resource = parts.slice(5).join(':');
  if (parts[0] !== 'arn' || resource === '') {
    return [arnOrName, clusterScope(arnOrName), targetGroupScope(arnOrName)];
  }
  const [type = '', ...path] = resource.split('/');
  if (parts[2] === 'ecs') return [arnOrName, clusterScope(path[0] ?? arnOrName)];
  const sibling = (name: string, tail: readonly string[]): string =>
    [...parts.slice(0, 5), [name, ...tail].join('/')].join(':');
  switch (type) {
    case 'targetgroup':
      return [arnOrName, targetGroupScope(path[0] ?? arnOrName)];
    case 'loadbalancer':
      return [arnOrName, attachmentScope(arnOrName)];
    case 'listener':
      return [arnOrName, attachmentScope(sibling('loadbalancer', path.slice(0, 3)))];
    case 'listener-rule':
      return [
        arnOrName,
        sibling('listener', path.slice(0, 4)),
        attachmentScope(sibling('loadbalancer', path.slice(0, 3))),
      ];
    default:
      return [arnOrName];
  }
}

/** The cluster's name, of a name or an ARN. */
export function clusterName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? nameOrArn) : nameOrArn;
}

export function clusterScope(nameOrArn: string): string {
  return `cluster/${clusterName(nameOrArn)}`;
}

export function targetGroupScope(name: string): string {
  return `target-group/${name}`;
}

/** Which target groups are attached to a load balancer. */
export function attachmentScope(loadBalancerArn: string): string {
  return `attached/${loadBalancerArn}`;
}

/** Counts reads and writes in the order in which they began. */
export interface TouchLog {
  /** The next number. */
  next(): number;
  touch(arnOrName: string): void;
  /** Whether any of the scopes was touched after read number `readNumber` began. */
  touchedSince(readNumber: number, scopes: readonly string[]): boolean;
  /** Whether anything at all was. */
  anythingSince(readNumber: number): boolean;
  /** Drops touches older than read number `readNumber`, when no read older than that is kept. */
  dropBefore(readNumber: number): void;
}

/** Creates an empty log. */
export function createTouchLog(): TouchLog {
  const touches = new Map<string, number>();
  let count = 0;
  let lastTouch = 0;
  return {
    next: () => ++count,
    touch: (arnOrName) => {
      lastTouch = ++count;
      for (const scope of scopesOf(arnOrName)) touches.set(scope, lastTouch);
    },
    touchedSince: (readNumber, scopes) => scopes.some((scope) => (touches.get(scope) ?? 0) > readNumber),
    anythingSince: (readNumber) => lastTouch > readNumber,
    dropBefore: (readNumber) => {
      for (const [scope, at] of touches) if (at < readNumber) touches.delete(scope);
    },
  };
}
