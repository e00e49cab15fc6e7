// How does what happens in the page go on in Python? As a script that trains the same, and as a file that nn.load reads.
//
//   pythonOf(recipe)                      the script, of {settings, steps, changes}: see training.js
//   modelJson(settings, P)                the text of the file model.json

import { FEATURES, OWN, partsOf, pointsOf, scaleOfTargets } from "./data.js";
import { placesOf } from "./network.js";
import { shapeOf } from "./program.js";

const USUAL = { nesterov: false, momentum: 0, betas: [0.9, 0.999], eps: 1e-8, max_norm: null, max_value: null };
const CLASSES = { sgd: "SGD", adam: "Adam", adamw: "AdamW" };
const WIDEST = 100; // of a line of the script
const LOSSES = {
  hinge: "hinge_loss", mse: "mse_loss", bce: "binary_cross_entropy", cross_entropy: "cross_entropy",
  bce_with_logits: "binary_cross_entropy_with_logits",
};

/**
 * A script that gives the same losses and parameters, and prints the losses: whole epochs with fit, and from the first one
 * on that went otherwise, or in which a setting changed, step by step.
 */
export function pythonOf({ settings, steps = [], changes = [] }) {
  const points = pointsOf(settings.data);
  const count = partsOf(settings.data, points).train.length;
  const usual = settings.batch_size ?? count;
  const { epochs, done } = regular(steps.slice(0, changes[0]?.moment), count, usual);
  const rest = stretchesOf({ settings, steps, changes }, done);
  const isWritten = rest.some(({ sizes }) => sizes.length);
  const hasPart = partsOf(settings.data, points).validation.length > 0;
  const script = [
    ...imports(settings, isWritten),
    "",
    ...dataLines(settings, points, hasPart),
    "",
    ...modelLines(settings),
    ...optimizerLines(settings.optimizer),
    ...(epochs ? ["", ...fitLines(settings, epochs, hasPart)] : []),
    ...(rest.length ? ["", ...(isWritten ? stepLines(settings, epochs, rest) : rest.flatMap(({ lines }) => lines))] : []),
    "",
  ];
  return script.join("\n");
}

// How many whole epochs the steps begin with, in batches of the usual size; and how many steps these are.
function regular(steps, count, usual) {
  const sizes = Array.from({ length: Math.ceil(count / usual) }, (_, i) => Math.min(usual, count - i * usual));
  let epochs = 0;
  const isEpoch = (begin) => sizes.every((size, i) => steps[begin + i] === size);
  while (isEpoch(epochs * sizes.length)) epochs += 1;
  return { epochs, done: epochs * sizes.length };
}

// The steps after so many, in stretches of the same settings: {sizes, lines}, where lines say what changes before them.
function stretchesOf({ settings, steps, changes }, done) {
  const begins = [{ moment: done, settings, lines: [] }, ...changes.map((each, i) => ({ ...each, lines: changeLines(each.settings, changes[i - 1]?.settings ?? settings) }))];
  const stretches = begins.map(({ moment, lines }, i) => ({ sizes: steps.slice(moment, begins[i + 1]?.moment), lines }));
  return stretches.filter(({ sizes, lines }) => sizes.length || lines.length);
}

function imports({ data, inputs }, hasSteps) {
  const needsNumpy = data.name === OWN || inputs.some((name) => name in FEATURES) || inputs.join() !== "x1,x2";
  return [...(hasSteps ? ["import random", ""] : []), ...(needsNumpy ? ["import numpy as np"] : []), "from tinygrad_edu import nn"];
}

// Data

function dataLines(settings, points, hasPart) {
  const { data, inputs } = settings;
  const lines = data.name === OWN ? ownLines(data.points) : [madeLine(data)];
  const [train, all] = hasPart ? ["X, X_val, y, y_val", ["X", "X_val"]] : ["", ["X"]];
  if (hasPart) lines.push(`${train} = nn.train_test_split(X, y, test_size=${data.validation}, seed=${data.split_seed})`);
  if (data.standardize) lines.push("standard = nn.Standardizer.of(X)", ...all.map((name) => `${name} = standard(${name})`));
  if (scaleOfTargets(data)) {
    lines.push("unit = nn.Standardizer.of(y.reshape(-1, 1))");
    lines.push(...all.map((name) => name.replace("X", "y")).map((name) => `${name} = unit(${name}.reshape(-1, 1)).ravel()`));
  }
  const isAll = inputs.length === points.names.length && inputs.every((name, i) => name === points.names[i]);
  return isAll ? lines : [...lines, ...inputLines(inputs, points.names, all)];
}

