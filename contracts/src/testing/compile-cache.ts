// The runner lets a test file start from what Node compiled before. What the test starts is not to inherit that: files are read
// and written with it which a test that counts system calls, or looks what is on the disk, would take for the product's own.
const given = process.env['NODE_COMPILE_CACHE'];
delete process.env['NODE_COMPILE_CACHE'];

/** The environment of a program that a test starts and nobody watches so closely; it starts in half the time. */
export function quickStart(): NodeJS.ProcessEnv {
  return given === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: given };
}
