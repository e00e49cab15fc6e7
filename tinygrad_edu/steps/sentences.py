"""How is a step said in a sentence, in English and in Chinese?

    ∂f/∂x = ∂f/∂q · ∂q/∂x        q moves one for one with x: the gradient of q goes through as it is.

The sentences are a table, with a row for each and a column for each language; `{name}` is filled in. A terminal and the
page say the same: the page chooses among the rows in JavaScript (`viz/page/assets/lab/words.js`), a terminal here.

Names to know: `sentence`, `caution`, `say`, `SENTENCES`. Read next: `judging.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tinygrad_edu.choices import unknown
from tinygrad_edu.rule import RULES, Rule
from tinygrad_edu.show import ordinal, show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Node, SeedStep, Step, Trace
from tinygrad_edu.steps.wording import OUT, Role, Slot, local_derivatives, roles

LANGUAGES = ("en", "zh")
CALLED = {
    "en": ("en", "eng", "english", "英文", "英语"),
    "zh": (
        "zh",
        "cn",
        "zho",
        "chi",
        "chinese",
        "mandarin",
        "中文",
        "汉语",
        "简体中文",
        "简体",
        "繁體中文",
        "漢語",
        "华语",
    ),
}  # what a language may be called
NEAR = 2**-30  # how far to each side of a kink its slopes are taken, relative to a number larger than 1
STEEP = 1e6  # a slope that only a jump has

# fmt: off
SENTENCES: dict[str, tuple[str, ...]] = {
    # ── what a step does ──────────────────────────────────────────────────────────────────────────────────────────
    "phase_forward":     ("Forward", "前向"),
    "phase_seed":        ("Seed", "种子"),
    "phase_backward":    ("Backward", "反向"),
    "step_of":           ("step {step} of {steps}", "第 {step} 步，共 {steps} 步"),
    "say_forward":       ("All arguments of {node} are known, so its number can be computed.",
                          "{node} 所需的数都已知，可以算出它的值。"),
    "say_seed":          ("The way back begins at the output. When {node} changes a little, {node} changes by just as "
                          "much: its gradient is 1.",
                          "反向从输出开始。{node} 变化一点，{node} 就变化同样多：它的梯度是 1。"),
    "say_same":          ("{user} moves one for one with {moved}: the gradient of {user} goes through as it is.",
                          "{moved} 变多少，{user} 就变多少：{user} 的梯度原样通过。"),
    "say_same_output":   ("{user} moves one for one with {moved}. {user} is the output, whose own gradient is 1: so "
                          "{argument} gets 1.",
                          "{moved} 变多少，{user} 就变多少。{user} 是输出，它自己的梯度是 1：所以 {argument} 得到 1。"),
    "say_opposite":      ("{user} moves against {moved}, one for one: the gradient of {user} changes its sign.",
                          "{moved} 增加多少，{user} 就减少多少：{user} 的梯度变号。"),
    "say_opposite_output": ("{user} moves against {moved}, one for one. {user} is the output, whose own gradient is "
                          "1: so {argument} gets −1.",
                          "{moved} 增加多少，{user} 就减少多少。{user} 是输出，它自己的梯度是 1：所以 "
                          "{argument} 得到 −1。"),
    "say_edge":          ("When {moved} changes a little, {user} {change}. So the gradient of {user} is multiplied by "
                          "{local} on its way to {argument}.",
                          "{moved} 变化一点，{user} {change}。所以 {user} 的梯度乘以 {local} 再传给 "
                          "{argument}。"),
    "say_edge_output":   ("When {moved} changes a little, {user} {change}. {user} is the output, whose own gradient "
                          "is 1: so {argument} gets {local}.",
                          "{moved} 变化一点，{user} {change}。{user} 是输出，它自己的梯度是 1：所以 "
                          "{argument} 得到 {local}。"),
    "change":            ("changes {times} times as much", "变化它的 {times} 倍"),
    "change_against":    ("changes {size} times as much, the other way", "反向变化它的 {size} 倍"),
    "change_against_as": ("changes {size} times as much, the other way ({times})", "反向变化它的 {size} 倍（{times}）"),
    "change_same":       ("changes by the same amount", "变化同样多"),
    "change_same_against": ("changes by the same amount, the other way", "反向变化同样多"),
    "say_kink":          ("{user} has a kink here: its slope by {moved} jumps from {left} to {right}. By convention "
                          "its local derivative is {local}.",
                          "{user} 在这里有折点：它对 {moved} 的斜率从 {left} 跳到 {right}。"
                          "按约定，局部导数取 {local}。"),
    "say_not_finite":    ("The local derivative of {user} by {moved} is {local} here: the curve is vertical, or a "
                          "number on the way is not finite. {argument} gets no usable gradient.",
                          "{user} 对 {moved} 的局部导数在这里是 {local}：曲线是竖直的，或者途中有数不是有限的。"
                          "{argument} 得不到可用的梯度。"),
    "in_its_role":       ("the {role} {argument} of {user}", "{user} 的{role} {argument}"),
    "in_its_role_alone": ("the {role} {argument} of {user} alone", "{user} 里只有{role} {argument}"),
    "sum_first":         ("{number} so far", "目前 {number}"),
    "to_come":           ("{count} more to come", "还有 {count} 个"),
    "complete":          ("complete", "完整"),

    # ── why nothing passes ────────────────────────────────────────────────────────────────────────────────────────
    "stop_upstream":     ("Nothing passes: the gradient of {user} itself is 0.",
                          "没有东西传过去：{user} 自己的梯度就是 0。"),
    "stop_relu":         ("Nothing passes: {user} is a ReLU that is off. Its input {argument} = {number} is not above "
                          "0, so it is flat there and its local derivative is 0. This unit learns nothing here.",
                          "没有东西传过去：{user} 是一个关闭的 ReLU。它的输入 {argument} = {number} 不大于 0，"
                          "曲线在那里是平的，局部导数是 0。这个单元在这里学不到东西。"),
    "stop_flat":         ("Nothing passes: {user} is flat in {argument}, it only jumps. Its local derivative is 0.",
                          "没有东西传过去：{user} 对 {argument} 是平的，只会跳变，局部导数是 0。"),
    "stop_choice":       ("Nothing passes: {user} takes its number from elsewhere, so {argument} makes no difference.",
                          "没有东西传过去：{user} 的值取自另一个自变量，{argument} 不起作用。"),
    "stop_factor":       ("Nothing passes: the other factor is 0, so {user} stays 0 whatever {argument} is.",
                          "没有东西传过去：另一个因子是 0，不管 {argument} 是多少，{user} 都是 0。"),
    "stop_weight":       ("Nothing passes: {argument} is multiplied by 0 in {user}, so it makes no difference there.",
                          "没有东西传过去：{argument} 在 {user} 里乘的是 0，所以不起作用。"),
    "stop_saturated":    ("Nothing passes: {user} is so far out on its curve that its slope rounds to 0.",
                          "没有东西传过去：{user} 在曲线上太远，斜率四舍五入为 0。"),
    "stop_local":        ("Nothing passes: the local derivative of {user} by {argument} is 0 here.",
                          "没有东西传过去：{user} 对 {argument} 的局部导数在这里是 0。"),
    "stop_tiny":         ("Nothing passes: the product for {argument} is so small that it rounds to 0.",
                          "没有东西传过去：传给 {argument} 的乘积太小，四舍五入为 0。"),

    # ── predict ───────────────────────────────────────────────────────────────────────────────────────────────────
    "predict_ask":       ("What is {gradient}?", "{gradient} 是多少？"),
    "predict_ask_sum":   ("What is {gradient} after the contribution through {user}?",
                          "加上经过 {user} 的贡献之后，{gradient} 是多少？"),
    "predict_ask_value": ("What is {node} = {formula}?", "{node} = {formula} 是多少？"),
    "predict_given":     ("Known: {upstream} = {number}.", "已知：{upstream} = {number}。"),
    "predict_right":     ("Right: {number}.", "对：{number}。"),
    "predict_corrected": ("Now it is right: {number}.", "改对了：{number}。"),
    "predict_wrong":     ("Not {answer}.", "不是 {answer}。"),
    "predict_shown":     ("It is {number}.", "答案是 {number}。"),
    "predict_unread":    ("Write a number, such as −4, 0.25 or 1/3.", "写一个数，例如 −4、0.25 或 1/3。"),
    "predict_rough":     ("So far so good: write at least three digits.", "目前没错：请至少写三位数字。"),
    "predict_unknown":   ("Begin with the product: upstream gradient · local derivative.",
                          "先写出乘积：上游梯度 · 局部导数。"),
    "predict_unknown_value": ("Put the numbers of the arguments into {formula}.", "把自变量的值代入 {formula}。"),
    "mistake_path":      ("A path was forgotten: {argument} is used more than once, and the contributions add up.",
                          "漏了一条路径：{argument} 用了不止一次，各个贡献要相加。"),
    "mistake_ahead":     ("That is the complete gradient of {argument}. This step adds one contribution; others "
                          "are still to come.",
                          "这是 {argument} 的完整梯度。这一步只加一个贡献，其他的还没到。"),
    "mistake_twice":     ("This contribution was added twice.", "这个贡献被加了两次。"),
    "mistake_sign":      ("The sign is wrong.", "符号错了。"),
    "mistake_output":    ("In the local derivative {local}, the output was used for the input, or the input for "
                          "the output.",
                          "局部导数 {local} 里把输出当成了输入，或把输入当成了输出。"),
    "mistake_upstream":  ("The upstream gradient was forgotten: multiply by {gradient} = {upstream}.",
                          "忘了上游梯度：要乘以 {gradient} = {upstream}。"),
    "mistake_local":     ("The local derivative was forgotten: the upstream gradient was passed on as it is.",
                          "忘了局部导数：上游梯度被原样传了过去。"),
    "mistake_early":     ("The gradient of {user} was not yet complete: all its contributions are {upstream} "
                          "together.",
                          "{user} 的梯度还不完整：它的所有贡献加起来是 {upstream}。"),
    "mistake_other":     ("That is the local derivative by another argument of {user}.",
                          "这是 {user} 对另一个自变量的局部导数。"),
    "mistake_bracket":   ("The sum so far was multiplied too: only {gradient} · {local} is multiplied, and "
                          "{before} is added to it.",
                          "把已有的和也乘进去了：只有 {gradient} · {local} 相乘，再加上 {before}。"),
    "mistake_plus":      ("Upstream gradient and local derivative were added: the chain rule multiplies them.",
                          "上游梯度和局部导数被相加了：链式法则是相乘。"),
    "mistake_quotient":  ("The upstream gradient was divided by the local derivative: the chain rule multiplies "
                          "them.",
                          "上游梯度被除以局部导数：链式法则是相乘。"),
    "mistake_value":     ("That is a number of the way forward, not a gradient.", "这是前向的数值，不是梯度。"),
    "mistake_forward_swapped": ("The two arguments were exchanged: it is {formula}.",
                          "两个自变量颠倒了：应当是 {formula}。"),
    "mistake_forward_sign": ("The sign is wrong.", "符号错了。"),
    "mistake_forward_operation": ("That is the result of another operation: it is {formula}.",
                          "这是另一种运算的结果：应当是 {formula}。"),
    "mistake_forward_argument": ("That is one of the arguments: put the numbers into {formula}.",
                          "这是其中一个自变量：要代入 {formula}。"),

    # ── what an argument is to an operation, as the rule table says it ────────────────────────────────────────────
    "argument":          ("argument", "自变量"),
    "term":              ("term", "加数"),
    "minuend":           ("minuend", "被减数"),
    "subtrahend":        ("subtrahend", "减数"),
    "factor":            ("factor", "因子"),
    "dividend":          ("dividend", "被除数"),
    "divisor":           ("divisor", "除数"),
    "base":              ("base", "底数"),
    "exponent":          ("exponent", "指数"),
    "weight":            ("weight", "权重"),
    "input":             ("input", "输入"),
}
# fmt: on
ORDINALS = {"en": lambda number: f"{ordinal(number)} ", "zh": lambda number: f"第 {number} 个"}


def language_of(name: str) -> str | None:
    """The language that is meant by a name, such as that of a system; None, if it is not one of these.

    >>> [language_of(name) for name in ("zh_CN.UTF-8", "cn", "Chinese", "中文", "EN-us", "English", "de")]
    ['zh', 'zh', 'zh', 'zh', 'en', 'en', None]
    """
    parts = re.split(r"[\W_]+", name.strip().lower())
    return next((lang for part in parts for lang, names in CALLED.items() if part in names), None)


def check_language(lang: str, call: str = "{}") -> None:
    """Check that a language is one of these, by its short name.

    Args:
        lang: the language.
        call: what was called with it, around the argument.

    Raises:
        OptionError: if it is not; with the one that is meant.

    >>> check_language("cn", "draw(f, {})")
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.OptionError: draw(f, lang='cn')
      what is wrong:  the choices are en, zh
      write instead:  lang='zh'
    """
    if lang not in LANGUAGES:
        raise unknown("lang", lang, LANGUAGES, call=call, meant=language_of(str(lang)))


def say(lang: str, key: str, /, **places: object) -> str:
    """A row of the table in one language, with its places filled in.

    >>> say("en", "complete"), say("zh", "to_come", count=2)
    ('complete', '还有 2 个')
    """
    return filled(SENTENCES, lang, key, **places)


def filled(table: Mapping[str, Sequence[str]], lang: str, key: str, /, **places: object) -> str:
    """A row of a table of texts, whose columns are the languages, with its places filled in."""
    return table[key][LANGUAGES.index(lang)].format(**places)


def role_in(lang: str, role: Role) -> str:
    """What an argument is to an operation, in one language.

    >>> role_in("en", Role("factor", 2)), role_in("zh", Role("factor", 2)), role_in("zh", Role("base", 0))
    ('second factor', '第 2 个因子', '底数')
    """
    noun = say(lang, role.noun) if role.noun in SENTENCES else role.noun
    return ORDINALS[lang](role.number) + noun if role.number else noun


def sentence(trace: Trace, step: Step, lang: str = "en") -> str:
    """What one step of a trace does, in a sentence.

    >>> from tinygrad_edu import chain_rule, parse
    >>> trace = chain_rule(parse("f = x * y", x=2, y=3))
    >>> print(sentence(trace, trace[2]))
    When x changes a little, f changes y = 3 times as much. f is the output, whose own gradient is 1: so x gets 3.
    >>> print(sentence(trace, trace[1]))
    The way back begins at the output. When f changes a little, f changes by just as much: its gradient is 1.
    """
    match step:
        case ForwardStep(name=name):
            return say(lang, "say_forward", node=name)
        case SeedStep(output=name):
            return say(lang, "say_seed", node=name)
        case EdgeStep():
            edge = _Edge.of(trace, step)
            return edge.caution(lang) or edge.ordinary(lang)


def caution(trace: Trace, step: EdgeStep, lang: str = "en") -> str:
    """The sentence about a local derivative that is a convention, at a kink, or is not a number; "" elsewhere.

    >>> from tinygrad_edu import chain_rule, parse
    >>> trace = chain_rule(parse("f = relu(x)", x=0))
    >>> print(caution(trace, trace.edges[0]))
    f has a kink here: its slope by x jumps from 0 to 1. By convention its local derivative is 0.
    """
    return _Edge.of(trace, step).caution(lang)


class _Edge(NamedTuple):
    """One application of the chain rule, with what its sentence depends on."""

    step: EdgeStep
    rule: Rule | None
    args: tuple[Node, ...]  # of the user
    out: float
    is_output: bool

    @classmethod
    def of(cls, trace: Trace, step: EdgeStep) -> _Edge:
        user = trace.nodes[step.user_node]
        args = tuple(trace.nodes[index] for index in user.args)
        return cls(step, RULES.get(user.op), args, user.data, user is trace.output)

    def caution(self, lang: str) -> str:
        step, kink = self.step, self._kink()
        if kink and step.upstream != 0:
            return say(lang, "say_kink", **self._places(lang), **kink)
        if not math.isfinite(step.partial) and step.contribution != 0:
            return say(lang, "say_not_finite", **self._places(lang))
        return ""

    def ordinary(self, lang: str) -> str:
        step, places = self.step, self._places(lang)
        if step.contribution == 0:
            argument = self._in_role(lang, "in_its_role")
            number = show(self.args[step.position].data)
            return say(lang, self._stop_reason(), user=step.user, argument=argument, number=number)
        ending = "_output" if self.is_output else ""
        if step.partial in (1, -1):
            return say(lang, ("say_same" if step.partial == 1 else "say_opposite") + ending, **places)
        return say(lang, f"say_edge{ending}", **places, change=self._change(lang))

    def _places(self, lang: str) -> Mapping[str, str]:
        step = self.step
        moved = self._in_role(lang, "in_its_role_alone")
        return {"user": step.user, "argument": step.argument, "moved": moved, "local": show(step.partial)}

    def _in_role(self, lang: str, key: str) -> str:
        """The argument; where it stands at several places of the operation, as what it stands at this one."""
        step = self.step
        return say(lang, key, role=step.role, argument=step.argument, user=step.user) if step.role else step.argument

    def _change(self, lang: str) -> str:
        """How much the result changes, by the name of the local derivative if it is another number of the operation."""
        partial, place = self.step.partial, self._place()
        shown, size = show(partial), show(abs(partial))
        if size == "1":
            return say(lang, "change_same" if partial > 0 else "change_same_against")
        is_named = place is not None and not self.args[place].is_constant
        times = f"{self.step.symbol} = {shown}" if is_named else shown
        if partial > 0:
            return say(lang, "change", times=times)
        return say(lang, "change_against_as" if is_named else "change_against", times=times, size=size)

    def _place(self) -> int | None:
        """Which argument the local derivative is, as the other factor of a product; None if it is none of them."""
        if self.rule is None:
            return None
        constants = [arg.data if arg.is_constant else None for arg in self.args]
        wording = local_derivatives(self.rule, constants)[self.step.position]
        match wording:
            case (Slot(position=place),) if place != OUT:
                return place
        return None

    def _stop_reason(self) -> str:
        """Why a contribution is 0."""
        step, rule = self.step, self.rule
        if step.upstream == 0:
            return "stop_upstream"
        if step.partial != 0:
            return "stop_tiny"
        if not step.symbol:
            return "stop_flat"
        if rule and rule.kinks and not rule.defaults:
            return "stop_relu" if rule.is_unary else "stop_choice"
        if (place := self._place()) is not None:
            nouns = [role.noun for role in roles(rule, len(self.args))]
            return "stop_factor" if nouns[place] == nouns[step.position] else "stop_weight"
        return "stop_saturated" if rule and rule.flat else "stop_local"

    def _kink(self) -> Mapping[str, str]:
        """Where the slope jumps, both slopes; the row says whether it has such places at all."""
        position = self.step.position
        number = self.args[position].data
        if self.rule is None or not self.rule.kinks or not math.isfinite(number):
            return {}
        h = NEAR * max(1.0, abs(number))
        left, right = (self._slope(position, move) for move in (-h, h))
        gap, size = abs(left - right), max(abs(left), abs(right), 1e-3)
        is_kink = gap > 1e-3 * size and size <= STEEP  # a step, which is flat on both sides, only jumps
        return {"left": show(left), "right": show(right)} if is_kink else {}

    def _slope(self, position: int, move: float) -> float:
        assert self.rule is not None
        moved = [arg.data + (move if index == position else 0.0) for index, arg in enumerate(self.args)]
        return float(f"{(self.rule.evaluate(moved) - self.out) / move:.6g}")
