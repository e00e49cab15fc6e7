"""Which mistakes compute exactly what this engine computes?

An engine is probed in the order of a course, one operation more at each stage. A stage looks first at results, then
at gradients: a wrong result is never called a wrong gradient. Where the engine differs from a right one, the mistakes
of the table are tried, alone and in pairs, on top of those found before: a mistake is named if the engine that makes
it computes, on all probes so far, what this engine computes. If none does, what is said is only what the numbers
allow.

Names to know: `diagnosed`, `Finding`, `Diagnosis`. Read next: `notes.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from types import MappingProxyType

from tinygrad_edu.checks.engines.adapter import Adapter, Usual
from tinygrad_edu.checks.engines.facts import fact, is_alone, unsteady
from tinygrad_edu.checks.engines.mistakes import MISTAKES, SYMBOLS, Mistake
from tinygrad_edu.checks.engines.probes import CHAPTERS, PROBES, Probe
from tinygrad_edu.checks.engines.reference import COMPOSITES, RIGHT, Design, built
from tinygrad_edu.checks.engines.running import Seen, is_close, run
from tinygrad_edu.show import counted, listed

REFLECTED = {"radd": "add", "rmul": "mul", "rsub": "sub", "rtruediv": "div"}
STAGES: tuple[frozenset[str], ...] = (  # what comes new at each stage; the last one is training
    frozenset(),
    frozenset({"add"}),
    frozenset({"mul"}),
    frozenset({"backward"}),
    *(frozenset({name}) for name in ("number", "neg", "sub", "pow", "div", *REFLECTED)),
    *(frozenset({name}) for name in ("exp", "log", "tanh", "sigmoid", "relu")),
)
SINGLE = next(probe for probe in PROBES if probe.chapter == "backward")  # the sweep from a leaf
INNER = next(probe for probe in PROBES if probe.choice == "inner gradients")
CORE = frozenset({None, "add", "mul"})  # what the first sweeps are made of; None is the sweep itself
NEAR = {"": CORE, "backward": CORE, "number": CORE, "training": frozenset({None})}  # what may be the reason, too
MOST_TURNED = 10  # nodes whose arguments are visited in either order: a thousand orders are tried
PLACES = {"wrong result": "__init__", "operator missing": "all operators"}  # if it is in no operation
RESULTS = ("wrong result", "operator missing")  # kinds that show in the forward pass


@dataclass(frozen=True)
class Finding:
    """A mistake of an engine.

    Attributes:
        mistake: the row of the table, or a fact in the form of one.
        probe: the smallest program that shows it.
        expected: what a right engine computes there.
        found: what this one computes.
        operations: those that are concerned; none where it is the sweep.
    """

    mistake: Mistake
    probe: Probe
    expected: Seen
    found: Seen
    operations: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What kind of mistake it is, and where: "overwrites, in mul"."""
        return f"{self.mistake.kind}, in {listed(self.operations) or PLACES.get(self.mistake.kind, 'the sweep')}"


@dataclass
class Diagnosis:
    """What was found: mistakes, the most certain first, and for each chapter how far the engine is.

    Attributes:
        findings: the mistakes.
        missing: operations that are not there yet.
        passed: for each chapter (probes that are right, probes that could be run, probes).
        seen: what the engine made of each probe.
        expected: what a right engine makes of it.
    """

    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    passed: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    seen: dict[Probe, Seen] = field(default_factory=dict)
    expected: dict[Probe, Seen] = field(default_factory=dict)


def diagnosed(adapter: Adapter) -> Diagnosis:
    """Probe an engine, and name its mistakes."""
    return _Search(adapter).result()


def needs_of(stage: frozenset[str]) -> str:
    """The one operation that a stage brings."""
    return next(iter(stage), "")


