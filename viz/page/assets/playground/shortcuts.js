// What does a key do in the playground? A table, which the dialog shows that `?` opens.

import { byId } from "../lab/dom.js";
import { showKeys } from "../lab/keys.js";
import { nowOf } from "./run.js";
import { again, goBack, step, togglePlaying } from "./transport.js";

const TYPED_INTO = "input, select, textarea, [role=tablist], [role=application], [popover], dialog";
const PRESSED = "button, a, summary"; // what Space presses

const KEYS = [
  { key: " ", shown: "Space", said: "ground_run", act: togglePlaying },
  { key: "ArrowRight", shown: "→", said: "ground_key_batch", act: (store) => step(store, "batch") },
  { key: "ArrowLeft", shown: "←", said: "ground_key_back", act: (store) => goBack(store, nowOf(store.state.run).moment - 1) },
  { key: "s", shown: "S", said: "ground_key_sample", act: (store) => step(store, "sample") },
  { key: "e", shown: "E", said: "ground_key_epoch", act: (store) => step(store, "epoch") },
  { key: "Home", shown: "Home", said: "ground_again", act: again },
  { key: "p", shown: "P", said: "ground_key_plane", act: () => byId("plane").focus({ focusVisible: true }) },
  { key: "?", shown: "?", said: "keys", act: () => openShortcuts() },
];
const ALSO = [
  ["← ↑ → ↓", "ground_key_cross"],
  ["Enter", "ground_key_enter"],
  ["M", "ground_key_move"],
  ["Delete", "ground_key_delete"],
  ["1 … 4", "ground_key_class"],
  ["Ctrl+Z", "ground_undo"],
  ["Ctrl+Shift+Z", "ground_redo"],
]; // on the plane: see points.js

export function mountShortcuts(store) {
  document.addEventListener("keydown", (event) => {
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
    if (isOther || document.documentElement.dataset.room !== "playground") return;
    const known = KEYS.find(({ key }) => key === event.key.toLowerCase() || key === event.key);
    if (!known || event.target.closest?.(TYPED_INTO) || (event.key === " " && event.target.closest?.(PRESSED))) return;
    event.preventDefault();
    known.act(store);
  });
  byId("training-keys").addEventListener("click", openShortcuts);
}

function openShortcuts() {
  showKeys([...KEYS.map(({ shown, said }) => [shown, said]), ...ALSO]);
}
