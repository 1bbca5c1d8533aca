import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addNumbers, canonicalNumber, compareNumbers, numberSize } from '../../../src/simulator/dynamodb/decimal.ts';
import { refusal } from './fixture.ts';

const numbers = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -30, max: 30 }))
  .map(([digits, exponent]) => ({ text: `${digits}e${exponent}`, digits, exponent }));

/** The value times 10^60, exact. */
const exact = ({ digits, exponent }: { digits: bigint; exponent: number }): bigint =>
  digits * 10n ** BigInt(exponent + 60);

describe('numbers', () => {
  it.each([
    ['0042.1200', '42.12'],
    ['-0', '0'],
    ['0.000', '0'],
    ['+7', '7'],
    ['1e3', '1000'],
    ['-1.50E-3', '-0.0015'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['100', '100'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1e-130', `0.${'0'.repeat(129)}1`],
  ])('stores %s as %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical);
  });

  it.each([
    ['abc', 'The parameter cannot be converted to a numeric value: abc'],
    ['', 'The parameter cannot be converted to a numeric value: '],
    [' 1', 'The parameter cannot be converted to a numeric value:  1'],
    ['0x10', 'The parameter cannot be converted to a numeric value: 0x10'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    ['.', 'The parameter cannot be converted to a numeric value: .'],
    ['1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['-1e99999999999', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    [`1${'0'.repeat(37)}1`, 'Attempting to store more than 38 significant digits in a Number'],
  ])('refuses %s', (text, message) => {
    expect(refusal(() => canonicalNumber(text))).toBe(`ValidationException: ${message}`);
  });

  it('orders, adds and subtracts exactly', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        fc.pre(a.exponent > -20 && b.exponent > -20 && Math.abs(a.exponent - b.exponent) < 15);
        const [left, right] = [canonicalNumber(a.text), canonicalNumber(b.text)];
        expect(Math.sign(compareNumbers(left, right))).toBe(exact(a) < exact(b) ? -1 : exact(a) > exact(b) ? 1 : 0);
        const sum = addNumbers(left, right, 1);
        expect(addNumbers(sum, right, -1)).toBe(left);
        expect(sum).toBe(canonicalNumber(`${exact(a) + exact(b)}e-60`));
      }),
    );
  });

  it('has one canonical text for each value', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 5 }), (number, zeros) => {
        const shifted = `${number.digits * 10n ** BigInt(zeros)}e${number.exponent - zeros}`;
        expect(canonicalNumber(shifted)).toBe(canonicalNumber(number.text));
        expect(canonicalNumber(canonicalNumber(number.text))).toBe(canonicalNumber(number.text));
      }),
    );
  });

  it.each([
    ['0', 1],
    ['1', 2],
    ['123456', 4],
    ['3.14159', 5],
    ['-5', 3],
    ['1000000', 2],
    ['0.001', 2],
    [`1${'0'.repeat(125)}`, 2],
  ])('sizes %s at %i bytes', (text, bytes) => {
    expect(numberSize(text)).toBe(bytes);
  });
});
