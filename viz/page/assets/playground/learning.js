// Which controls are there? Those of training in the bar; those of the network and of the data beside what they change.

import { byId } from "../lab/dom.js";
import { isHidden, mountFields } from "./fields.js";
import { INITIALIZERS } from "./network.js";
import { OPTIMIZERS } from "./optimizers.js";
import { classesOf } from "./program.js";
import { SCHEDULES } from "./schedules.js";
import { lossFor } from "./settings.js";
import { adjust, begin } from "./store.js";
import { LOSSES } from "./tasks.js";

const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const DECAYS = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
const NOISES = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];
const SIZES = [20, 50, 100, 150, 200, 300, 400, 500];
const PARTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5];
const BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const SPANS = [10, 20, 50, 100, 200, 500, 1000, 2000];
const MOMENTA = [0, 0.5, 0.8, 0.9, 0.95, 0.99];
const BETAS = [[0, 0.5, 0.8, 0.9, 0.95, 0.99], [0.9, 0.99, 0.999, 0.9999]];
const FACTORS = [0.1, 0.2, 0.5, 0.8, 0.9, 0.95];
const ENDS = [0, 0.01, 0.1, 0.2, 0.5];

const isMade = ({ settings }) => settings.data.name !== "own";
const hasFreeClasses = ({ settings: { data } }) => classesOf(data) > 0 && ["blobs", "own"].includes(data.name);

// Those with which the training goes on, from this moment.
const goesOn = (field) => ({ ...field, goesOn: true });
const trainedOn = ({ run }) => run.points.filter(({ isHeldOut }) => !isHeldOut).length; // a batch of all
const isMoving = ({ settings: { optimizer } }) => optimizer.schedule !== "constant";

const LEARNING = [
  { name: "loss", path: ["loss"], label: "ground_loss", words: "ground_loss", choices: (state) => lossesFor(state) },
  ...[
    { name: "optimizer", path: ["optimizer", "name"], label: "ground_optimizer", words: "ground_optimizer", choices: () => OPTIMIZERS },
    { name: "lr", path: ["optimizer", "lr"], label: "ground_lr", ladder: RATES },
    { name: "momentum", path: ["optimizer", "momentum"], label: "ground_momentum", ladder: MOMENTA, absent: 0, isFor: ({ settings }) => settings.optimizer.name === "sgd" },
    { name: "schedule", path: ["optimizer", "schedule"], label: "ground_schedule", words: "ground_schedule", choices: () => SCHEDULES },
    { name: "schedule_steps", path: ["optimizer", "schedule_steps"], label: "ground_schedule_steps", ladder: SPANS, isFor: isMoving },
    { name: "weight_decay", path: ["optimizer", "weight_decay"], label: "ground_weight_decay", ladder: DECAYS, absent: 0 },
    { name: "batch_size", path: ["batch_size"], label: "ground_batch_size", ladder: BATCHES, absent: trainedOn },
  ].map(goesOn),
];
// What is seldom changed is behind a button.
const MORE = [
  ...[
    ...[0, 1].map((place) => ({ name: "betas", path: ["optimizer", "betas", place], label: `ground_beta_${place}`, ladder: BETAS[place], isFor: ({ settings }) => settings.optimizer.name !== "sgd" })),
    { name: "warm_up", path: ["optimizer", "warm_up"], label: "ground_warm_up", ladder: [0, ...SPANS] },
    { name: "schedule_factor", path: ["optimizer", "schedule_factor"], label: "ground_schedule_factor", ladder: FACTORS, isFor: ({ settings }) => settings.optimizer.schedule === "step" },
    { name: "schedule_end", path: ["optimizer", "schedule_end"], label: "ground_schedule_end", ladder: ENDS, isFor: ({ settings }) => ["linear", "cosine"].includes(settings.optimizer.schedule) },
  ].map(goesOn),
  { name: "order_seed", path: ["seed"], label: "ground_order_seed" },
  { name: "split_seed", path: ["data", "split_seed"], label: "ground_split_seed", isFor: ({ settings }) => settings.data.validation > 0 },
  { name: "standardize", path: ["data", "standardize"], label: "ground_standardize", words: "ground_standardize", choices: () => [false, true], write: (text, store) => adjust(store, ["data", "standardize"], text === "true") },
];
const NETWORK = [
  { name: "layers", path: ["network", "layers", "length"], label: "ground_layers", most: 6, write: setLayers },
  { name: "init", path: ["network", "init"], label: "ground_init", words: "ground_init", choices: () => Object.keys(INITIALIZERS) },
  { name: "seed", path: ["network", "seed"], label: "ground_seed" },
];
const DATA = [
  { name: "n", path: ["data", "n"], label: "ground_n", ladder: SIZES, isFor: isMade },
  { name: "noise", path: ["data", "noise"], label: "ground_noise", ladder: NOISES, isFor: isMade },
  ...[0, 1].map((axis) => axisField(axis)),
  { name: "classes", path: ["data", "classes"], label: "ground_classes", least: 2, most: 4, write: setClasses, isFor: hasFreeClasses },
  { name: "validation", path: ["data", "validation"], label: "ground_validation", ladder: PARTS },
  { name: "data_seed", path: ["data", "seed"], label: "ground_data_seed", isFor: isMade },
];

// Of a table with more than two columns: which one is drawn to the right, and which one up.
function axisField(axis) {
  const choices = ({ run }) => run.names.map((_, column) => column);
  const write = (column, store) => adjust(store, ["data", "plane", axis], Number(column));
  const about = { goesOn: true, shown: ({ run }, column) => run.names[column], isFor: ({ run }) => run.names.length > 2 };
  return { name: "plane", path: ["data", "plane", axis], label: `ground_axis_${axis}`, choices, write, ...about };
}

export function mountLearning(store) {
  mountFields(store, byId("learning-fields"), LEARNING);
  mountFields(store, byId("more-fields"), MORE);
  byId("learning-fields").append(byId("more-button"));
  const draw = (state) => (byId("more-button").hidden = MORE.every(({ name }) => isHidden(state, name)));
  store.onChange(draw);
  draw(store.state);
  mountFields(store, byId("network-fields"), NETWORK);
  mountFields(store, byId("data-fields"), DATA);
}

/** The losses that fit what is predicted: a number, one of two classes, or one of more. */
export function lossesFor({ settings: { data } }) {
  const classes = classesOf(data);
  return classes === 2 ? LOSSES : [lossFor(data)];
}

// Another layer is like the last one.
function setLayers(count, store) {
  const { layers } = store.state.settings.network;
  const last = layers.at(-1) ?? { size: 4, activation: "tanh" };
  adjust(store, ["network", "layers"], Array.from({ length: count }, (_, index) => layers[index] ?? last));
}

/** So many classes, with a loss that takes them. */
export function setClasses(count, store) {
  begin(store, withClasses(store.state.settings, count));
}

export function withClasses(settings, classes) {
  const data = { ...settings.data, classes };
  return { ...settings, data, loss: lossesFor({ settings: { data } }).includes(settings.loss) ? settings.loss : lossFor(data) };
}
