// How does the stage become a picture that stands alone? Every part of it that is seen is written again, with its style as
// attributes: colours as numbers, fonts by name, each text as wide as it is here. So it looks the same in a document, in
// a drawing program, and where this page is not. Below it stands what the step says.

import { drawn } from "./dom.js";

const MARGIN = 24;
const [HEADING, TEXT, LINE, MOST_LINES] = [17, 16, 24, 4];
const LONGEST = 1000; // characters, more than there is room for
const NARROWEST = 420; // the words have to be read
const SHAPES = {
  rect: ["x", "y", "width", "height", "rx"],
  circle: ["cx", "cy", "r"],
  ellipse: ["cx", "cy", "rx", "ry"],
  line: ["x1", "y1", "x2", "y2"],
  path: ["d"],
  polygon: ["points"],
  polyline: ["points"],
  text: ["x", "y", "dx", "dy"],
  tspan: ["x", "y", "dx", "dy"],
};
const OF_STROKE = ["stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"];
const OF_TEXT = ["font-family", "font-size", "font-weight", "font-style", "text-anchor"];
const USUAL = {
  "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter", "font-style": "normal", opacity: "1",
  "font-weight": "400", "text-anchor": "start",
};

/**
 * {svg, width, height}: a picture of the stage as text, and its size in pixels.
 *
 * `heading` and `text` stand below it; `isAsShown` keeps the colours of the screen, which may be dark, and `isClear`
 * leaves the background out.
 */
export function pictureOf(scene, { heading, text, isAsShown = false, isClear = false }) {
  const root = document.documentElement;
  const theme = root.dataset.theme;
  root.classList.add("still"); // else a colour is read on its way to another
  if (!isAsShown) root.dataset.theme = "light";
  try {
    return composed(scene, { heading, text, isClear });
  } finally {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    getComputedStyle(root).color; // settled, before anything may move again
    root.classList.remove("still");
  }
}

/** The size of this picture in pixels: how much room the stage takes, and below it the words. */
export function sizeOf(scene, said) {
  const { width, height } = scene.getBBox();
  const wide = Math.max(width, NARROWEST) + 2 * MARGIN;
  return { width: Math.ceil(wide), height: Math.ceil(height + 2 * MARGIN + wordsOf(said, wide - 2 * MARGIN).height) };
}

function composed(scene, { heading, text, isClear }) {
  const { x, y, width, height } = scene.getBBox();
  const size = sizeOf(scene, { heading, text });
  const left = (size.width - width) / 2 - x;
  const svg = drawn("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${size.width} ${size.height}`, ...size, role: "img" });
  const { fontFamily } = getComputedStyle(document.body);
  const words = wordsOf({ heading, text }, size.width - 2 * MARGIN);
  const lines = words.lines.map(({ line, below, letters, weight }) => {
    const style = { "font-family": named(fontFamily), "font-size": letters, "font-weight": weight, ...colored("--ink") };
    return drawn("text", { x: MARGIN, y: height + MARGIN + below, ...style }, line);
  });
  const place = drawn("g", { transform: `translate(${rounded(left)},${rounded(MARGIN - y)})` }, ...copies(scene));
  svg.append(drawn("title", {}, writable([heading, text].filter(Boolean).join(": "))), ...(isClear ? [] : [paper(size)]), place, ...lines);
  return { svg: new XMLSerializer().serializeToString(svg), ...size };
}

function paper({ width, height }) {
  return drawn("rect", { width, height, ...colored("--paper") });
}

// A fill in a colour of the palette.
function colored(name) {
  return paint("fill", coloured(getComputedStyle(document.documentElement).getPropertyValue(name)));
}

// The parts of the stage

function copies(part) {
  return [...part.children].map(copyOf).filter(Boolean);
}

function copyOf(part) {
  const style = getComputedStyle(part);
  if (style.display === "none" || style.opacity === "0") return null;
  const shared = { ...placed(style), ...unusual(style, ["opacity"]) };
  if (part.localName === "g" || part.localName === "svg") {
    const parts = copies(part);
    return parts.length ? drawn("g", shared, ...parts) : null;
  }
  if (!(part.localName in SHAPES) || style.visibility === "hidden") return null;
  const look = painted(style);
  if (!look) return null;
  const isText = part.localName === "text" || part.localName === "tspan";
  const letters = part.localName === "text" ? lettered(part, style) : {};
  return drawn(part.localName, { ...kept(part), ...shared, ...look, ...letters }, ...(isText ? textIn(part) : []));
}

function kept(part) {
  const names = SHAPES[part.localName].filter((name) => part.hasAttribute(name));
  return Object.fromEntries(names.map((name) => [name, part.getAttribute(name)]));
}

function textIn(part) {
  return [...part.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? writable(node.data) : copyOf(node))).filter(Boolean);
}

