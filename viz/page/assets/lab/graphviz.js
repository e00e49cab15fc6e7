// Where does everything stand? Graphviz says it: the same WebAssembly module that draws Python's pictures, in the page.

const BAD_FILE = 8; // what the module's calls to a system get that has no files
const INCH = 72;

/** Graphviz, from its module gzipped and in base64: a function from DOT source to a plain layout. */
export async function openGraphviz(base64) {
  const zipped = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
  const bytes = await new Response(zipped.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  return graphvizOf(bytes);
}

/** The same from the bytes of the module. */
export async function graphvizOf(bytes) {
  let memory = null;
  const system = {
    environ_get: () => 0,
    environ_sizes_get: (count, size) => {
      new DataView(memory.buffer).setUint32(count, 0, true);
      new DataView(memory.buffer).setUint32(size, 0, true);
      return 0;
    },
    clock_time_get: () => 0,
    random_get: () => 0,
  };
  const known = new Proxy(system, { get: (calls, name) => calls[name] ?? (() => BAD_FILE) });
  const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: known });
  memory = instance.exports.memory;
  instance.exports._start();
  return (dot) => layoutOf(rendered(instance.exports, dot));
}

function rendered(graphviz, dot) {
  const placed = [dot, "plain", "dot"].map((text) => put(graphviz, text));
  const length = graphviz.malloc(8);
  const plain = graphviz.graphviz_render(...placed, length);
  if (!plain) throw new Error(get(graphviz, graphviz.graphviz_last_error()));
  const text = get(graphviz, plain);
  for (const place of [...placed, length, plain]) graphviz.free(place);
  return text;
}

function put(graphviz, text) {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const place = graphviz.malloc(bytes.length);
  new Uint8Array(graphviz.memory.buffer).set(bytes, place);
  return place;
}

function get(graphviz, place) {
  const bytes = new Uint8Array(graphviz.memory.buffer);
  return new TextDecoder().decode(bytes.subarray(place, bytes.indexOf(0, place)));
}

/**
 * The plain format (graphviz.org/docs/outputs/plain) in points, y downwards: {width, height, nodes, edges}. `nodes` is a
 * Map from id to {x, y, width, height} with the centre, `edges` a Map from an edge's colour to its points: the format
 * lists edges in an order of its own and gives no ids, but it repeats the colour, whatever that is.
 */
export function layoutOf(plain) {
  const layout = { width: 0, height: 0, nodes: new Map(), edges: new Map() };
  for (const line of plain.replaceAll("\\\n", "").split("\n")) {
    const [kind, ...fields] = line.split(" ");
    if (kind === "graph") [layout.width, layout.height] = fields.slice(1, 3).map((size) => size * INCH);
    if (kind === "node") {
      const [x, y, width, height] = fields.slice(1, 5).map((size) => size * INCH);
      layout.nodes.set(fields[0], { x, y: layout.height - y, width, height });
    }
    if (kind === "edge") {
      const numbers = fields.slice(3, 3 + 2 * fields[2]).map((size) => size * INCH);
      const points = numbers.flatMap((x, at) => (at % 2 ? [] : [{ x, y: layout.height - numbers[at + 1] }]));
      layout.edges.set(fields.at(-1), points);
    }
  }
  return layout;
}
