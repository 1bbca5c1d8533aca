/**
 * DynamoDB's numbers: 38 significant digits, magnitude 1E-130 to 9.99...E+125, kept as plain decimal text without
 * leading or trailing zeros, exactly as DynamoDB returns them. No floating point is involved.
 */
import { validation } from './errors.ts';

const maxDigits = 38;
const maxExponent = 125;
const minExponent = -130;
const numeral = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * The canonical text of a number as it came over the wire. Throws `ValidationException` with AWS's text for what is no number, has
 * more than 38 significant digits or lies outside the supported range.
 */
export function canonicalNumber(text: string): string {
  // Nearly every number is a small plain integer; it is canonical already.
  if (/^(0|-?[1-9]\d{0,14})$/.test(text)) return text;
  const match = numeral.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole.length + fraction.length === 0) {
    throw validation(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const digits = whole + fraction;
  const significant = digits.replace(/^0+/, '').replace(/0+$/, '');
  if (significant === '') return '0';
  const trailingZeros = digits.length - digits.replace(/0+$/, '').length;
  return render(match[1] === '-', significant, Number(match[4] ?? '0') - fraction.length + trailingZeros);
}

/** Text of `digits` (no zeros at either end) times 10^scale, after the checks of precision and range. */
function render(negative: boolean, digits: string, scale: number): string {
  const exponent = scale + digits.length - 1;
  if (exponent > maxExponent) {
    throw validation('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (exponent < minExponent) {
    throw validation('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digits.length > maxDigits) {
    throw validation('Attempting to store more than 38 significant digits in a Number');
  }
  return (negative ? '-' : '') + plain(digits, scale);
}

function plain(digits: string, scale: number): string {
  if (scale >= 0) return digits + '0'.repeat(scale);
  const point = digits.length + scale;
  if (point > 0) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `0.${'0'.repeat(-point)}${digits}`;
}

interface Scaled {
  readonly unscaled: bigint;
  /** Digits after the point. */
  readonly places: number;
}

function scaled(canonical: string): Scaled {
  const point = canonical.indexOf('.');
  if (point < 0) return { unscaled: BigInt(canonical), places: 0 };
  return {
    unscaled: BigInt(canonical.slice(0, point) + canonical.slice(point + 1)),
    places: canonical.length - point - 1,
  };
}

function aligned(a: string, b: string): readonly [bigint, bigint, number] {
  const left = scaled(a);
  const right = scaled(b);
  const places = Math.max(left.places, right.places);
  return [
    left.unscaled * 10n ** BigInt(places - left.places),
    right.unscaled * 10n ** BigInt(places - right.places),
    places,
  ];
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. Both canonical. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  // Fifteen digits are exact in a double.
  if (a.length <= 15 && b.length <= 15) return Number(a) - Number(b);
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `a + b`, or `a - b` where `sign` is -1; canonical. Throws as `canonicalNumber` does when the result cannot be stored. */
export function addNumbers(a: string, b: string, sign: 1 | -1): string {
  const [left, right, places] = aligned(a, b);
  const sum = sign === 1 ? left + right : left - right;
  return canonicalNumber(`${sum}e${-places}`);
}

/**
 * Bytes a number costs in an item: one, one per two significant digits counted apart on both sides of the point, one for the
 * minus. The developer guide's rule is an approximation of this one (observed by public captures).
 */
export function numberSize(canonical: string): number {
  if (canonical.length === 1) return canonical === '0' ? 1 : 2;
  const negative = canonical.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? canonical.slice(1) : canonical).split('.');
  const wholeDigits = fraction === '' ? whole.replace(/0+$/, '') : whole === '0' ? '' : whole;
  const fractionDigits = wholeDigits === '' ? fraction.replace(/^0+/, '') : fraction;
  return 1 + Math.ceil(wholeDigits.length / 2) + Math.ceil(fractionDigits.length / 2) + (negative ? 1 : 0);
}