function madeLine({ name, n, noise, seed, classes }) {
  const more = name === "blobs" ? `, classes=${classes}` : "";
  return `X, y = nn.datasets.${name}(n=${n}, noise=${noise}, seed=${seed}${more})`;
}

function ownLines({ X, y }) {
  const rows = X.map((row) => `    [${row.map(numberText).join(", ")}],`);
  return ["X = np.array([", ...rows, "])", ...listLines("y = np.array([", y.map(numberText), "])")];
}

function inputLines(inputs, names, all) {
  const columns = inputs.map((name) => (name in FEATURES && !names.includes(name) ? FEATURES[name].python : `X[:, ${names.indexOf(name)}]`));
  return [
    "",
    "def inputs(X):",
    ...listLines("    return np.column_stack([", columns, "])", "    "),
    "",
    ...all.map((name) => `${name} = inputs(${name})`),
  ];
}

// The network

function modelLines({ network, ...settings }) {
  const { layers } = shapeOf({ network, ...settings });
  const hidden = layers.slice(0, -1).map(({ activation }) => activation);
  const isOne = new Set(hidden).size <= 1;
  const activation = isOne ? JSON.stringify(hidden[0] ?? "relu") : `[${hidden.map((name) => JSON.stringify(name)).join(", ")}]`;
  const last = layers.at(-1).activation;
  const model = listLines("model = nn.MLP(", [
    String(layers[0].inputs),
    `[${layers.map(({ size }) => size).join(", ")}]`,
    `activation=${activation}`,
    ...(last === "linear" ? [] : [`output="${last}"`]),
    `init="${network.init}"`,
    `seed=${network.seed}`,
  ], ")");
  if (!network.parameters) return model;
  return [
    ...model,
    ...listLines("P = [", network.parameters.map(numberText), "]"),
    "for parameter, number in zip(model.parameters(), P):",
    "    parameter.data = number",
  ];
}

function optimizerLines({ name, lr, ...options }) {
  const usual = { ...USUAL, weight_decay: name === "adamw" ? null : 0 }; // of AdamW, it is always said
  const isOther = (key) => JSON.stringify(options[key]) !== JSON.stringify(usual[key]) && isOf(name, key);
  const given = Object.keys(usual).filter(isOther).map((key) => `${key}=${valueText(options[key])}`);
  const schedule = scheduleText(options);
  const items = ["model.parameters()", `lr=${numberText(lr)}`, ...given, ...(schedule ? [`schedule=${schedule}`] : [])];
  return listLines(`optimizer = nn.${CLASSES[name]}(`, items, ")");
}

function isOf(name, key) {
  if (key === "momentum" || key === "nesterov") return name === "sgd";
  return key === "betas" || key === "eps" ? name !== "sgd" : true;
}

// What is set anew on the way. Another formula is another optimizer, which remembers nothing.
function changeLines({ optimizer, batch_size: size }, before) {
  const sized = size === before.batch_size ? [] : [`# batches of ${size ?? "all samples"} from here on`];
  if (optimizer.name !== before.optimizer.name) return [...sized, ...optimizerLines(optimizer)];
  const names = ["lr", "weight_decay", ...Object.keys(USUAL)].filter((name) => isOf(optimizer.name, name));
  const isOther = (name) => JSON.stringify(optimizer[name]) !== JSON.stringify(before.optimizer[name]);
  const set = names.filter(isOther).map((name) => `optimizer.${name} = ${valueText(optimizer[name])}`);
  const [schedule, old] = [optimizer, before.optimizer].map((each) => scheduleText(each) || "nn.schedules.constant()");
  return [...sized, ...set, ...(schedule === old ? [] : [`optimizer.schedule = ${schedule}`])];
}

function scheduleText({ schedule, schedule_steps: steps, schedule_factor: factor, schedule_end: end, warm_up: warmUp }) {
  const forms = {
    constant: "nn.schedules.constant()",
    step: `nn.schedules.step(${steps}, factor=${numberText(factor)})`,
    linear: `nn.schedules.linear(${steps}, end=${numberText(end)})`,
    cosine: `nn.schedules.cosine(${steps}, end=${numberText(end)})`,
  };
  if (!warmUp) return schedule === "constant" ? "" : forms[schedule];
  return `nn.schedules.warm_up(${warmUp}, then=${forms[schedule]})`;
}

// Training

