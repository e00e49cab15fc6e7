// What are the arrays of the matrix program about? Each line of it computes one: of the weights or the neurons of a layer, of
// the samples, or something on the way to the loss. So a line, or a number in it, is at home somewhere in the network.
//
//   subjectOf(name)                       {kind, layer, letter, isGradient}
//   cellAt(subject, shape, index)         where a number of the array is at home: {at, sample}
//   isAbout(subject, at)                  whether the array has numbers of this neuron or weight
//   isOf(subject, shape, index, at)       whether that number is one of them
//   sidesOf(subject, shape)               what its rows and its columns stand for: ["samples", "neurons"]
//   statisticsOf(numbers)                 {count, least, largest, mean, zeros, odd} of many numbers
//
//   name     of an array, as the compiler calls it: Z1 and dZ1 are of layer 1
//   kind     "inputs", "targets", "weights", "biases", "neurons", "loss", or "others" for what is on the way to it
//   at       a neuron or a weight, {layer, neuron, from}: layers count from 1, and 0 are the inputs; the others from 0. All of a
//            layer are {layer, kind}, such as its "weights"
//   index    the place of the number in the array, row by row

const KINDS = { X: "inputs", Y: "targets", y: "targets", W: "weights", b: "biases", Z: "neurons", A: "neurons" };
const SIDES = {
  inputs: ["samples", "inputs"],
  targets: ["samples", "outputs"],
  weights: ["neurons", "sources"],
  biases: ["neurons"],
  neurons: ["samples", "neurons"],
  others: ["samples", "parts"],
  loss: [],
};

/** What a line is about; its name is one of a textbook: dW2 is the gradient of the weights of layer 2. */
export function subjectOf(name) {
  const [, d, letter, digits] = /^(d?)([A-Za-z]+?)(\d*)$/.exec(name) ?? [null, "", name, ""];
  const isLoss = letter === "loss";
  const kind = isLoss ? "loss" : (KINDS[letter] ?? "others");
  const isLayers = ["weights", "biases", "neurons"].includes(kind);
  return { kind, letter, layer: isLayers ? Number(digits) : kind === "inputs" ? 0 : null, isGradient: d === "d" };
}

/** What the rows and the columns stand for; of an array with one number nothing. */
export function sidesOf({ kind }, shape) {
  return SIDES[kind].slice(0, shape.length);
}

/** Where a number is at home: in a neuron or weight, or null, and in a sample of the batch, or null. */
export function cellAt({ kind, layer }, shape, index) {
  const [row, column] = placeOf(shape, index);
  if (kind === "weights") return { at: { layer, neuron: row, from: column }, sample: null };
  if (kind === "biases") return { at: { layer, neuron: row }, sample: null };
  if (kind === "neurons" || kind === "inputs") return { at: { layer, neuron: column }, sample: row };
  return { at: null, sample: shape.length ? row : null };
}

function placeOf(shape, index) {
  const columns = shape.length > 1 ? shape.at(-1) : 1;
  return [Math.floor(index / columns), index % columns];
}

/** Whether an array has numbers of a neuron, a weight or a layer. A neuron has its bias and its weights too. */
export function isAbout({ kind, layer }, at) {
  if (!at || layer !== at.layer) return false;
  if (at.kind) return kind === at.kind;
  return at.from === undefined || kind === "weights";
}

/** Whether a number of the array is one of this neuron or weight; of a whole layer all are. */
export function isOf(subject, shape, index, at) {
  if (!isAbout(subject, at)) return false;
  if (at.neuron === undefined) return true;
  const own = cellAt(subject, shape, index).at;
  return own.neuron === at.neuron && (at.from === undefined || own.from === at.from);
}

/** What there is to say of many numbers; of those that are inf or NaN only how many there are. */
export function statisticsOf(numbers) {
  const known = Array.from(numbers).filter(Number.isFinite);
  const [least, largest] = [Math.min, Math.max].map((choose) => known.reduce((found, number) => choose(found, number), known[0] ?? NaN));
  const mean = known.reduce((sum, number) => sum + number, 0) / known.length;
  const zeros = known.filter((number) => number === 0).length;
  return { count: numbers.length, least, largest, mean, zeros, odd: numbers.length - known.length };
}
