// How far has a batch come through the network, in slow motion? Forward it goes layer by layer from the inputs, backward from
// the output; while the loss is computed nothing flows.

/**
 * For a phase {name, share} and so many layers of weights: {isBackward, shares}, where shares[layer] is the part of the way
 * that has been gone across the weights of a layer, counted from 1. Null while the weights stand as they are.
 */
export function flowAt(phase, layers) {
  if (!phase || phase.name === "update") return null;
  const gone = { forward: phase.share, loss: 1, backward: phase.share }[phase.name] * layers;
  const isBackward = phase.name === "backward";
  const before = (layer) => (isBackward ? layers - layer : layer - 1);
  const shares = Array.from({ length: layers + 1 }, (_, layer) => Math.max(0, Math.min(1, gone - before(layer))));
  return { isBackward, shares };
}
