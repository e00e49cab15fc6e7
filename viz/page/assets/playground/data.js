// What does the network learn from? The data sets of nn.datasets, with the same points for the same seed, one's own
// points, or a table; and which part of them is held out, as nn.preprocessing chooses it.
//
//   pointsOf(settings.data)             {X, y, names, classes}: rows of numbers, labels, names of the columns; classes
//                                       is 0 where y is a number to be predicted
//   scaleOfTargets(settings.data)       what standardizes the numbers to be predicted of a table, by the rows trained on
//   partsOf(settings.data, points)      {train, validation}: which rows, by number
//   inputsOf(settings, points)          {names, of(row)}: what the network is given of a row of X

import { legacyRandom, numpyRandom } from "./random.js";

/** The data sets by name: how many classes they have (0: numbers), and how much noise suits them. */
export const DATASETS = {
  moons: { classes: 2, noise: 0.1 },
  circles: { classes: 2, noise: 0.1 },
  xor: { classes: 2, noise: 0.1 },
  spirals: { classes: 2, noise: 0.1 },
  blobs: { classes: 2, noise: 0.5 },
  flower: { classes: 2, noise: 0.2 },
  yinyang: { classes: 3, noise: 0 },
  saddle: { classes: 0, noise: 0 },
  waves: { classes: 0, noise: 0 },
};
export const OWN = "own";
export const MOST_CLASSES = 10;

/** The points of a data set, or those that are in the settings. */
export function pointsOf(data) {
  if (data.name === OWN) return ownPoints(data);
  const names = ["x1", "x2"];
  if (!DATASETS[data.name].classes) return { ...surface(data), names, classes: 0 };
  return { ...MADE[data.name](data), names, classes: data.name === "blobs" ? data.classes : DATASETS[data.name].classes };
}

function ownPoints(data) {
  const { X, y, names = X[0].map((_, column) => `x${column + 1}`) } = data.points;
  if (data.task !== "numbers") return { X, y, names, classes: Math.max(data.classes, 1 + Math.max(...y)) };
  const scale = scaleOfTargets(data);
  return { X, y: scale ? y.map(scale.of) : y, names, classes: 0 };
}

/** Two functions between the unit of a table and mean 0, deviation 1: {of, inverse}; null where there is no such unit. */
export function scaleOfTargets(data) {
  if (data.name !== OWN || data.task !== "numbers" || !data.points.target) return null;
  const rows = partsOf(data, data.points).train.map((row) => [data.points.y[row]]);
  const { of, inverse } = standardizerOf(rows); // what is held out has no say in it
  return { of: (number) => of([number])[0], inverse: (number) => inverse([number])[0] };
}

// The data sets, line by line as in nn/datasets.py

const MADE = { moons, circles, xor, spirals, blobs, flower, yinyang };

function moons({ n, noise, seed }) {
  const [first, second] = sizes(n, 2);
  const upper = linspace(0, Math.PI, first).map((angle) => [Math.cos(angle), Math.sin(angle)]);
  const lower = linspace(0, Math.PI, second).map((angle) => [1 - Math.cos(angle), 0.5 - Math.sin(angle)]);
  return mixed([upper, lower], noise, numpyRandom(seed));
}

function circles({ n, noise, seed }) {
  const ring = (radius, size) => {
    const angles = Array.from({ length: size }, (_, i) => i * ((2 * Math.PI) / size));
    return angles.map((angle) => [radius * Math.cos(angle), radius * Math.sin(angle)]);
  };
  const [outer, inner] = sizes(n, 2);
  return mixed([ring(1, outer), ring(0.5, inner)], noise, numpyRandom(seed));
}

function xor({ n, noise, seed }) {
  const random = numpyRandom(seed);
  const quadrants = sizes(n, 2).map((size, label) => {
    const [a, b] = [0, 1].map(() => times(size, () => random.uniform(0.1, 1)));
    const side = times(size, () => [-1, 1][random.below(2)]);
    return a.map((_, i) => [side[i] * a[i], side[i] * [1, -1][label] * b[i]]);
  });
  return mixed(quadrants, noise, random);
}

function spirals({ n, noise, seed }) {
  const arms = sizes(n, 2).map((size, label) =>
    linspace(0.03, 1, size).map(Math.sqrt).map((t) => {
      const angle = 3 * Math.PI * t + [0, Math.PI][label];
      return [2 * (t * Math.cos(angle)), 2 * (t * Math.sin(angle))];
    }));
  return mixed(arms, noise, numpyRandom(seed));
}

function blobs({ n, noise, seed, classes }) {
  const clouds = sizes(n, classes).map((size, index) => {
    const angle = (2 * Math.PI * index) / classes;
    return times(size, () => [2 * Math.cos(angle), 2 * Math.sin(angle)]);
  });
  return mixed(clouds, noise, numpyRandom(seed));
}

function flower({ n, noise, seed }) {
  const random = legacyRandom(seed);
  const petals = sizes(n, 2).map((size, label) => {
    const angles = linspace(label * 3.12, (label + 1) * 3.12, size).map((t) => t + random.randn() * noise);
    const radii = angles.map((t) => 4 * Math.sin(4 * t) + random.randn() * noise);
    return angles.map((t, i) => [radii[i] * Math.sin(t), radii[i] * Math.cos(t)]);
  });
  return { X: petals.flat(), y: labels(petals) };
}

