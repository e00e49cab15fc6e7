// How is the state of the playground in its address? As settings.js writes the settings, and the moment that was reached; what
// is as usual is left out. Behind the # stands the name of the room:
//
//   #playground&data.name=xor&network.layers=4tanh-2relu&moment=120

import { complete, fromLink, toLink } from "./settings.js";

const ROOM = /^#?playground(?:&|$)/;

export function isOfGround(hash) {
  return ROOM.test(hash);
}

/** The address of settings at a moment, without its #. */
export function addressOfGround(settings, moment) {
  const parts = [toLink(brief(settings)), moment ? `moment=${moment}` : ""].filter(Boolean);
  return ["playground", ...parts].join("&");
}

// What is as it would be if nothing were said of it: the loss and the inputs that suit the data, and its own noise.
function brief(settings) {
  const { data } = settings;
  const usual = complete({ ...settings, loss: null, inputs: null, data: { ...data, noise: null } });
  const unless = (part, other) => (JSON.stringify(part) === JSON.stringify(other) ? null : part);
  const noise = unless(data.noise, usual.data.noise);
  return { ...settings, loss: unless(settings.loss, usual.loss), inputs: unless(settings.inputs, usual.inputs), data: { ...data, noise } };
}

/** {settings, moment} of an address; an error that teaches if a part of it cannot be read. */
export function readGround(hash) {
  const { moment = 0, ...settings } = fromLink(hash.replace(ROOM, ""));
  return { settings, moment: Number.isInteger(moment) && moment >= 0 ? moment : 0 };
}
