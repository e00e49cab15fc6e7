// What does a page live through where the machine has much else to do? Timers, frames, observers, events and promises come
// late, in the order in which they would have come; keys and clicks, and what a test asks, come in between. The body of a
// function of `most`, in ms, and of a `seed`: run before any program of the page.

let state = seed >>> 0;
const random = () => { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const { setTimeout, clearTimeout, setInterval, clearInterval, requestAnimationFrame, cancelAnimationFrame } = window;
const queue = []; // of what has come, and is to be heard of

function later(act) {
  queue.push(act);
  if (queue.length === 1) setTimeout(hear, random() * most);
}

function hear() {
  const act = queue.shift();
  if (queue.length) setTimeout(hear);
  act();
}

// Timers and frames: what is cleared while it waits is not called.

function lateCalls(ask, clear, isOnce) {
  const asked = new Set();
  const late = (act, ...rest) => {
    const call = (...given) => later(() => {
      if (!asked.has(id)) return;
      if (isOnce) asked.delete(id);
      act(...given);
    });
    const id = ask(typeof act === "function" ? call : act, ...rest);
    asked.add(id);
    return id;
  };
  const cleared = (id) => {
    asked.delete(id);
    clear(id);
  };
  return [late, cleared];
}

const [lateTimeout, noTimeout] = lateCalls(setTimeout, clearTimeout, true);
const [lateInterval, noInterval] = lateCalls(setInterval, clearInterval, false);
const [lateFrame, noFrame] = lateCalls(requestAnimationFrame, cancelAnimationFrame, true);
Object.assign(window, {
  setTimeout: lateTimeout, clearTimeout: noTimeout, setInterval: lateInterval, clearInterval: noInterval,
  requestAnimationFrame: lateFrame, cancelAnimationFrame: noFrame,
});

// Observers

for (const name of ["ResizeObserver", "IntersectionObserver"]) {
  window[name] = class extends window[name] {
    constructor(act, ...rest) {
      super((...given) => later(() => act(...given)), ...rest);
    }
  };
}

// Events that a browser fires by itself, some time after what they tell of. (Those of keys and of the pointer it fires at once.)

const LATE = new Set(["resize", "scroll", "fullscreenchange", "hashchange", "popstate", "visibilitychange", "toggle", "close",
  "selectionchange"]);
const { addEventListener, removeEventListener } = EventTarget.prototype;
const lateOnes = new WeakMap();

function lateOne(target, type, heard) {
  if (typeof heard !== "function" || !(LATE.has(type) || target instanceof MediaQueryList)) return heard;
  if (!lateOnes.has(heard)) lateOnes.set(heard, function (event) {
    later(() => heard.call(this, event));
  });
  return lateOnes.get(heard);
}

EventTarget.prototype.addEventListener = function (type, heard, ...rest) {
  addEventListener.call(this, type, lateOne(this, type, heard), ...rest);
};
EventTarget.prototype.removeEventListener = function (type, heard, ...rest) {
  removeEventListener.call(this, type, lateOne(this, type, heard), ...rest);
};

// Promises

const wait = () => new Promise((done) => later(done));

function latePromise(owner, name) {
  const act = owner?.[name];
  if (!act) return;
  owner[name] = function (...given) {
    return act.apply(this, given).finally(wait);
  };
}

latePromise(window, "fetch");
latePromise(WebAssembly, "instantiate");
latePromise(window.Clipboard?.prototype, "writeText");
latePromise(Element.prototype, "requestFullscreen");
latePromise(Document.prototype, "exitFullscreen");
latePromise(HTMLImageElement.prototype, "decode");
for (const name of ["arrayBuffer", "text"]) for (const owner of [Response, Blob]) latePromise(owner.prototype, name);

const { toBlob } = HTMLCanvasElement.prototype;
HTMLCanvasElement.prototype.toBlob = function (act, ...rest) {
  toBlob.call(this, (blob) => later(() => act(blob)), ...rest);
};
