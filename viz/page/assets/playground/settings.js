// What is there to set, and what does a link say of it? The settings are one plain object, which a link, Python and the
// page give to each other.
//
//   DEFAULTS                  all settings, as they are where nothing else is said
//   complete(part)            settings of which only a part is said; the noise of a data set is its own
//   checked(settings)         the same settings, complete; an error that says what cannot be used, and what can
//   toLink(settings)          what differs from the defaults, as the text behind the # of a link
//   fromLink(text)            and back
//   changesText(one, before)  what differs between the settings of two moments, as it stands in a link
//   withPart(settings, part)  the same settings but for a part

import { nearest } from "../engine/nearest.js";
import { DATASETS, FEATURES, MOST_CLASSES, OWN } from "./data.js";
import { PIECES } from "./lines.js";
import { INITIALIZERS, countOf } from "./network.js";
import { OPTIMIZERS } from "./optimizers.js";
import { classesOf, shapeOf } from "./program.js";
import { refusal } from "./refusals.js";
import { SCHEDULES } from "./schedules.js";
import { LOSSES } from "./tasks.js";

export const DEFAULTS = {
  data: {
    name: "moons", n: 100, noise: null, seed: 0, classes: 2, points: null, task: "classes", validation: 0.2,
    split_seed: 0, plane: [0, 1], standardize: false,
  },
  inputs: null,
  network: {
    layers: [{ size: 4, activation: "tanh" }, { size: 4, activation: "tanh" }], output: null, init: "xavier", seed: 0,
    parameters: null,
  },
  loss: null,
  optimizer: {
    name: "adam", lr: 0.03, momentum: 0, nesterov: false, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0,
    max_norm: null, max_value: null, schedule: "constant", schedule_steps: 100, schedule_factor: 0.1, schedule_end: 0,
    warm_up: 0,
  },
  batch_size: 10,
  seed: 0,
  hidden: [],
};

/** The controls that a lesson can hide, by the names that they have in the page. */
export const CONTROLS = [
  "loss", "optimizer", "lr", "momentum", "schedule", "schedule_steps", "weight_decay", "batch_size", "betas", "warm_up",
  "schedule_factor", "schedule_end", "order_seed", "layers", "neurons", "activation", "inputs", "init", "seed", "data", "points",
  "n", "noise", "classes", "validation", "data_seed", "split_seed", "standardize", "plane", "rewind", "pace",
];

/** All activations, "linear" first. */
export const ACTIVATIONS = ["linear", ...Object.keys(PIECES).filter(isActivation).map((key) => key.slice(0, -2))];
const MOST = { points: 5000, size: 64, layers: 8, columns: 64, noise: 10, seed: 2 ** 32 - 1 };

function isActivation(key) {
  return / n$/.test(key) && !/^(affine|weights|samples) /.test(key);
}

/** Settings of which only a part is said, at any depth. */
export function complete(part = {}) {
  const settings = merged(DEFAULTS, part);
  const { data } = settings;
  data.noise ??= DATASETS[data.name]?.noise ?? 0;
  settings.loss ??= lossFor(data);
  settings.inputs ??= data.points?.names ?? namesOf(data);
  return settings;
}

/** The loss that suits data. */
export function lossFor(data) {
  const classes = classesOf(data);
  return classes === 0 ? "mse" : classes > 2 ? "cross_entropy" : "bce_with_logits";
}

/** The names of the columns of the data. */
export function namesOf({ name, points }) {
  if (name !== OWN || !points) return ["x1", "x2"];
  return points.names ?? points.X[0].map((_, column) => `x${column + 1}`);
}

function merged(whole, part) {
  if (!isPlain(whole) || !isPlain(part)) return structuredClone(part ?? whole);
  const names = new Set([...Object.keys(whole), ...Object.keys(part)]);
  return Object.fromEntries([...names].map((name) => {
    if (!(name in part)) return [name, structuredClone(whole[name])];
    return [name, name in whole && part[name] !== null ? merged(whole[name], part[name]) : structuredClone(part[name])];
  }));
}

// Checking

/** The settings, complete, or an error that says what cannot be used. */
export function checked(part = {}) {
  checkNames(part, DEFAULTS, "");
  const settings = checkedData(part);
  const { data, network, optimizer } = settings;
  for (const input of settings.inputs) choice("input", input, [...namesOf(data), ...featuresOf(data)]);
  if (!settings.inputs.length) throw refusal("play_no_input");
  checkNetwork(network);
  choice("loss", settings.loss, LOSSES);
  checkLoss(settings);
  choice("optimizer", optimizer.name, OPTIMIZERS);
  choice("schedule", optimizer.schedule, SCHEDULES);
  checkOptimizer(optimizer);
  if (settings.batch_size !== null) whole("batch_size", settings.batch_size, 1, MOST.points);
  whole("seed", settings.seed, 0, MOST.seed);
  checkHidden(settings.hidden);
  checkParameters(settings);
  return settings;
}

