import { clientException } from './errors.ts';

/** CPU units → the memory (MiB) that goes with them: from, to, step. Source: "Task size", ECS developer guide. */
const memoryByCpu: ReadonlyMap<number, readonly [number, number, number]> = new Map([
  [512, [1_024, 4_096, 1_024]],
  [1_024, [2_048, 8_192, 1_024]],
  [2_048, [4_096, 16_384, 1_024]],
  [4_096, [8_192, 30_720, 1_024]],
  [8_192, [16_384, 61_440, 4_096]],
  [16_384, [32_768, 122_880, 8_192]],
]);

/** Whether Fargate offers this size. `cpu` in units of 1/1,024 vCPU, `memory` in MiB. */
export function isFargateSize(cpu: number, memory: number): boolean {
  if (cpu === 256) return memory === 512 || memory === 1_024 || memory === 2_048;
  const range = memoryByCpu.get(cpu);
  if (range === undefined) return false;
  const [from, to, step] = range;
  return memory >= from && memory <= to && (memory - from) % step === 0;
}

/** Task-level CPU as ECS stores it: units as a decimal string, from `"512"` or `".5 vCPU"`. Throws ClientException. */
export function cpuUnits(text: string | undefined): string | undefined {
  return sizeOf('cpu', text, /^(\d*\.?\d+)\s*vcpu$/i);
}

/** Task-level memory as ECS stores it: MiB as a decimal string, from `"2048"` or `"2 GB"`. Throws ClientException. */
export function memoryMib(text: string | undefined): string | undefined {
  return sizeOf('memory', text, /^(\d*\.?\d+)\s*gb$/i);
}

function sizeOf(name: string, text: string | undefined, inUnits: RegExp): string | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed) && Number(trimmed) > 0) return String(Number(trimmed));
  const [, amount] = inUnits.exec(trimmed) ?? [];
  const value = amount === undefined ? Number.NaN : Number(amount) * 1_024;
  if (Number.isInteger(value) && value > 0) return String(value);
  throw clientException(`Invalid '${name}' setting for task.`);
}
