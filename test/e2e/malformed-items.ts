/** Items of the desired table that DynamoDB accepts and nobody should: raw attribute values, as any client may write them. */
import type { PlainRecord } from '../support/fleet-plan.ts';

/** A raw attribute value, as it stands in a PutItem. */
export type Raw =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly B: Uint8Array }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] }
  | { readonly L: readonly Raw[] }
  | { readonly M: Readonly<Record<string, Raw>> };
export type RawItem = Readonly<Record<string, Raw>>;

export interface BadItem {
  readonly kind: string;
  readonly name: string;
  readonly item: RawItem;
  /** What is wrong with it, for the message of a test that fails. */
  readonly what: string;
}

type Draw = (below: number) => number;

function pick<T>(draw: Draw, from: readonly T[]): T {
  const found = from[draw(from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

/** A plain value as DynamoDB stores it. */
export function raw(value: unknown): Raw {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(raw) };
  if (typeof value === 'object' && value !== null) return map(Object.entries(value).map(([key, of]) => [key, raw(of)]));
  return { NULL: true };
}

/** Assignment would make `__proto__` the object's prototype. */
function map(entries: readonly (readonly [string, Raw])[]): Raw {
  return { M: fields(entries) };
}

function fields(entries: readonly (readonly [string, Raw])[]): Record<string, Raw> {
  const out: Record<string, Raw> = {};
  for (const [key, value] of entries)
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  return out;
}

function deep(levels: number): Raw {
  return levels === 0
    ? { S: 'bottom' }
    : levels % 2 === 0
      ? { L: [deep(levels - 1)] }
      : map([['spec', deep(levels - 1)]]);
}

/** Values that no field of any record takes. */
function strange(draw: Draw): Raw {
  const values: readonly (() => Raw)[] = [
    () => ({ NULL: true }),
    () => ({ N: '9007199254740993' }),
    () => ({ N: '99999999999999999999999999999999999999' }),
    () => ({ N: '1E+125' }),
    () => ({ N: '-1E-130' }),
    () => ({ N: '0.1000000000000000000000000000000000001' }),
    () => ({ B: Uint8Array.from([0, 255, 128, draw(256)]) }),
    () => ({ SS: ['standard', 'a\u0000b', '__proto__'] }),
    () => ({ NS: ['1', '9007199254740993', '-0.5'] }),
    () => ({ BS: [Uint8Array.from([1]), Uint8Array.from([2, 3])] }),
    () => map([['__proto__', raw({ tier: 'standard' })]]),
    () => map([['constructor', map([['prototype', raw({ tier: 'standard' })]])]]),
    () =>
      map([
        ['toString', raw('x')],
        ['hasOwnProperty', raw(1)],
        ['then', raw('x')],
      ]),
    () => ({ L: [] }),
    () => ({ L: [{ NULL: true }, { L: [{ L: [] }] }] }),
    () => deep(28),
    () => raw('\u202Estandard'),
    () => raw('standard\u0000'),
    () => raw('ѕtandard'),
    () => raw('👩‍👩‍👧‍👦'.repeat(1 + draw(20))),
    () => raw('${jndi:ldap://x}<script>alert(1)</script>"; rm -rf /'),
  ];
  return pick(draw, values)();
}

const strangeKinds = [
  'tenant',
  'TENANT',
  'Tenent',
  'Tenants',
  'Tenant ',
  ' Tenant',
  'Тenant',
  '__proto__',
  'constructor',
  'toString',
  'Ten/ant',
  'Tenant/x',
  'Zone',
  'Lease',
  'null',
  '[object Object]',
  'Tenant\u0000',
  '😀',
];

/** Names that are none; `n` makes each of its own. */
const strangeNames: readonly ((n: number) => string)[] = [
  (n) => `Acme${n}`,
  (n) => `acme${n} `,
  (n) => ` acme${n}`,
  (n) => `acme${n}\u0000`,
  (n) => `аcme${n}`,
  (n) => `acme--${n}`,
  (n) => `acme${n}-`,
  (n) => `-acme${n}`,
  (n) => `${n}acme`,
  (n) => `a${n}`.padEnd(41, 'x'),
  (n) => `a${n}`.padEnd(1_000, 'é').slice(0, 500),
  (n) => `acme/${n}`,
  (n) => `../../acme${n}`,
  (n) => `acme.${n}`,
  (n) => `acme_${n}`,
  (n) => `acmé${n}`,
  (n) => `😀${n}`,
  (n) => `a\n${n}`,
  (n) => `\u202Eemca${n}`,
  (n) => `__proto__${n}`,
  (n) => `%2e%2e${n}`,
  (n) => `tenant/acme/${n}`,
];

/** Things that make the spec of a good record a bad one. */
const ruin: readonly ((draw: Draw, good: PlainRecord) => readonly (readonly [string, Raw])[])[] = [
  (draw) => [[pick(draw, ['unknown', '__proto__', 'constructor', 'Tier', 'tier ', 'spec', '']) || 'x', strange(draw)]],
  (draw, good) => [[pick(draw, Object.keys(good.spec)), strange(draw)]],
  (draw, good) => [[pick(draw, Object.keys(good.spec)), { NULL: true }]],
  (draw) => [['mode', pick(draw, [raw('ACTIVE'), raw('off'), raw(1), { BOOL: true }, strange(draw)])]],
];

const ruinTenant: readonly ((draw: Draw) => readonly (readonly [string, Raw])[])[] = [
  (draw) => [['placements', { N: pick(draw, ['0', '-1', '1.5', '1e9', '9007199254740993']) }]],
  (draw) => [['state', raw(pick(draw, ['Active', 'removed', 'deleted ', '']))]],
  (draw) => [['service', raw({ cpu: pick(draw, [1, 300, -256, 1e15]) })]],
  (draw) => [['service', map([['image', strange(draw)]])]],
  () => [['service', raw({ secrets: { TOKEN: { from: 'ssm', name: '/cellwright/another-tenant/token' } } })]],
  () => [['service', raw({ environment: { 'NOT A NAME': 'x' } })]],
  () => [['service', map([['environment', map([['A', { N: '1' }]])]])]],
  () => [['tier', raw('no-such-tier')]],
  () => [['pin', raw('g1')]],
  (draw) => [['service', raw({ taskRoleName: 'admin', tasks: draw(5) })]],
  () => [['domain', raw('evil.example.com')]],
];

/** One bad item; `n` is unlike that of all others. `good` are valid specs by kind. */
export function badItem(draw: Draw, n: number, good: readonly PlainRecord[]): BadItem {
  const form = draw(10);
  if (form === 0) return withIdentity(pick(draw, strangeKinds), `acme-${n}`, draw, good, 'kind');
  if (form === 1) {
    const kind = pick(draw, ['Tenant', 'Tenant', 'Tier', 'Cell', 'InfraGroup', 'Fleet']);
    return withIdentity(kind, pick(draw, strangeNames)(n), draw, good, 'name');
  }
  if (form === 2) return withoutSpec(draw, n);
  if (form === 3) return sized(draw, n);
  const record = pick(draw, good);
  const ways = record.kind === 'Tenant' && form > 5 ? ruinTenant : ruin;
  const bad = pick(draw, ways)(draw, record);
  const name = record.kind === 'Fleet' ? `fleet-${n}` : `bad-${n}`;
  return made(record.kind, name, specOf(record, bad), `spec.${bad.map(([field]) => field).join()}`);
}

/** A bad version of a record that is there and good. */
export function badUpdate(draw: Draw, record: PlainRecord): BadItem {
  const bad = pick(draw, ruin)(draw, record);
  return made(record.kind, record.name, specOf(record, bad), `update of spec.${bad.map(([field]) => field).join()}`);
}

/** A record as DynamoDB stores it. */
export function goodItem(record: PlainRecord): RawItem {
  return fields([
    ['kind', raw(record.kind)],
    ['name', raw(record.name)],
    ['spec', raw(record.spec)],
  ]);
}

function made(kind: string, name: string, spec: Raw, what: string): BadItem {
  return {
    kind,
    name,
    what,
    item: fields([
      ['kind', raw(kind)],
      ['name', raw(name)],
      ['spec', spec],
    ]),
  };
}

function specOf(record: PlainRecord, bad: readonly (readonly [string, Raw])[]): Raw {
  const kept = Object.entries(record.spec).filter(([field]) => bad.every(([other]) => other !== field));
  return map([...kept.map(([field, value]) => [field, raw(value)] as const), ...bad]);
}

function withIdentity(kind: string, name: string, draw: Draw, good: readonly PlainRecord[], what: string): BadItem {
  const record = good.find((each) => each.kind === kind) ?? pick(draw, good);
  return made(kind, name, raw(record.spec), what);
}

/** Items whose spec is no map, is not there, or has company. */
function withoutSpec(draw: Draw, n: number): BadItem {
  const name = `bare-${n}`;
  const envelope: (readonly [string, Raw])[] = [
    ['kind', raw('Tenant')],
    ['name', raw(name)],
  ];
  const rest: readonly (() => readonly (readonly [string, Raw])[])[] = [
    () => [],
    () => [['spec', raw('tier: standard')]],
    () => [['spec', { L: [raw({ tier: 'standard' })] }]],
    () => [['spec', strange(draw)]],
    () => [['Spec', raw({ tier: 'standard' })]],
    () => [
      ['spec', raw({ tier: 'standard' })],
      ['status', raw({ phase: 'Ready' })],
    ],
    () => [
      ['spec', raw({ tier: 'standard' })],
      ['__proto__', strange(draw)],
    ],
    () => [
      ['spec', raw({ tier: 'standard' })],
      ['ttl', { N: '9007199254740993' }],
    ],
  ];
  return { kind: 'Tenant', name, item: fields([...envelope, ...pick(draw, rest)()]), what: 'no spec' };
}

/** Records above 32 KB, up to what an item may hold; few of them are as large as that. */
function sized(draw: Draw, n: number): BadItem {
  const bytes = draw(15) === 0 ? 390_000 : 33_000 + draw(3_000);
  const fill: readonly (() => Raw)[] = [
    () => raw('x'.repeat(bytes)),
    () => raw('é'.repeat(bytes / 2)),
    () => ({ B: new Uint8Array(bytes) }),
    () => ({ L: Array.from({ length: Math.floor(bytes / 5) }, () => raw('')) }),
    () => map(Array.from({ length: Math.floor(bytes / 25) }, (_, index) => [`VARIABLE_${index}`, raw('value')])),
    () => ({ SS: Array.from({ length: Math.floor(bytes / 12) }, (_, index) => `member-${index}`) }),
  ];
  const service = map([
    ['environment', pick(draw, [() => pick(draw, fill)(), () => map([['LARGE', pick(draw, fill)()]])])()],
  ]);
  return made(
    'Tenant',
    `large-${n}`,
    map([
      ['tier', raw('standard')],
      ['service', service],
    ]),
    `${bytes} bytes`,
  );
}
