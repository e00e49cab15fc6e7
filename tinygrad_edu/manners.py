"""How does a Value present itself, and how is it copied?

    f.label                  its name in drawings, steps and messages
    print(f), f"{f:.3f}"     its expression, its number in a format
    f                        in a notebook, its graph
    f._prev, f._op           what micrograd's notebooks read
    copy, deepcopy, pickle   see `copying.py`

None of this matters to the chain rule.

Names to know: `Manners`. Read next: `refusals.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinygrad_edu import copying, rules
from tinygrad_edu.refusals import checked_label
from tinygrad_edu.rule import CALL, Rule
from tinygrad_edu.show import show

if TYPE_CHECKING:
    from tinygrad_edu.value import Value
    from tinygrad_edu.viz import Drawing


class Manners:
    """The part of a Value that shows it and copies it. (`self: Any` is a Value, which is built on this.)"""

    __slots__ = ()

    @property
    def label(self: Any) -> str:
        """The name in drawings, steps and messages."""
        label: str = self._label
        return label

    @label.setter
    def label(self: Any, label: str) -> None:
        self._label = checked_label(label)

    def __repr__(self: Any) -> str:
        grad = show(self.grad) if self.has_grad else "—"
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={show(self._data)}, grad={grad}{label})"

    def __str__(self: Any) -> str:
        """The expression this Value stands for: `parse(str(v))` builds the same function again."""
        from tinygrad_edu.text.printing import summary

        return summary(self)

    def __format__(self: Any, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def latex(self: Any) -> str:
        """The expression this Value stands for, as LaTeX."""
        from tinygrad_edu.text.printing import to_latex

        return to_latex(self)

    def _repr_svg_(self: Any) -> str:
        """What a notebook shows: the graph."""
        drawing: Drawing = self._drawing()
        return drawing._repr_svg_()

    def _drawing(self: Any) -> Drawing:
        from tinygrad_edu import viz

        return viz.draw(self)

    def __copy__(self: Any) -> Value:
        """A separate node with the same arguments."""
        return copying.shallow(self)

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Value:
        return copying.deepcopy(self, memo)

    def __reduce__(self: Any) -> tuple[Any, ...]:
        return copying.reduced(self)

    # micrograd's names for the same things, as read-only views

    @property
    def _prev(self: Any) -> set[Value]:
        return set(self.args)

    @property
    def _op(self: Any) -> str:
        if not self.rule or not self.args:
            return ""
        if self.rule is rules.power:
            return f"**{show(self.args[1].data)}"
        rule: Rule = self.rule
        return rule.text.strip("{} ") if rule.binding is not CALL else rule.symbol