function yinyang({ n, noise, seed }) {
  const random = numpyRandom(seed);
  const count = sizes(n, 3);
  const found = count.map(() => []);
  while (found.some((group, label) => group.length < count[label])) {
    const point = [random.uniform(-1, 1), random.uniform(-1, 1)];
    if (Math.hypot(...point) <= 1) found[sideOfYinyang(...point)].push(point);
  }
  return mixed(found.map((group, label) => group.slice(0, count[label])), noise, random);
}

function sideOfYinyang(x, y) {
  const [right, left] = [Math.hypot(x - 0.5, y), Math.hypot(x + 0.5, y)];
  if (Math.min(right, left) < 0.2) return 2;
  return Number(left <= 0.5 || (y > 0 && right > 0.5));
}

const HEIGHTS = {
  saddle: (x, y) => x * y,
  waves: (x, y) => Math.sin(3 * x) * Math.cos(3 * y),
};

function surface({ name, n, noise, seed }) {
  const random = numpyRandom(seed);
  const X = times(n, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
  const y = X.map((point) => HEIGHTS[name](...point));
  return { X, y: noise ? y.map((height) => height + random.normal(0, noise)) : y };
}

function sizes(n, classes) {
  return times(classes, (index) => Math.floor(n / classes) + Number(index < n % classes));
}

function mixed(groups, noise, random) {
  const exact = groups.flat();
  const X = noise ? exact.map((point) => point.map((number) => number + random.normal(0, noise))) : exact;
  const [y, order] = [labels(groups), random.permutation(exact.length)];
  return { X: order.map((i) => X[i]), y: order.map((i) => y[i]) };
}

const labels = (groups) => groups.flatMap((group, label) => group.map(() => label));
const times = (count, made) => Array.from({ length: count }, (_, i) => made(i));

function linspace(start, stop, count) {
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  return times(count, (i) => (i > 0 && i === count - 1 ? stop : i * step + start));
}

// The parts

/** Which rows are trained on and which held out: each class in proportion, as nn.preprocessing.train_test_split. */
export function partsOf(data, points) {
  const { X, y } = data.name === OWN ? data.points : points; // as the table has them: numbers that differ, differ
  const count = roundedHalfEven(data.validation * X.length);
  if (!(count > 0 && count < X.length)) return { train: times(X.length, (i) => i), validation: [] };
  const order = spread(y, numpyRandom(data.split_seed));
  const sorted = (rows) => rows.toSorted((a, b) => a - b);
  return { train: sorted(order.slice(count)), validation: sorted(order.slice(0, count)) };
}

function spread(y, random) {
  const order = random.permutation(y.length);
  const classes = [...new Set(y)];
  if (2 * classes.length > y.length) return order;
  const share = new Float64Array(y.length);
  for (const one of classes) {
    const mine = order.filter((i) => y[i] === one);
    mine.forEach((i, place) => { share[i] = (place + 0.5) / mine.length; });
  }
  return order.toSorted((a, b) => share[a] - share[b]);
}

function roundedHalfEven(number) {
  const below = Math.floor(number);
  return number - below === 0.5 ? below + (below % 2) : Math.round(number);
}

// What the network is given

/** Functions of the plane, by the name of the input, and the same in Python for columns of X. */
export const FEATURES = {
  "x1^2": { of: (x) => x[0] * x[0], python: "X[:, 0] ** 2" },
  "x2^2": { of: (x) => x[1] * x[1], python: "X[:, 1] ** 2" },
  "x1*x2": { of: (x) => x[0] * x[1], python: "X[:, 0] * X[:, 1]" },
  "sin(x1)": { of: (x) => Math.sin(x[0]), python: "np.sin(X[:, 0])" },
  "sin(x2)": { of: (x) => Math.sin(x[1]), python: "np.sin(X[:, 1])" },
};

/** The inputs that are chosen, in the order of the settings: columns of X by their names, and features. */
export function inputsOf({ inputs }, { names }) {
  const chosen = inputs.map((name) => inputNamed(name, names));
  return { names: inputs, of: (row) => chosen.map((input) => input(row)) };
}

function inputNamed(name, names) {
  const column = names.indexOf(name);
  return column >= 0 ? (row) => row[column] : FEATURES[name].of;
}

/** Columns brought to mean 0 and standard deviation 1 by some of the rows, as nn.preprocessing.Standardizer does. */
export function standardizerOf(rows) {
  const columns = rows[0].map((_, column) => scaleOf(rows.map((row) => row[column])));
  return {
    of: (row) => row.map((number, column) => (number - columns[column].mean) / columns[column].scale),
    inverse: (row) => row.map((number, column) => number * columns[column].scale + columns[column].mean),
  };
}

function scaleOf(numbers) {
  const largest = Math.max(...numbers.map(Math.abs));
  const power = largest ? 2 ** Math.floor(Math.log2(largest)) : 1; // divided by it, no square leaves the range of floats
  const shrunk = numbers.map((x) => x / power);
  const mean = shrunk.reduce((sum, x) => sum + x, 0) / numbers.length;
  const spread = Math.sqrt(shrunk.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length);
  const isConstant = spread <= 1e-12 * (largest / power);
  return isConstant ? { mean: numbers[0], scale: 1 } : { mean: mean * power, scale: spread * power };
}
