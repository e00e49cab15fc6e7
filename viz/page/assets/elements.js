// How do texts get into the page? As text, never as markup: a label is exactly what its author wrote.

const STRINGS = PAGE.strings;

const byId = (id) => document.getElementById(id);

// An element with attributes and children; a child is an element or a text.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A string of the table with its places filled in.
function say(key, places = {}) {
  return STRINGS[key].replace(/\{(\w+)\}/g, (_, name) => places[name]);
}

// The same, with pieces of a formula in its places, as elements.
function sentence(key, places) {
  const parts = STRINGS[key].split(/\{(\w+)\}/);
  return parts.map((part, index) => (index % 2 ? shown(places[part]) : part));
}

// Pieces of a formula as elements.
function formula(pieces) {
  return element("span", { class: "formula" }, ...pieces.map(shown));
}

function shown(piece) {
  if (typeof piece === "string") return piece;
  if ("over" in piece) return fraction(piece);
  if ("key" in piece) return element("span", {}, ...sentence(piece.key, piece.places));
  return element("span", piece.node === undefined ? {} : colored(piece.node), piece.text);
}

function fraction(piece) {
  const part = (place, text) => {
    return element("span", { class: place }, "∂", element("span", colored(piece[place]), text));
  };
  const [over, under] = [part("over", nameOf(PAGE, piece.over)), part("under", underName(PAGE, piece))];
  return element("span", { class: "fraction" }, over, element("span", { class: "bar" }, "/"), under);
}

function colored(node) {
  return { class: "of-node", style: `--node: var(--node-${node % PAGE.colors})` };
}

function button(key, attributes = {}, text = say(key)) {
  return element("button", { type: "button", ...attributes }, text);
}
