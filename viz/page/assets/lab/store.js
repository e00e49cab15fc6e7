// What does the page show at a moment? One state. Parts of the page read it, change it with the functions below, and are
// told of every change; none of them keeps a truth of its own.
//
//   text       the formula that the graph was made from, or null for a graph that Python sent without one
//   typed      what stands in the formula box: the text, or a wrong one on its way to the next
//   mistake    what is wrong with what is typed, an error of the engine; null if nothing is
//   graph      {nodes, args, names} of the engine, with today's numbers
//   start      a Map from the numbers of leaves to the numbers they had first
//   steps      the chain rule on it
//   position   0: before the first step; i: step i - 1 of the list is done; steps.length + 1: after the last
//   problem    what is wrong with a number, an error of the engine; null if nothing is
//   quiz       what was predicted so far, or null outside of predict mode: see quiz.js
//   asked      the node whose gradient is a question (on the way forward, its number), or null; it follows from quiz
//   isHeld     whether the last change wanted to go past an open question
//   pointed    the node that the pointer or the focus is on, or null
//   path       the steps back along the path that is looked at, from a node to the output; empty if there is none
//   traced     the node whose paths are listed, or null for the one with the most
//   order      the order that the sweep is tried in, or null for the first that goes wrong
//   descent    how downhill goes: see downhill.js; null before it begins
//   tab        the panel that is open
//   lang       "en" or "zh"
//   room       "lab", or "playground", which has a state of its own
//   opened     a Set of the groups that are open, by their names
//   sample     the sample that is entered, or null
//   presenting whether only the stage and the step are shown
//   playing    whether the steps run by themselves
//   speed      of playing, 1 is the usual
//   from       what was opened in the playground, if the graph is from there, or null: see playground/opened.js
//   notice     {key, places}, a string that the page says once, such as what a link had in it; or null

import { leavesOf } from "../engine/graph.js";
import { graphFrom, withNumbers } from "../engine/recompute.js";
import { chainRule } from "../engine/steps.js";
import { withQuestion } from "./quiz.js";
import { sampleAt } from "./samples.js";

const USUAL = {
  text: null, typed: "", mistake: null, position: 0, problem: null, quiz: null, asked: null, isHeld: false, pointed: null,
  path: [], traced: null, order: null, descent: null, tab: "inputs", lang: "en", room: "lab", opened: new Set(), sample: null,
  presenting: false, playing: false, speed: 1, from: null, notice: null,
};

/** A store: `state` to read, `change(patch)` to change it, `onChange((state, before) => …)` to be told. */
export function storeOf(graph, given = {}) {
  const listeners = [];
  const store = {
    state: { ...USUAL, ...loaded(graph), ...given },
    change(patch) {
      const before = store.state;
      store.state = withQuestion({ ...before, ...patch }, before);
      for (const listener of listeners) listener(store.state, before);
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
  return store;
}

function loaded(graph) {
  const start = new Map(leavesOf(graph).map((leaf) => [leaf, graph.nodes[leaf].data]));
  const looked = { pointed: null, path: [], traced: null, order: null, descent: null };
  return { graph, start, steps: chainRule(graph), problem: null, asked: null, ...looked };
}

/** The graph that Python sent, as nodes. */
export function graphOfPage({ sent }) {
  return graphFrom(sent);
}

/**
 * Another graph, with the numbers that its leaves had first; everything begins again, but for a graph of the same shape,
 * such as with one more space in its text.
 */
export function load(store, graph, text = null, start = null) {
  const formula = { text, typed: text ?? "", mistake: null, ...(start ? { start } : {}) };
  const begin = { position: 0, opened: new Set(), sample: null, playing: false };
  store.change({ ...loaded(graph), ...formula, from: null, ...(isSameShape(graph, store.state.graph) ? {} : begin) });
}

function isSameShape(graph, other) {
  return graph.nodes.length === other.nodes.length && shapeOf(graph) === shapeOf(other);
}

function shapeOf({ nodes, args, names }) {
  return JSON.stringify([nodes.map(({ row, isConstant }) => row?.name ?? isConstant), args, names]);
}

/**
 * Other numbers for some leaves, a Map; where an operation is not defined, nothing changes, and the problem is said: it
 * knows the `changes`. A graph with a row that only Python computes keeps its numbers.
 */
export function setNumbers(store, changes) {
  if (store.state.graph.missing.length) return;
  try {
    const graph = withNumbers(store.state.graph, changes);
    store.change({ graph, steps: chainRule(graph), problem: null });
  } catch (error) {
    if (!error.kind) throw error;
    store.change({ problem: Object.assign(error, { changes }) });
  }
}

/** The numbers that the leaves had first. */
export function resetNumbers(store) {
  setNumbers(store, store.state.start);
}

/** Go to a position, or to the nearest there is. */
export function goTo(store, position) {
  const { graph, steps, sample } = store.state;
  const next = Math.max(0, Math.min(lastPosition(store.state), position));
  store.change({ position: next, sample: sampleAt(graph, steps[next - 1]) ?? sample });
}

export function lastPosition({ steps }) {
  return steps.length + 1;
}

/** The step that the page is about, or null at the beginning and at the end. */
export function stepOf({ steps, position }) {
  return steps[position - 1] ?? null;
}