function fitLines({ loss, batch_size: size, seed }, epochs, hasPart) {
  const validation = hasPart ? ["validation_data=(X_val, y_val)"] : [];
  const options = [`loss="${loss}"`, "optimizer=optimizer", `epochs=${epochs}`, `batch_size=${size ?? "None"}`, `seed=${seed}`];
  return [
    ...listLines("history = nn.fit(", ["model", "X", "y", ...options, ...validation], ")"),
    "print(history)",
    "for loss in history.loss:",
    "    print(loss)",
  ];
}

// What follows whole epochs, was taken in other steps or with other settings: written out, a step at a time.
function stepLines({ loss, seed }, epochs, stretches) {
  const targets = loss === "hinge" ? "2 * y - 1" : "y";
  return [
    `targets = ${targets}`,
    `shuffled, order, waiting = random.Random(${seed}), list(range(len(X))), []`,
    ...(epochs ? [`for _ in range(${epochs}):`, "    shuffled.shuffle(order)"] : []),
    "",
    "",
    "def train(sizes):",
    "    for size in sizes:  # how many samples each step takes",
    "        if not waiting:",
    "            shuffled.shuffle(order)",
    "            waiting.extend(order)",
    "        batch = [waiting.pop(0) for _ in range(size)]",
    "        optimizer.zero_grad()",
    `        loss = nn.${LOSSES[loss]}([model(X[i]) for i in batch], [targets[i].item() for i in batch])`,
    "        loss.backward()",
    "        optimizer.step()",
    "        print(loss.data)",
    "",
    "",
    ...stretches.flatMap(({ sizes, lines }) => [...lines, ...(sizes.length ? listLines("train(", sizesOf(sizes), ")", "", " + ") : [])]),
  ];
}

// Many equal ones are written as a product.
function sizesOf(sizes) {
  const runs = [];
  for (const size of sizes) {
    if (runs.at(-1)?.size === size) runs.at(-1).count += 1;
    else runs.push({ size, count: 1 });
  }
  return runs.map(({ size, count }) => (count > 1 ? `${count} * [${size}]` : `[${size}]`));
}

// Numbers as Python writes them

function numberText(x) {
  if (Number.isFinite(x)) return String(x).replace("e+", "e");
  return x > 0 ? 'float("inf")' : x < 0 ? 'float("-inf")' : 'float("nan")';
}

function valueText(value) {
  if (Array.isArray(value)) return `(${value.map(numberText).join(", ")})`;
  return typeof value === "boolean" ? (value ? "True" : "False") : value === null ? "None" : numberText(value);
}

// A list, a call or a sum, on as many lines as it takes.
function listLines(begin, items, end, indent = "", between = ", ") {
  const short = `${begin}${items.join(between)}${end}`;
  if (short.length <= WIDEST) return [short];
  const lines = [];
  for (const [place, item] of items.entries()) {
    const isLast = place === items.length - 1;
    const text = item + (isLast && between !== ", " ? "" : between.trimEnd());
    if (!lines.length || lines.at(-1).length + text.length + 1 > WIDEST) lines.push(`${indent}    ${text}`);
    else lines[lines.length - 1] += ` ${text}`;
  }
  return [begin, ...lines, `${indent}${end}`];
}

// The file of a model, as nn/checkpoint.py writes it

export function modelJson(settings, P) {
  const { layers } = shapeOf(settings);
  const hidden = layers.slice(0, -1).map(({ activation }) => activation);
  const head = {
    format: "tinygrad_edu model",
    version: 1,
    sizes: [layers[0].inputs, ...layers.map(({ size }) => size)],
    activation: new Set(hidden).size <= 1 ? hidden[0] ?? "relu" : hidden,
    output: layers.at(-1).activation,
    about: { inputs: settings.inputs, loss: settings.loss },
  };
  const lines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const bodies = placesOf(layers).map((places, i) => layerText(layers[i], places, P)).join(",\n");
  return `{\n${lines.join(",\n")},\n  "layers": [\n${bodies}\n  ]\n}\n`;
}

function layerText({ inputs, size }, { from, row }, P) {
  const neurons = Array.from({ length: size }, (_, n) => [...P.slice(from + n * row, from + (n + 1) * row)]);
  const text = (numbers) => `[${numbers.map((x) => JSON.stringify(Number.isFinite(x) ? x : said(x))).join(", ")}]`;
  const rows = neurons.map((neuron) => `      ${text(neuron.slice(0, inputs))}`);
  return `    {"W": [\n${rows.join(",\n")}],\n     "b": ${text(neurons.map((neuron) => neuron[inputs]))}}`;
}

const said = (x) => (x > 0 ? "inf" : x < 0 ? "-inf" : "nan");