function placed({ transform }) {
  return transform === "none" ? {} : { transform };
}

// Fill and stroke; null for what is not painted at all.
function painted(style) {
  const fill = paint("fill", coloured(style.fill), style.fillOpacity);
  const stroke = parseFloat(style.strokeWidth) > 0 ? paint("stroke", coloured(style.stroke), style.strokeOpacity) : {};
  if (!("fill" in fill) && !("stroke" in stroke)) return null;
  return { fill: "none", ...fill, ...stroke, ...("stroke" in stroke ? unusual(style, OF_STROKE) : {}) };
}

function lettered(text, style) {
  const width = text.getComputedTextLength();
  return { ...unusual(style, OF_TEXT), ...(width ? { textLength: rounded(width), lengthAdjust: "spacingAndGlyphs" } : {}) };
}

function unusual(style, names) {
  const pairs = names.map((name) => [name, named(style.getPropertyValue(name)).replaceAll("px", "")]);
  return Object.fromEntries(pairs.filter(([name, item]) => item !== USUAL[name]));
}

// The names of fonts in an attribute, whose own marks are quotation marks.
function named(fonts) {
  return fonts.replaceAll('"', "");
}

// Colours

const known = new Map();
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** A colour in any notation as {color, opacity}, or null for none: drawn on a pixel, which is read. */
function coloured(notation) {
  const text = notation.trim();
  if (text === "none" || text === "") return null;
  if (!known.has(text)) known.set(text, readPixel(text));
  return known.get(text);
}

function readPixel(text) {
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = text;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  const color = `#${[red, green, blue].map((level) => level.toString(16).padStart(2, "0")).join("")}`;
  return { color, opacity: alpha / 255 };
}

/** The attributes of a fill or a stroke; without any if it cannot be seen. */
function paint(name, found, opacity = 1) {
  const share = found ? found.opacity * opacity : 0;
  if (share === 0) return {};
  return { [name]: found.color, ...(share < 1 ? { [`${name}-opacity`]: rounded(share, 3) } : {}) };
}

// Words

// {lines, height}: heading and text in lines that fit, below each other.
function wordsOf({ heading, text }, width) {
  const { fontFamily } = getComputedStyle(document.body);
  const lines = [];
  let below = MARGIN + HEADING;
  for (const [said, letters, weight] of [[heading, HEADING, "bold"], [text, TEXT, "normal"]].filter(([said]) => said)) {
    for (const line of wrapped(writable(said.slice(0, LONGEST)), width, `${weight} ${letters}px ${fontFamily}`)) {
      lines.push({ line, below, letters, weight });
      below += LINE;
    }
  }
  return { lines, height: below - LINE / 2 };
}

/** A text in lines that fit, broken at spaces, after Chinese characters, or in a word that is wider than a line. */
function wrapped(text, width, font) {
  pixel.font = font;
  const fits = (line) => pixel.measureText(line.trimEnd()).width <= width;
  const lines = [""];
  for (const piece of text.match(/(?:(?![\u2e80-\uffef])\S)+\s*|\s+|[\u2e80-\uffef]/g) ?? []) {
    for (const part of fits(piece) ? [piece] : piece) {
      if (lines.at(-1) && !fits(lines.at(-1) + part)) lines.push("");
      lines.push(lines.pop() + part);
    }
  }
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), `${lines[MOST_LINES - 1].trimEnd()}…`] : lines;
}

/** What XML may hold: a control character becomes its symbol. */
function writable(text) {
  const symbol = (sign) => (/\s/.test(sign) ? " " : String.fromCharCode(0x2400 + sign.charCodeAt(0)));
  return text.toWellFormed().replace(/[\0-\x1f]/g, symbol).replace(/[\x7f-\x9f\ufffe\uffff]/g, "\ufffd");
}

function rounded(number, places = 1) {
  return Number(number.toFixed(places));
}
