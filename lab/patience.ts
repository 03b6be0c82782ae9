// How long tests and the lab wait for what must come. A slow machine is a normal machine: FLEETBLOCK_TEST_PATIENCE=5 waits five times
// as long everywhere (an emulated processor, a loaded one).
const factor = Number(process.env.FLEETBLOCK_TEST_PATIENCE ?? 1);
if (!(factor >= 1)) throw new Error('FLEETBLOCK_TEST_PATIENCE is a factor of 1 or more');

/** @param ms on a quiet machine. @returns milliseconds to wait here */
export const patience = (ms: number): number => ms * factor;
