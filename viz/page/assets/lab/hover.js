// Along which arrows does a box reach the output? All of them light up together: the gradient is the sum over them.

/** The ids of the boxes and arrows on any path from a box to the output, in one Set. */
export function pathsFrom({ arrows }, id) {
  const out = new Map();
  for (const arrow of arrows) out.set(arrow.from, [...(out.get(arrow.from) ?? []), arrow]);
  const lit = new Set([id]);
  const open = [id];
  while (open.length) {
    for (const arrow of out.get(open.pop()) ?? []) {
      lit.add(arrow.id);
      if (lit.has(arrow.to)) continue;
      lit.add(arrow.to);
      open.push(arrow.to);
    }
  }
  return lit;
}

/** The ids of the boxes and arrows along one path of edges, {user_node, position}. */
export function alongPath({ arrows }, path) {
  const wanted = new Set(path.map(({ user_node: user, position }) => `${user}-${position}`));
  const isOnIt = ({ edges }) => edges.some(({ user, position }) => wanted.has(`${user}-${position}`));
  return new Set(arrows.filter(isOnIt).flatMap(({ id, from, to }) => [id, from, to]));
}

/** The step that a click on a box leads to: the next one that is about it, or else the first; as a position, or null. */
export function nextPosition(numbers, position) {
  if (!numbers?.length) return null;
  return (numbers.find((number) => number >= position) ?? numbers[0]) + 1;
}
