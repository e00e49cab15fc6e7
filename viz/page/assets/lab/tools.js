// Which buttons and keys has the stage? Farther, fit, closer, the full screen, and a presentation: only stage and step.

import { button, byId, drawn } from "./dom.js";
import { say, sayAll } from "./say.js";
import { closer, farther, fit, pressed } from "./view.js";

const NOT_OURS = "input:not([type=range]), select, textarea, [role=tablist], [popover], dialog";
const FULL = "M3,8 V3 H8 M12,3 H17 V8 M17,12 V17 H12 M8,17 H3 V12"; // four corners

export function mountTools(store, look) {
  const full = tool("stage_full", icon(FULL), toggleFull);
  const end = tool("stage_end", "✕", () => store.change({ presenting: false }));
  end.classList.add("end");
  const fitting = button("stage_fit", () => fit(look), { "data-say-label": "stage_fit_all" });
  const [minus, plus] = [tool("stage_farther", "−", () => farther(look)), tool("stage_closer", "+", () => closer(look))];
  for (const each of [minus, plus]) each.classList.add("mouse");
  byId("stage-tools").replaceChildren(minus, fitting, plus, full, end);
  sayAll(byId("stage-tools"));
  const tell = () => full.setAttribute("aria-pressed", document.fullscreenElement !== null);
  document.addEventListener("fullscreenchange", tell);
  tell();
  document.addEventListener("keydown", (event) => keyed(store, look, event), { capture: true });
  const draw = ({ presenting }) => {
    document.documentElement.toggleAttribute("data-presenting", presenting);
  };
  store.onChange(draw);
  draw(store.state);
}

function tool(key, sign, onClick) {
  const made = button(key, onClick, { "data-say-label": key });
  delete made.dataset.say;
  made.replaceChildren(sign);
  return made;
}

function icon(lines) {
  return drawn("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" }, drawn("path", { d: lines }));
}

async function toggleFull() {
  try {
    await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    byId("stage-note").textContent = "";
  } catch {
    byId("stage-note").textContent = say("stage_no_full"); // a notebook's frame may not fill the screen
  }
}

// Before the keys of the steps: Shift and an arrow pan the stage and do not step.
function keyed(store, look, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(NOT_OURS)) return;
  const isEnd = event.key === "Escape" && store.state.presenting;
  if (isEnd) store.change({ presenting: false });
  if (!isEnd && !pressed(look, event)) return;
  event.preventDefault();
  event.stopPropagation();
}
