"""How many batches does the page train in a second, beside JavaScript that was written by hand for this one network?

    python -m benchmarks.playground

MLP(2, [16, 16, 1]) with tanh on 100 points of two moons, hinge loss and SGD, in node. The page's session does all that
it does when it plays: it shuffles, takes a batch, computes line by line, looks for inf and NaN, moves the parameters,
and keeps moments to come back to. By hand there are two loops and nothing else. They take turns, and both end with the
same parameters, or nothing is reported. A second is one of the processor's for this process.

Names to know: `measured`, `table`. Read next: `in_a_browser.py`.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tinygrad_edu.viz.page.engine import modules as engine_modules
from tinygrad_edu.viz.page.playground import modules

SIZES = (10, 100)
ROUNDS = 7
SECONDS = 0.4  # of a turn
SAME = 1e-9
PROGRAM = """
import { byHand } from "./plain.js";
import { checked } from "./playground/settings.js";
import { trainingOf } from "./playground/training.js";

const [sizes, rounds, seconds] = JSON.parse(process.argv[2]);
const settings = (size) => checked({
  data: { name: "moons", n: 100, validation: 0 }, loss: "hinge", batch_size: size,
  network: { layers: [{ size: 16, activation: "tanh" }, { size: 16, activation: "tanh" }] },
  optimizer: { name: "sgd", lr: 0.01 },
});

// Another session says which samples come; only the steps by hand are measured.
function same(size) {
  const [ours, guide] = [trainingOf(settings(size)), trainingOf(settings(size))];
  const theirs = guide.parameters.slice();
  for (let i = 0; i < 50; i++) {
    ours.batch();
    guide.batch();
    byHand(theirs, guide.last.X, guide.last.targets, guide.last.rows.length, 0.01);
  }
  return Math.max(...ours.parameters.map((number, i) => Math.abs(number - theirs[i])));
}

function speed(step) {
  const begin = process.cpuUsage(); // of this process alone, whatever else the machine does
  let [steps, spent] = [0, 0];
  while (spent < seconds) {
    for (let i = 0; i < 20; i++) step();
    steps += 20;
    spent = process.cpuUsage(begin).user / 1e6;
  }
  return steps / spent;
}

const found = sizes.map((size) => {
  const training = trainingOf(settings(size));
  training.batch();
  const { X, targets } = training.last;
  const P = training.parameters.slice();
  const program = training.program;
  const turns = Array.from({ length: rounds }, () => [
    speed(() => training.batch()),
    speed(() => program.run(P, X, targets)),
    speed(() => byHand(P, X, targets, targets.length, 0)),
  ]);
  return { size, turns, difference: same(size) };
});
console.log(JSON.stringify(found));
"""


def plain() -> str:
    """The networks that were written by hand."""
    return Path(__file__).with_name("plain.js").read_text(encoding="utf-8")


def measured() -> list[dict[str, object]]:
    """For each size of batch the steps a second, in turns: the session, its program alone, and by hand."""
    node = shutil.which("node")
    if node is None:
        sys.exit("node is needed: https://nodejs.org")
    with tempfile.TemporaryDirectory() as place:
        sources = {**engine_modules(), **modules(), "plain.js": plain(), "main.js": PROGRAM}
        sources["package.json"] = '{"type": "module"}'
        for path, source in sources.items():
            (Path(place) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(place) / path).write_text(source, encoding="utf-8")
        command = [node, str(Path(place) / "main.js"), json.dumps([SIZES, ROUNDS, SECONDS])]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (our own program)
    found: list[dict[str, object]] = json.loads(answer.stdout)
    return found


def table(found: list[dict[str, object]]) -> str:
    """The medians, as Markdown."""
    rows = [
        "| batch of | the page, batches/s | its program alone | by hand | the page / by hand |",
        "|---|---|---|---|---|",
    ]
    for each in found:
        turns: list[list[float]] = each["turns"]  # type: ignore[assignment]
        if not float(str(each["difference"])) < SAME:
            sys.exit(f"batches of {each['size']} differ by {each['difference']}")
        page, program, by_hand = (statistics.median(column) for column in zip(*turns, strict=True))
        ratio = statistics.median(turn[0] / turn[2] for turn in turns)
        rows.append(f"| {each['size']} | {page:,.0f} | {program:,.0f} | {by_hand:,.0f} | {ratio:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(measured()))
