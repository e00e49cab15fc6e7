// What does a key do? A table, which the dialog shows that `?` opens.

import { byId, element } from "./dom.js";
import { say } from "./say.js";
import { move, togglePlaying } from "./transport.js";

const TYPED_INTO = "input:not([type=range]), select, textarea, [role=tablist], [popover], dialog";
const PRESSED = "button, a, summary, [role=button], [data-id]"; // what Space presses

const KEYS = [
  { key: "ArrowLeft", shown: "←", said: "back", act: (store) => move(store, "back") },
  { key: "ArrowRight", shown: "→", said: "next", act: (store) => move(store, "next") },
  { key: "Home", shown: "Home", said: "first", act: (store) => move(store, "first") },
  { key: "End", shown: "End", said: "last", act: (store) => move(store, "last") },
  { key: " ", shown: "Space", said: "key_play", act: togglePlaying },
  { key: "/", shown: "/", said: "key_formula", act: () => byId("formula").focus() },
  { key: "?", shown: "?", said: "keys", act: () => openKeys() },
];
const ALSO = [["− + 0", "key_zoom"], ["Shift + ← ↑ → ↓", "key_pan"], ["1 … 9", "key_tabs"], ["Esc", "key_escape"]]; // shown, and handled elsewhere

export function mountKeys(store) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || store.state.room !== "lab") return;
    const known = KEYS.find(({ key }) => key === event.key);
    if (event.target.closest?.(TYPED_INTO) || (event.key === " " && event.target.closest?.(PRESSED))) return;
    if (known) {
      event.preventDefault();
      known.act(store);
    } else if (/^[1-9]$/.test(event.key)) byId("tabs").querySelectorAll("[role=tab]")[event.key - 1]?.click();
  });
  byId("keys-button").addEventListener("click", openKeys);
}

function openKeys() {
  showKeys([...KEYS.map(({ shown, said }) => [shown, said]), ...ALSO]);
}

/** A dialog with keys and what each does: [[key, string of the table]]. */
export function showKeys(rows) {
  const close = element("button", { type: "button" }, say("close"));
  close.addEventListener("click", () => byId("keys").close());
  byId("keys").replaceChildren(
    element("h2", { id: "keys-title" }, say("keys")),
    element("dl", {}, ...rows.flatMap(([shown, said]) => [element("dt", {}, element("kbd", {}, shown)), element("dd", {}, say(said))])),
    close,
  );
  byId("keys").showModal();
}