function checkParameters(settings) {
  const { parameters } = settings.network;
  if (parameters === null) return;
  const count = countOf(shapeOf(settings).layers);
  const isRight = Array.isArray(parameters) && parameters.length === count && parameters.every(Number.isFinite);
  if (!isRight) throw refusal("play_parameters", { count: String(count) });
}

function checkedData(part) {
  const name = part.data?.name ?? DEFAULTS.data.name;
  choice("data", name, [...Object.keys(DATASETS), OWN]);
  if (name === OWN) checkPoints(part.data);
  else if (part.data?.classes !== undefined) whole("classes", part.data.classes, 2, MOST_CLASSES);
  const settings = complete(part);
  const { data } = settings;
  whole("n", data.n, Math.max(2, classesOf(data)), MOST.points);
  number("noise", data.noise, 0, MOST.noise);
  number("validation", data.validation, 0, 0.9);
  whole("data.seed", data.seed, 0, MOST.seed);
  whole("split_seed", data.split_seed, 0, MOST.seed);
  const columns = namesOf(data).length;
  if (!Array.isArray(data.plane) || data.plane.length !== 2) throw refusal("play_plane");
  for (const column of data.plane) whole("plane", column, 0, Math.max(1, columns - 1));
  return settings;
}

function checkPoints({ points, task = "classes" }) {
  choice("task", task, ["classes", "numbers"]);
  const isMatrix = Array.isArray(points?.X) && points.X.length && points.X.every((row) => Array.isArray(row));
  if (!isMatrix || !Array.isArray(points.y) || points.y.length !== points.X.length) throw refusal("play_no_points");
  const [count, width] = [points.X.length, points.X[0].length];
  if (count > MOST.points) throw refusal("play_many_points", { count: String(count), most: String(MOST.points) });
  const isNamed = points.names === undefined || (Array.isArray(points.names) && points.names.length === width);
  if (width < 1 || width > MOST.columns || !isNamed) {
    throw refusal("play_columns", { count: String(width), most: String(MOST.columns) });
  }
  points.X.forEach((row, i) => {
    const isRight = row.length === width && row.every(Number.isFinite);
    if (!isRight) throw refusal("play_row", { row: String(i + 1), count: String(width) });
  });
  points.y.forEach((label, i) => checkLabel(task, label, i + 1));
}

function checkLabel(task, label, row) {
  const isClass = Number.isInteger(label) && label >= 0 && label < MOST_CLASSES;
  if (task === "numbers" ? Number.isFinite(label) : isClass) return;
  const key = task === "numbers" ? "play_number" : "play_label";
  throw refusal(key, { row: String(row), label: String(label), most: String(MOST_CLASSES - 1) });
}

// Features are of the plane: for data of two columns that are called as they are.
function featuresOf(data) {
  const names = namesOf(data);
  return names[0] === "x1" && names[1] === "x2" ? Object.keys(FEATURES) : [];
}

function checkNetwork({ layers, output, init }) {
  if (!Array.isArray(layers) || layers.length > MOST.layers) throw refusal("play_layers", { most: String(MOST.layers) });
  for (const layer of layers) {
    const { size, activation } = layer ?? {};
    whole("size", size, 1, MOST.size);
    choice("activation", activation, ACTIVATIONS);
  }
  if (output !== null) choice("activation", output, ACTIVATIONS);
  choice("init", init, Object.keys(INITIALIZERS));
}

function checkLoss({ data, loss, network }) {
  const classes = classesOf(data);
  if (classes === 0 && loss !== "mse") throw refusal("play_loss_numbers", { loss });
  if (classes > 2 && !["cross_entropy", "mse"].includes(loss)) throw refusal("play_loss_classes", { loss, classes: String(classes) });
  const { output } = network;
  if (loss === "bce" && (output ?? "sigmoid") !== "sigmoid") throw refusal("play_bce_output", { output });
}

function checkOptimizer(optimizer) {
  number("lr", optimizer.lr, Number.MIN_VALUE, Infinity);
  number("momentum", optimizer.momentum, 0, 0.9999999);
  number("weight_decay", optimizer.weight_decay, 0, Infinity);
  whole("schedule_steps", optimizer.schedule_steps, 1, 1e9);
  whole("warm_up", optimizer.warm_up, 0, 1e9);
  if (!Array.isArray(optimizer.betas) || optimizer.betas.length !== 2) throw refusal("play_betas");
  for (const beta of optimizer.betas) number("betas", beta, 0, 0.9999999);
  number("eps", optimizer.eps, 0, Infinity);
  number("schedule_factor", optimizer.schedule_factor, 0, Infinity);
  number("schedule_end", optimizer.schedule_end, 0, Infinity);
  for (const name of ["max_norm", "max_value"]) if (optimizer[name] !== null) number(name, optimizer[name], Number.MIN_VALUE, Infinity);
}

