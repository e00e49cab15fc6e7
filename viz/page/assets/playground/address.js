// How is the state of the playground in its address? As settings.js writes the settings of the beginning, and the steps that
// were taken; what is as usual is left out. Behind the # stands the name of the room, and here 120 batches and 3 samples were
// trained on, then the learning rate was changed, and 8 batches followed:
//
//   #playground&data.name=xor&network.layers=4tanh-2relu&steps=b120s3(optimizer.lr=0.1)b8
//
// What is opened in the lab stands behind them: the weight from neuron 3 to neuron 2 of layer 1 (of a bias, 1.2; of a whole
// sample, nothing), the sample, and the step at which the lab is:  &open=1.2.3s17@40

import { refusal } from "./refusals.js";
import { changesText, checked, fromLink, toLink, withPart } from "./settings.js";
import { isSameStart } from "./training.js";

const ROOM = /^#?playground(?:&|$)/;
const PARTS = ["steps", "open"];
const FARTHEST = 20_000; // steps that a link takes at once: some seconds
const METHODS = { b: "batch", s: "sample" };

export function isOfGround(hash) {
  return ROOM.test(hash);
}

/** The address of a recipe, see training.js, without its #; and of what is opened, {at, sample, position}. */
export function addressOfGround(recipe, opened = null) {
  const steps = stepsText(recipe);
  return ["playground", toLink(recipe.settings), steps && `steps=${steps}`, opened && `open=${openedText(opened)}`].filter(Boolean).join("&");
}

// A step with one sample, s, or with as many as a batch has, b; how often one after the other; and what changed between.
function stepsText({ settings, steps, changes }) {
  const runs = [];
  const changed = new Map(changes.map((each, place) => [each.moment, changesText(each.settings, changes[place - 1]?.settings ?? settings)]));
  for (const [moment, size] of steps.entries()) {
    const kind = size === 1 ? "s" : "b";
    if (changed.has(moment)) runs.push({ text: `(${changed.get(moment)})` });
    if (runs.at(-1)?.kind === kind) runs.at(-1).count += 1;
    else runs.push({ kind, count: 1 });
  }
  if (changed.has(steps.length)) runs.push({ text: `(${changed.get(steps.length)})` });
  return runs.map(({ kind, count, text }) => text ?? kind + count).join("");
}

function openedText({ at, sample, position }) {
  const places = at ? [at.layer, at.neuron + 1, ...(at.from === undefined ? [] : [at.from + 1])] : [];
  return `${places.join(".")}s${sample + 1}@${position}`;
}

/**
 * {settings, steps, opened} of an address, where steps are ["b" or "s", count] and ["change", settings], and opened is
 * {at, sample, position} or null; an error that teaches if it cannot be read.
 */
export function readGround(hash) {
  const parts = hash.replace(ROOM, "").split("&");
  const isOwn = (part) => PARTS.includes(part.split("=")[0]);
  const own = Object.fromEntries(parts.filter(isOwn).map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
  const settings = fromLink(parts.filter((part) => !isOwn(part)).join("&"));
  return { settings, steps: readSteps(own.steps ?? ""), opened: own.open === undefined ? null : readOpened(own.open) };
}

const STEPS = /([bs])(\d{1,6})|\(([^()]*)\)/g;

function readSteps(encoded) {
  const text = encoded.replace(/%(28|29|3B)/gi, decodeURIComponent);
  if (text.replace(STEPS, "")) throw refusal("play_link", { part: `steps=${encoded}` });
  return [...text.matchAll(STEPS)].map(([, kind, count, changed]) => (kind ? [kind, Number(count)] : ["change", fromLink(changed.replaceAll(";", "&"))]));
}

/** The steps of a link, up to where training stops; and not so many that a reader would wait, which is said. */
export function takeSteps(session, steps) {
  const all = steps.reduce((sum, [kind, count]) => sum + (kind === "change" ? 0 : count), 0);
  for (const [kind, given] of steps) {
    if (kind === "change" && session.moment < FARTHEST) change(session, given);
    else for (let done = 0; done < given && session.moment < FARTHEST && !session.stopped; done++) session[METHODS[kind]]();
  }
  if (all > FARTHEST) throw refusal("play_far", { count: String(all), most: String(FARTHEST) });
}

// What changes on the way is what can: not the data, and not the network.
function change(session, part) {
  const settings = checked(withPart(session.settings, part));
  if (!isSameStart(settings, session.settings)) throw refusal("play_later", { part: Object.keys(part).join(", ") });
  session.change(settings);
}

function readOpened(text) {
  const found = /^(?:(\d+)\.(\d+)(?:\.(\d+))?)?s(\d+)@(\d+)$/.exec(text.replace("%40", "@"));
  if (!found) throw refusal("play_link", { part: `open=${text}` });
  const [layer, neuron, from, sample, position] = found.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  const at = layer === undefined ? null : { layer, neuron: neuron - 1, ...(from === undefined ? {} : { from: from - 1 }) };
  return { at, sample: sample - 1, position };
}
