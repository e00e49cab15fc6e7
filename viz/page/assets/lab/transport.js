// How does one go from step to step? Buttons, a bar with a segment for each phase, and keys.

import { byId } from "./dom.js";
import { goTo, lastPosition } from "./store.js";

const MOVES = {
  first: () => 0,
  back: ({ position }) => position - 1,
  next: ({ position }) => position + 1,
  last: (state) => lastPosition(state),
};
const KEYS = { Home: "first", ArrowLeft: "back", ArrowRight: "next", End: "last" };

export function mountTransport(store) {
  const move = (name) => {
    store.change({ playing: false });
    goTo(store, MOVES[name](store.state));
  };
  for (const name of Object.keys(MOVES)) byId(name).addEventListener("click", () => move(name));
  document.addEventListener("keydown", (event) => {
    const isElsewhere = event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS);
    if (isElsewhere || event.target.closest("input, select, textarea, [role='tablist']")) return;
    event.preventDefault();
    move(KEYS[event.key]);
  });
}