// What a lesson hides are controls by their names.
function checkHidden(hidden) {
  if (!Array.isArray(hidden)) throw refusal("play_hidden", { given: String(hidden) });
  for (const name of hidden) choice("hidden", name, CONTROLS);
}

// Every name is one of the defaults, at any depth.
function checkNames(part, known, before) {
  for (const [name, inner] of Object.entries(part)) {
    const names = Object.keys(known);
    if (!names.includes(name)) {
      throw refusal("play_unknown", { name: before + name, nearest: before + (nearest(name, names) ?? names[0]) });
    }
    if (!isPlain(known[name]) || inner === undefined) continue;
    const path = `${before}${name}`;
    if (!isPlain(inner)) throw refusal("play_part", { name: path, example: `${path}.${Object.keys(known[name])[0]}` });
    checkNames(inner, known[name], `${path}.`);
  }
}

const isPlain = (item) => item !== null && typeof item === "object" && !Array.isArray(item);

function choice(what, given, choices) {
  if (choices.includes(given)) return;
  const best = nearest(String(given), choices) ?? choices[0];
  throw refusal("play_choice", { what, given: String(given), choices: choices.join(", "), nearest: best });
}

function number(what, given, least, most) {
  const isRight = typeof given === "number" && given >= least && given <= most && Number.isFinite(given);
  const limits = { least: least === Number.MIN_VALUE ? "> 0" : `≥ ${least}`, most: most === Infinity ? "< ∞" : `≤ ${most}` };
  if (!isRight) throw refusal("play_range", { what, given: String(given), ...limits });
}

function whole(what, given, least, most) {
  const limits = { least: `≥ ${least}`, most: `≤ ${most}` };
  if (!Number.isInteger(given)) throw refusal("play_whole", { what, given: String(given), ...limits });
  number(what, given, least, most);
}

// Links

/** What differs from the defaults: name=value, with dots for what is inside, and layers as 4tanh-4relu. */
export function toLink(settings) {
  const { loss, inputs, data } = complete({ data: { ...settings.data, noise: null } }); // as chosen where nothing is said
  const usual = { ...DEFAULTS, loss, inputs, data: { ...DEFAULTS.data, noise: data.noise } };
  return parts(settings, usual, "").map(([name, value]) => `${name}=${encoded(written(name, value))}`).join("&");
}

/** What of the settings of a moment is other than before: name=value, with ; between. */
export function changesText({ optimizer, batch_size }, before) {
  const usual = { optimizer: before.optimizer, batch_size: before.batch_size };
  return parts({ optimizer, batch_size }, usual, "").map(([name, value]) => `${name}=${encoded(written(name, value))}`).join(";");
}

/** Settings with other parts, at any depth. */
export function withPart(settings, part) {
  checkNames(part, DEFAULTS, "");
  return merged(settings, part);
}

function parts(settings, defaults, before) {
  return Object.keys(defaults).flatMap((name) => {
    const [value, usual, path] = [settings[name], defaults[name], before + name];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(usual)) return [];
    return isPlain(usual) ? parts(value, usual, `${path}.`) : [[path, value]];
  });
}

function written(name, value) {
  if (name === "network.layers") return value.map(({ size, activation }) => `${size}${activation}`).join("-");
  if (name === "inputs" || name === "hidden") return value.join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}

const encoded = (text) => encodeURIComponent(text).replace(/%(2C|3A|5B|5D|5E|2A|28|29)/g, decodeURIComponent);

/** The settings that a link speaks of; the others are left out. */
export function fromLink(text) {
  const settings = Object.create(null); // whatever a link names, it is nothing but a name
  for (const part of text.replace(/^#/, "").split("&").filter(Boolean)) {
    const [name, ...rest] = part.split("=");
    const value = read(name, decoded(rest.join("="), part), part);
    const path = name.split(".");
    let place = settings;
    for (const key of path.slice(0, -1)) place = isPlain(place[key]) ? place[key] : (place[key] = Object.create(null));
    place[path.at(-1)] = value;
  }
  return settings;
}

function decoded(text, part) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refusal("play_link", { part });
  }
}

const TEXTS = new Set([
  "data.name", "data.task", "network.output", "network.init", "loss", "optimizer.name", "optimizer.schedule",
]);

function read(name, text, part) {
  if (name === "inputs" || name === "hidden") return text.split(",").filter(Boolean);
  if (name === "network.layers") return text.split("-").filter(Boolean).map((each) => layerOf(each, part));
  if (TEXTS.has(name)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("play_link", { part });
  }
}

function layerOf(text, part) {
  const found = /^(\d+)([a-z_]+)$/.exec(text);
  if (!found) throw refusal("play_link", { part });
  return { size: Number(found[1]), activation: found[2] };
}
