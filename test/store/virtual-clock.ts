export { machineClock, randomFrom, VirtualClock } from '../support/virtual-clock.ts';
