// How is the state of the playground in its address? As settings.js writes the settings, and the steps that were taken; what
// is as usual is left out. Behind the # stands the name of the room, and here 120 batches and 3 samples were trained on:
//
//   #playground&data.name=xor&network.layers=4tanh-2relu&steps=b120s3

import { fromLink, toLink } from "./settings.js";

const ROOM = /^#?playground(?:&|$)/;

export function isOfGround(hash) {
  return ROOM.test(hash);
}

/** The address of settings, after steps with so many samples each, without its #. */
export function addressOfGround(settings, steps) {
  return ["playground", toLink(settings), steps.length ? `steps=${counted(steps)}` : ""].filter(Boolean).join("&");
}

// A step with one sample, s, or with as many as a batch has, b; how often one after the other.
function counted(steps) {
  const runs = [];
  for (const size of steps) {
    const kind = size === 1 ? "s" : "b";
    if (runs.at(-1)?.kind === kind) runs.at(-1).count += 1;
    else runs.push({ kind, count: 1 });
  }
  return runs.map(({ kind, count }) => kind + count).join("");
}

/** {settings, steps} of an address, where steps are [["b" or "s", count]]; an error that teaches if it cannot be read. */
export function readGround(hash) {
  const parts = hash.replace(ROOM, "").split("&");
  const [steps = ""] = parts.filter((part) => part.startsWith("steps="));
  const counts = [...steps.matchAll(/([bs])(\d{1,6})/g)].map(([, kind, count]) => [kind, Number(count)]);
  return { settings: fromLink(parts.filter((part) => part !== steps).join("&")), steps: counts };
}
