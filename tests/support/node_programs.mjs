// Runs one program after the other in one process: to begin one takes node ten times as long as most programs do.
//
// Each line on standard input, {address, given}, is answered by one on standard output, {printed} or {error}. A program
// finds `given` among its globals, and what it does to the globals is undone after it.

import { createInterface } from "node:readline";
import { format } from "node:util";

const globals = Object.getOwnPropertyDescriptors(globalThis);

for await (const line of createInterface({ input: process.stdin })) {
  const { address, given } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answerOf(address, given))}\n`);
}

async function answerOf(address, given) {
  const printed = [];
  Object.assign(globalThis, { given, console: { ...console, log: (...items) => printed.push(format(...items)) } });
  try {
    await import(address);
    return { printed: printed.join("\n") };
  } catch (error) {
    return { error: error.stack ?? String(error) };
  } finally {
    for (const name of Object.keys(globalThis)) if (!(name in globals)) delete globalThis[name];
    Object.defineProperties(globalThis, globals);
  }
}
