// Which of some names looks most like another one? By the measure of Ratcliff and Obershelp, as difflib takes it: twice
// the characters in common, over the characters of both. What is in common is the longest common piece, and what is in
// common before it and after it.

const ENOUGH = 0.6;

/** The name that looks most like the one given, or undefined; capital letters matter only if small ones fail. */
export function nearest(given, names) {
  const inSmall = new Map([...names].reverse().map((name) => [name.toLowerCase(), name]));
  return closest(given, names) ?? inSmall.get(closest(given.toLowerCase(), inSmall.keys()));
}

function closest(given, names) {
  const found = [...names].map((name) => [likeness([...name], [...given]), name]).filter(([ratio]) => ratio >= ENOUGH);
  found.sort(([a, one], [b, other]) => b - a || (one < other ? 1 : -1));
  return found[0]?.[1];
}

function likeness(a, b) {
  const waiting = [[0, a.length, 0, b.length]];
  let common = 0;
  while (waiting.length) {
    const [aStart, aEnd, bStart, bEnd] = waiting.pop();
    const [i, j, size] = longestPiece(a, b, aStart, aEnd, bStart, bEnd);
    if (!size) continue;
    common += size;
    waiting.push([aStart, i, bStart, j], [i + size, aEnd, j + size, bEnd]);
  }
  return a.length + b.length ? (2 * common) / (a.length + b.length) : 1;
}

// [where in a, where in b, how long]: of several the one that begins first in a, and then in b.
function longestPiece(a, b, aStart, aEnd, bStart, bEnd) {
  let best = [aStart, bStart, 0];
  for (let i = aStart; i < aEnd; i++) {
    for (let j = bStart; j < bEnd; j++) {
      let size = 0;
      while (i + size < aEnd && j + size < bEnd && a[i + size] === b[j + size]) size++;
      if (size > best[2]) best = [i, j, size];
    }
  }
  return best;
}
