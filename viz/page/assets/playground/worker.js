// How does the page stay quick while a network trains? The training goes on in a worker, a thread of its own, whose program
// is a part of the page's own script. The page shows what came of it, and stays where that is: whatever is asked of the
// training then, a step, a moment or a change, it does itself, at once.
//
//   const player = playerOf(workerScript(program, length))
//   player.start(sessions)    they go on in the worker, step by step together, as fast as it can
//   player.ask(onSeen)        the sessions are taken to where they have come, and onSeen is called; an answer takes a while
//   player.stop()             they stay where they are
//   player.isRefused          whether the page may have no worker: then it has to go step by step itself
//
// The sessions are those of training.js. The first one leads: each step of it is followed by one of each other session
// that is not ahead, and where it stops, they all do.

import { trainingOf } from "./training.js";

const SLICE = 8; // milliseconds of steps, before the worker looks up

// In the page

/** A player in a worker with this script. */
export function playerOf(script) {
  let [worker, sessions, number, told] = [null, [], 0, null];
  const player = { start, ask, stop, isRefused: false };

  function refused() {
    player.isRefused = true;
    worker = null;
  }

  function send(message) {
    worker?.postMessage({ number, ...message });
  }

  // What was asked for before they were stopped or started anew is not of them.
  function answered({ data }) {
    const tell = told;
    if (data.number !== number || !tell) return;
    told = null;
    sessions.forEach((session, place) => session.taken(data.news[place]));
    tell();
  }

  function begin() {
    try {
      worker = workerOf(script, answered, refused);
    } catch {
      refused(); // a frame without an origin of its own
    }
  }

  function start(list) {
    if (!worker && !player.isRefused) begin();
    [sessions, told] = [list, null];
    number += 1;
    send({ name: "start", saved: sessions.map((session) => session.saved()) });
  }

  function ask(onSeen) {
    if (!told) send({ name: "ask" });
    told ??= onSeen;
  }

  function stop() {
    [sessions, told] = [[], null];
    number += 1;
    send({ name: "stop" });
  }

  return player;
}

function workerOf(script, onAnswer, onRefused) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  worker.onmessage = onAnswer;
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    onRefused();
  };
  return worker;
}

/** The script of the worker: the modules in the page's own script up to this one, which are so many characters. */
export function workerScript(program, length) {
  return `${program.slice(0, length)}\nMODULES["playground/worker.js"].serve(self);\n})();`;
}

// In the worker

/** What the worker itself does: it trains, and answers messages. */
export function serve(scope) {
  let [sessions, isGoing] = [[], false];
  const later = pauseIn(scope, () => slice());

  function slice() {
    if (!isGoing) return;
    const until = performance.now() + SLICE;
    while (isGoing && performance.now() < until) isGoing = stepTogether(sessions);
    if (isGoing) later();
  }

  const answers = {
    start({ saved }) {
      const wasGoing = isGoing;
      [sessions, isGoing] = [saved.map(resumed), true];
      if (!wasGoing) later();
    },
    ask: ({ number }) => scope.postMessage({ number, news: sessions.map((session) => session.news()) }),
    stop: () => ([sessions, isGoing] = [[], false]),
  };
  scope.onmessage = ({ data }) => answers[data.name](data);
}

function resumed({ settings, ...saved }) {
  const session = trainingOf(settings);
  session.resumed(saved);
  return session;
}

/** One batch of the first session, and one of each other that is not ahead; false where the first one stops. */
export function stepTogether([first, ...others]) {
  const hasMoved = first.batch();
  for (const other of others) if (other.moment < first.moment) other.batch();
  return hasMoved;
}

// A pause as short as can be, in which messages are read: timers would wait for some milliseconds.
function pauseIn({ MessageChannel: Channel }, next) {
  if (!Channel) return () => setTimeout(next, 0);
  const { port1, port2 } = new Channel();
  port1.onmessage = next;
  return () => port2.postMessage(null);
}