class _Search:
    """The state of a diagnosis: what is known of the engine, stage by stage."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.right = Simulated(RIGHT)
        self.diagnosis = Diagnosis()
        self.design = RIGHT  # with the mistakes found so far
        self.known: set[str] = set()  # needs that the engine meets, and whose results are right
        self.explained: list[Probe] = []  # probes on which the design computes what the engine computes
        self.is_lost = False  # whether the sweep itself does something that no row describes
        self.is_blind = False  # whether it does so for single operations already: then no other can be judged

    def result(self) -> Diagnosis:
        for stage in STAGES:
            self._stage(needs_of(stage))
        self._training()
        self._look_again()
        self.diagnosis.findings = _told_once(self.diagnosis.findings)
        self.diagnosis.findings.sort(key=lambda finding: finding.mistake.kind == "unknown")
        self._count_chapters()
        return self.diagnosis

    # Stages

    def _stage(self, need: str) -> None:
        probes = [probe for probe in PROBES if self._belongs(probe, need)]
        results = [probe for probe in probes if "backward" not in probe.needs]
        if need and not {"", REFLECTED.get(need, "")} <= self.known:
            return  # numbers that are kept as they are, and the plain operation, come first
        first = [SINGLE] if need == "backward" else results[:1]
        if self._is_out_of_time([*first, *probes], need):
            return
        if first and self._is_missing(need, first[0]):
            if self._is_written(need, first[0]):
                self._add(*fact(need, first, self._seen, self.right.seen, is_forward=need != "backward"))
            else:
                self.diagnosis.missing.append(need)
            return
        if need == "backward":
            self._look_what_is_kept()
        if self._are_explained(results, need, forward=True):
            self.known.add(need)
            gradients = [probe for probe in probes if "backward" in probe.needs]
            if not self._are_explained(gradients, need, forward=False) and need != "backward":
                self.known.discard(need)  # what is not understood would be in the way of all that uses it

    def _is_out_of_time(self, probes: Sequence[Probe], need: str) -> bool:
        """Whether a program does not end. It is the only one of the stage that is said, and waited for."""
        slow = next((probe for probe in probes if self._seen(probe).is_out_of_time), None)
        if slow is not None:
            self._add(*fact(need, [slow], self._seen, self.right.seen, is_forward="backward" not in slow.needs))
        return slow is not None

    def _belongs(self, probe: Probe, need: str) -> bool:
        """Whether a probe needs what is known, and what comes new."""
        if probe.choice or probe.chapter == "training":
            return False
        return probe.needs <= self.known | {need} and (need in probe.needs or not need)

    def _is_missing(self, need: str, probe: Probe) -> bool:
        """Whether an operation is not there yet, which is no mistake.

        Plain numbers, on either side, are expected of an engine that knows more than + and × already.
        """
        is_expected = need in {*REFLECTED, "number"} and self._knows_more()
        return self._seen(probe).error == "missing" and not is_expected

    def _is_written(self, need: str, probe: Probe) -> bool:
        """Whether there is a method, which is stopped by an error, and does not say of itself that it is a stub."""
        return self.adapter.is_written(need) and not self._seen(probe).message.startswith("NotImplementedError")

    def _knows_more(self) -> bool:
        first = (next(probe for probe in PROBES if probe.needs == {name}) for name in ("neg", "sub", "pow", "div"))
        return any(self._seen(probe).error != "missing" for probe in first if self.known)

    def _training(self) -> None:
        probes = [probe for probe in PROBES if probe.chapter == "training" and not probe.choice]
        probes = [probe for probe in probes if probe.needs <= self.known and not self._is_refused(probe)]
        if self._is_out_of_time(probes, "training"):
            return
        self._are_explained(probes, "training", forward=False)
        if not self.diagnosis.findings:  # else it might be the mistake that shows there, and no choice
            for probe in PROBES:
                if probe.choice and probe.needs <= self.known:
                    self._seen(probe)

    def _is_refused(self, probe: Probe) -> bool:
        """Whether a second sweep of the same graph is refused by an error that an engine raises on purpose."""
        return probe.sweeps_again and self._seen(probe).error not in ("", "missing", "endless")

    def _look_again(self) -> None:
        """Where no row explains what was seen: is the same seen again? If not, that is the fact, and the only one."""
        facts = [one for one in self.diagnosis.findings if one.mistake not in MISTAKES and not one.found.error]
        for finding in facts:
            again = run(self.adapter, finding.probe)
            changed = [name for name in again.numbers if not _is_same(again, finding.found, name)]
            if changed:
                mistake = unsteady(finding.probe, changed[0], finding.found, again)
                others = [one for one in self.diagnosis.findings if one not in facts]
                self.diagnosis.findings = [*others, replace(finding, mistake=mistake, operations=())]
                return

    def _look_what_is_kept(self) -> None:
        """Some engines, such as PyTorch's, keep no gradients of inner nodes, which is right as well."""
        if not INNER.needs <= self.known | {"backward"}:
            return
        gradients = {name: grad for name, (_, grad) in self._seen(INNER).numbers.items()}
        if gradients.get("a") and not gradients["u"]:
            self.design = replace(RIGHT, keeps="leaves and the output" if gradients["v"] else "leaves")
            self.right = Simulated(self.design)

    # Explanations

    def _are_explained(self, probes: Sequence[Probe], need: str, *, forward: bool) -> bool:
        """Whether the probes are right, or as expected of the mistakes found before; else find out why not."""
        if self.is_lost and not forward:
            return self._alone(probes, need)
        for design in self._variants(need):
            if self._agrees(design, probes):
                self.design = design
                self.explained += probes
                return True
        return self._search(probes, need, forward=forward)

    def _variants(self, need: str) -> list[Design]:
        """The design so far, and what is as right: a - b written as a + -b, a sweep by recursion."""
        design = self.design
        made = [(need, which) for which in range(len(COMPOSITES.get(need, ())))]
        turned = [{**design.reflected, need: "turned"}] if need in REFLECTED else []
        recursive = [replace(design, passes="each contribution")] if need == "backward" else []
        freeing = [replace(design, frees=True)] if need == "training" else []
        return [
            design,
            *recursive,
            *freeing,
            *(replace(design, made_of=design.made_of | {one}) for one in made),
            *(replace(design, reflected=MappingProxyType(one)) for one in turned),
        ]

    def _search(self, probes: Sequence[Probe], need: str, *, forward: bool) -> bool:
        probes = self._telling_first(probes)
        for mistakes in self._candidates(need, forward=forward):
            for variant in self._variants(need):
                design = variant
                for mistake in mistakes:
                    design = mistake.change(design)
                if self._agrees(design, probes) and self._agrees(design, self.explained):
                    self._found(mistakes, probes, design)
                    self.explained += probes
                    return not forward
        self._say_fact(probes, need, forward=forward)
        return False

    def _candidates(self, need: str, *, forward: bool) -> Iterator[tuple[Mistake, ...]]:
        """The mistakes that may be the reason: each alone, then in pairs."""
        core = NEAR.get(need, frozenset())
        rows = [row for row in MISTAKES if (row.kind in RESULTS) == forward]
        near = [row for row in rows if row.operation in core | {need}]
        yield from ((row,) for row in near)
        yield from combinations(near, 2)

    def _found(self, mistakes: Iterable[Mistake], probes: Sequence[Probe], design: Design) -> None:
        for mistake in mistakes:
            alone = Simulated(mistake.change(RIGHT))
            wrong = [probe for probe in probes if not self._agree(probe, self.right)]
            shows = [
                probe for probe in wrong if not alone.seen(probe).agrees(self.right.seen(probe), probe.compares)
            ] or wrong
            shows = shows or list(probes)
            self._add(mistake, min(shows, key=lambda probe: len(probe.code)))
        self.design = design

    def _add(self, mistake: Mistake, probe: Probe) -> None:
        concerned = (mistake.operation,) if mistake.operation else ()
        found = Finding(mistake, probe, self.right.seen(probe), self._seen(probe), concerned)
        self.diagnosis.findings.append(found)

    def _say_fact(self, probes: Sequence[Probe], need: str, *, forward: bool) -> None:
        """What the numbers allow to be said, where no mistake of the table explains them."""
        wrong = [probe for probe in probes if not self._agree(probe, self.right)]
        if not wrong or (not forward and self._follows(wrong, need)):
            return
        mistake, probe = fact(need, wrong, self._seen, self.right.seen, is_forward=forward)
        if mistake.operation and is_alone(probe) and not forward:
            mistake = self._named_alone(mistake.operation, probes) or mistake
        self._add(mistake, probe)
        if not forward and need in ("backward", "number"):
            self.is_lost = True
            self.is_blind |= mistake.operation is None and is_alone(probe)

    def _follows(self, wrong: Sequence[Probe], need: str) -> bool:
        """Whether a mistake of the sweep that was found before may be the reason: the operation alone is right."""
        before = any(not one.operations and one.mistake.kind not in RESULTS for one in self.diagnosis.findings)
        return before and need not in ("backward", "number", "training") and not any(map(is_alone, wrong))

    def _alone(self, probes: Sequence[Probe], need: str) -> bool:
        """The sweep is wrong in a way of its own: of a further operation, only what it does alone can be judged."""
        alone = [] if self.is_blind else [probe for probe in probes if is_alone(probe)]
        wrong = [probe for probe in alone if not self._agree(probe, self.right)]
        if not wrong:
            return True
        named = self._named_alone(need, alone)
        if named is not None:
            self._add(named, min(wrong, key=lambda probe: len(probe.code)))
        else:
            mistake, probe = fact(need, wrong, self._seen, self.right.seen, is_forward=False)
            self._add(
                replace(mistake, kind="unknown", name=f"{need}: unknown"), probe
            )  # it may be the sweep's doing, too
        return False

    def _named_alone(self, operation: str, probes: Sequence[Probe]) -> Mistake | None:
        """The row that computes what one operation computes alone, where the sweep is wrong in a way of its own."""
        alone = [probe for probe in probes if is_alone(probe) and operation in probe.needs | {"number"}]
        rows = (row for row in MISTAKES if row.operation == operation and row.kind not in RESULTS)
        return next((row for row in rows if alone and self._agrees(row.change(RIGHT), alone)), None)

    # What was seen

    def _seen(self, probe: Probe) -> Seen:
        seen = self.diagnosis.seen
        if probe not in seen:
            seen[probe] = run(self.adapter, probe)
        return seen[probe]

    def _agrees(self, design: Design, probes: Sequence[Probe]) -> bool:
        """Whether an engine of this design computes the same, in whichever order it visits the arguments of its nodes.

        That order may be another one for every node: an engine that keeps arguments in a set, as micrograd does, has
        none.
        """
        usual = [Simulated(replace(design, serves_last_first=last, turned=-last)) for last in (False, True)]
        most = len(probes) // 2 if design.overwrites else 0  # that may need another order: only there does it matter
        other: list[Probe] = []
        for probe in probes:
            if not any(self._agree(probe, one) for one in usual):
                other.append(probe)
            if len(other) > most:
                return False
        small_first = sorted(other, key=usual[0].computed)  # each node doubles the orders there are to try
        return all(self._agrees_in_some_order(design, probe, usual[0].computed(probe)) for probe in small_first)

    def _telling_first(self, probes: Sequence[Probe]) -> list[Probe]:
        """Those on which the engine is wrong come first: there most mistakes are ruled out at once."""
        return sorted(probes, key=lambda probe: self._agree(probe, self.right))

    def _agree(self, probe: Probe, other: Simulated) -> bool:
        return self._seen(probe).agrees(other.seen(probe), probe.compares)

    def _agrees_in_some_order(self, design: Design, probe: Probe, computed: int) -> bool:
        orders = (
            replace(design, serves_last_first=last, turned=turned << probe.leaves)
            for turned in range(1 << min(MOST_TURNED, computed))
            for last in (False, True)
        )
        return any(self._agree(probe, Simulated(one)) for one in orders)

    def _count_chapters(self) -> None:
        seen, expected = self.diagnosis.seen, self.diagnosis.expected
        expected.update({probe: self.right.seen(probe) for probe in seen})
        shown = {finding.probe for finding in self.diagnosis.findings}
        for chapter in CHAPTERS:
            probes = [probe for probe in PROBES if probe.chapter == chapter and not probe.choice]
            tried = [probe for probe in probes if probe in seen and (seen[probe].error != "missing" or probe in shown)]
            right = [probe for probe in tried if seen[probe].agrees(expected[probe], probe.compares)]
            self.diagnosis.passed[chapter] = (len(right), len(tried), len(probes))


