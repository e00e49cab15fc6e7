"""Damaged texts, files and labels: each gives a result, or an error of this package.

Sound examples are damaged: characters dropped, doubled, exchanged, numbers made huge, pieces of other examples put in.
While a case runs, an audit hook of Python watches that no code is compiled to run, no process started, no file opened
for writing and nothing imported that was not there before. A case may take ten seconds.
"""

import ast
import contextlib
import html.parser
import io
import json
import random
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from tinygrad_edu import Trace, Value, chain_rule, nn, parse, viz
from tinygrad_edu.errors import TinygradError

SECONDS = 10
FORBIDDEN = (
    "exec",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "subprocess.Popen",
    "socket.connect",
    "pickle.find_class",
)
TOKENS = r"""
( ) [ ] { } , ; = == ** * / + - . : \ ' " ` # @ ! ? % & | ~ ^ < > <= lambda for in if else import __import__ exec eval
open os.system x y w nan inf 1e999 1e-999 0 -0 -1 9999999999999999999 0x1f 1_000 1j True None dot max exp log sqrt é 中
<b> </script><script>alert(1)</script> &amp; ]]> <!-- --> \n \N \G %s {0} null true [] {}
"""
TOKENS = [*TOKENS.split(), *"\u202e\u0000\ufeff\n\r\t"]
TEXTS = (
    "q = x + y; f = q * z",
    "tanh(w * x + b) ** 2 - log(maximum(x, 1e-3))",
    "dot([w, x], [2, 3]) / (1 + exp(-x))",
    "-x ** -2 + 3 * (x - y) * max(x, y)",
    "a = x\nb = a * a\nlogsumexp([a, b, 1])",
)
TABLE = "height,width,colour\n1,2.5,red\n3,4,blue\n-1e3,0,red\n5,6,blue\n1,1,red\n"


class ForbiddenError(AssertionError):
    pass


class Watch:
    """Sees what Python does while a case runs."""

    def __init__(self):
        self.is_on = False
        sys.addaudithook(self.look)

    def look(self, event, args):
        if not self.is_on:
            return
        if event == "exec" and getattr(args[0], "co_filename", "").startswith((sys.base_prefix, sys.prefix)):
            return  # a module of Python itself, imported when it is first needed
        if event in FORBIDDEN or event.startswith("ctypes."):
            raise ForbiddenError(f"{event} {args}")
        if event == "compile" and args[0] is not None and not isinstance(args[0], ast.AST):
            return  # ast.parse asks for this too; only exec runs something
        if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            raise ForbiddenError(f"open {args}")

    @contextlib.contextmanager
    def on(self):
        self.is_on = True
        try:
            yield
        finally:
            self.is_on = False


def damaged(rng, text, others):
    """A text with one to four wounds."""
    characters = list(text)
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.randint(0, len(characters))
        end = min(len(characters), place + rng.choice((1, 2, 5, 20, len(characters))))
        rng.choice(WOUNDS)(rng, characters, place, end, others)
    return "".join(characters[:20_000])


def drop(rng, characters, place, end, others):
    del characters[place : place + rng.randint(1, 3)]


def cut(rng, characters, place, end, others):
    del characters[place:end]


def put(rng, characters, place, end, others):
    characters[place:place] = rng.choice(TOKENS)


def exchange(rng, characters, place, end, others):
    characters[place : place + 1] = chr(rng.choice((rng.randrange(128), rng.randrange(0xD7FF), 0x1F600)))


def repeat(rng, characters, place, end, others):
    characters[place:end] = characters[place:end] * rng.choice((2, 3, 50))


def splice(rng, characters, place, end, others):
    piece = rng.choice(others)
    start = rng.randrange(len(piece))
    characters[place:end] = piece[start : start + rng.randint(1, 30)]


def nest(rng, characters, place, end, others):
    characters[place:place] = rng.choice(("(", "[", "-", "x*", "1+", '"')) * rng.choice((1, 10, 200))


def shuffle(rng, characters, place, end, others):
    part = characters[place:end]
    rng.shuffle(part)
    characters[place:end] = part


WOUNDS = (drop, cut, put, exchange, repeat, splice, nest, shuffle)


# Each takes (rng, a folder) and gives a function to be tried


def expression(rng, _):
    text = damaged(rng, rng.choice(TEXTS), TEXTS)
    return lambda: str(parse(text, x=0.5, y=-1.5, z=2.0, w=1.0, b=0.25))


def expression_again(rng, _):
    """What was read is printed, and read again: the same number."""
    text = damaged(rng, rng.choice(TEXTS), TEXTS)

    def call():
        numbers = {"x": 0.5, "y": -1.5, "z": 2.0, "w": 1.0, "b": 0.25}
        f = parse(text, **numbers)
        printed = str(f)
        if len(printed) < 1000 and "of" not in printed.split():
            again = parse(printed, **numbers)
            assert again.data == f.data or f.data != f.data, (text, printed)

    return call


def model_json(rng, folder):
    return model_file(
        rng, folder / "m.json", damaged(rng, SOUND["model.json"], [SOUND["model.json"]]).encode("utf-8", "replace")
    )


