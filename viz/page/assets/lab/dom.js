// How do texts get into the page? As text, never as markup: a label is exactly what its author wrote. And never as a
// style attribute, which the page's own Content-Security-Policy forbids: colours and sizes are classes and properties.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a child is an element or a text. */
export function element(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/** The same for a part of a picture. */
export function drawn(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

function dressed(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A text in a part of the page; written only if it is another, as the browser lays out anew what is written. */
export function write(part, text) {
  if (part.textContent !== text) part.textContent = text;
}

/** A button that says a string of the table, in the language of the page. */
export function button(key, onClick, attributes = {}) {
  const made = element("button", { type: "button", "data-say": key, ...attributes });
  made.addEventListener("click", onClick);
  return made;
}
