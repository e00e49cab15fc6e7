// What else is in the bar? The language, light or dark, and presenting.

import { byId } from "./dom.js";
import { say } from "./say.js";

const THEMES = ["system", "light", "dark"];
const OTHER = { en: "zh", zh: "en" };
const NAMES = { en: "English", zh: "中文" }; // of the languages, each in its own
const KEPT_AS = "tinygrad_edu theme";
const NARROW = "(max-width: 47.5rem), (max-height: 30rem)"; // as in bar.css: there the tools are a sheet

export function mountBar(store) {
  byId("language").addEventListener("click", () => store.change({ lang: OTHER[store.state.lang] }));
  byId("present").addEventListener("click", () => store.change({ presenting: !store.state.presenting }));
  byId("theme").addEventListener("click", () => setTheme(THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length]));
  store.onChange((state) => drawBar(state));
  mountSheet();
  setTheme(keptTheme());
  drawBar(store.state);
}

function drawBar({ lang, presenting, text, graph }) {
  const other = OTHER[lang];
  document.title = say("title", { output: text ?? graph.names.at(-1) });
  byId("language").textContent = NAMES[other];
  byId("language").lang = other === "zh" ? "zh-Hans" : other;
  byId("present").setAttribute("aria-pressed", presenting);
  drawTheme();
}

// The theme is the reader's, not the page's: it is kept in the browser, where that is allowed, and not in the link.

function themeNow() {
  return document.documentElement.dataset.theme ?? "system";
}

function setTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keepTheme(theme);
  drawTheme();
}

const GLYPHS = { system: "◐", light: "☀", dark: "☾" };

function drawTheme() {
  const button = byId("theme");
  button.textContent = `${GLYPHS[themeNow()]}\ufe0e`; // as a text, not as a picture
  button.setAttribute("aria-label", say(`theme_${themeNow()}`));
  button.setAttribute("title", say(`theme_${themeNow()}`));
}

function keptTheme() {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return THEMES.includes(kept) ? kept : "system";
  } catch {
    return "system"; // a notebook's frame keeps nothing
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // it holds until the page is closed
  }
}

// On a phone the tools are a sheet that ⋯ opens; elsewhere they stand in the bar.
function mountSheet() {
  const narrow = matchMedia(NARROW);
  const draw = () => (narrow.matches ? byId("tools").setAttribute("popover", "") : byId("tools").removeAttribute("popover"));
  narrow.addEventListener("change", draw);
  draw();
}