def model_npz(rng, folder):
    content = bytearray(SOUND["model.npz"])
    for _ in range(rng.randint(1, 8)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    if rng.random() < 0.2:
        del content[rng.randrange(len(content)) :]
    return model_file(rng, folder / "m.npz", bytes(content))


def model_file(rng, path, content):
    path.write_bytes(content)
    return (lambda: nn.load(path)) if rng.random() < 0.5 else (lambda: nn.TableModel.load(path))


def trace(rng, _):
    text = damaged(rng, SOUND["trace"], [SOUND["trace"]])
    return lambda: str(Trace.from_json(text))


def trace_tree(rng, _):
    """The same with values exchanged, so that it is JSON still."""
    tree = json.loads(SOUND["trace"])
    for _ in range(rng.randint(1, 3)):
        _exchange(rng, tree)
    text = json.dumps(tree)
    return lambda: str(Trace.from_json(text))


def _exchange(rng, tree):
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(tree[key], (dict, list)) and rng.random() < 0.8:
            tree = tree[key]
            continue
        tree[key] = rng.choice((None, True, -1, 0, 1e308, "x", "", [], {}, [[]], 10**30, "nan", "a\u0000b"))
        return


def table(rng, folder):
    path = folder / "t.csv"
    path.write_bytes(damaged(rng, TABLE, [TABLE]).encode("utf-8", "replace"))

    def call():
        found = nn.read_csv(path)
        found.described()
        with contextlib.suppress(TinygradError):
            nn.TableModel.train(found, hidden=[2], epochs=1, test=0, progress=False)

    return call


def label(rng, _):
    """A label that is no word stands in a picture and on a page as it is, and does nothing."""
    text = damaged(rng, rng.choice(TEXTS), [*TEXTS, "</title><script>x</script>", '"><img src=x onerror=alert(1)>'])[
        :60
    ]

    def call():
        f = (Value(2.0, label=text) * Value(3.0, label=text[::-1])).tanh()
        f.backward()
        root = ET.fromstring(viz.draw(f).svg())
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert names <= {"svg", "g", "title", "polygon", "path", "text", "ellipse", "a", "polyline"}, names
        attributes = {name for element in root.iter() for name in element.attrib}
        assert not any(name.startswith("on") for name in attributes), attributes
        page = Tags()
        page.feed(viz.player(f).html())
        assert page.found == TAGS_OF_A_PAGE, page.found - TAGS_OF_A_PAGE

    return call


class Tags(html.parser.HTMLParser):
    """How many elements of each kind a page has outside of its pictures, and its event attributes."""

    def __init__(self):
        super().__init__()
        self.found = Counter()

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "img", "iframe", "object", "link", "style", "form", "meta"):
            self.found[tag] += 1
        self.found.update(name for name, _ in attrs if name.startswith("on"))


def _sound():
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        rows = nn.Table.of_columns({"x": [1, 2, 8, 9] * 3, "c": ["a", "b"] * 6, "y": ["l", "l", "r", "r"] * 3})
        model = nn.TableModel.train(rows, hidden=[2], epochs=1, test=0, progress=False)
        found["model.json"] = model.save(Path(folder) / "m.json").read_text()
        found["model.npz"] = model.save(Path(folder) / "m.npz").read_bytes()
        f = parse("q = x + y; f = q * tanh(x)", x=1, y=2)
        found["trace"] = chain_rule(f).to_json()
        page = Tags()
        page.feed(viz.player((Value(2.0, label="a") * Value(3.0, label="b")).tanh()).html())
        return found, page.found


TARGETS = {
    expression: 30,
    expression_again: 20,
    model_json: 15,
    model_npz: 5,
    trace: 10,
    trace_tree: 10,
    table: 9,
    label: 1,
}  # of a hundred cases
SOUND, TAGS_OF_A_PAGE = _sound()


def _too_long(signum, frame):
    raise TimeoutError(f"over {SECONDS} seconds")


def main(count, first=0):
    watch, told, start = Watch(), Counter(), time.perf_counter()
    signal.signal(signal.SIGALRM, _too_long)
    order = [target for target, share in TARGETS.items() for _ in range(share)]
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            rng = random.Random(seed)
            target = order[seed % len(order)]
            call = target(rng, Path(folder))
            told[target.__name__, _tried(call, target, watch, seed)] += 1
            if seed % 1000 == 999:
                print(f"\r{seed - first + 1:,} of {count:,}", end="", flush=True)
    print(f"\r{count:,} cases, {(time.perf_counter() - start) / 60:.1f} minutes")
    for target in TARGETS:
        results = {result: number for (name, result), number in sorted(told.items()) if name == target.__name__}
        print(f"  {target.__name__:<18}", ", ".join(f"{result} {number:,}" for result, number in results.items()))


def _tried(call, target, watch, seed):
    """ "fine", or "refused" with an error of the package; anything else is a bug, and is raised."""
    is_watched = target not in (table, label)  # these compile programs and draw, of their own accord
    signal.alarm(SECONDS)
    try:
        with watch.on() if is_watched else contextlib.nullcontext(), contextlib.redirect_stderr(io.StringIO()):
            call()
    except TinygradError:
        return "refused"
    except BaseException:
        print(f"\nseed {seed}, {target.__name__}")
        raise
    finally:
        signal.alarm(0)
    return "fine"