def _is_same(one: Seen, other: Seen, name: str) -> bool:
    return all(map(is_close, one.numbers[name], other.numbers.get(name, (math.nan, math.nan))))


def _told_once(findings: Sequence[Finding]) -> list[Finding]:
    """One error that stops several operations is one finding."""
    told: dict[object, Finding] = {}
    for number, finding in enumerate(findings):
        is_fact = finding.found.error and finding.mistake not in MISTAKES
        key = (finding.mistake.kind, finding.found.message) if is_fact else number
        told[key] = _with(told[key], finding.operations) if key in told else finding
    return [_naming_all(finding) for finding in told.values()]


def _with(finding: Finding, operations: tuple[str, ...]) -> Finding:
    """The finding, of further operations too; what stops the sweep stops all of them."""
    return replace(finding, operations=finding.operations + operations) if finding.operations else finding


def _naming_all(finding: Finding) -> Finding:
    others = finding.operations[1:]
    if not others:
        return finding
    sentence = f"{finding.mistake.sentence} The same error stops {listed([SYMBOLS[one] for one in others])}."
    name = f"{counted(len(finding.operations), 'operation')}: {finding.mistake.kind}"
    return replace(finding, mistake=replace(finding.mistake, name=name, operation=None, sentence=sentence))


class Simulated:
    """The engine of a design, run on each probe once."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._seen: dict[Probe, Seen] = {}
        self._made: dict[Probe, int] = {}

    def seen(self, probe: Probe) -> Seen:
        """What it computes: by a class of its own, which counts its nodes from 0."""
        if probe not in self._seen:
            engine = built(self._design)
            self._seen[probe] = run(Usual(engine), probe, seconds=None)
            self._made[probe] = engine._made
        return self._seen[probe]

    def computed(self, probe: Probe) -> int:
        """How many nodes it made beside the leaves that the program begins with."""
        self.seen(probe)
        return self._made[probe] - probe.leaves
