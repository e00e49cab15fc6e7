"""How is a softmax recognized that was written by hand, so that nothing overflows?

    top = max(z.data for z in zs)
    total = sum((z - top).exp() for z in zs)
    surprise = total.log() + top - zs[label]

The largest number is taken away before `exp`, and comes back after `log`. So it does not matter which number that is:
for any c at all

    log Σ exp(z - c) + c = logsumexp(z)               exp(z - c) / Σ exp(z - c) = exp(z - logsumexp(z))

The right sides have no c any more. A program with the left ones would keep the largest number of the samples that it
was found with, and overflow for others.

Names to know: `without_shifts`. Read next: `arrays.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from tinygrad_edu import floats
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, div, exp, log, logsumexp, mul, sub

if TYPE_CHECKING:
    from tinygrad_edu.compiler.scalars import Scalars

SAME = Rule("same", float, 1.0)  # a node that is equal to its only argument
SHARE = Rule(
    "share",
    lambda z, whole: floats.exp(z - whole),
    lambda z, whole, out: out,
    lambda z, whole, out: -out,
)  # exp(z - whole): only the compiler makes it

Change = tuple[int, Rule, list[int]]  # a node, and what it is from now on


class Shifted(NamedTuple):
    """A sum of exp(z - c): the node that is the sum, the node c, and each z."""

    total: int
    shift: int
    zs: list[int]


class NotCancelledError(Exception):
    """Another node uses a sum with its shift."""


def without_shifts(scalars: Scalars, uses: Sequence[int]) -> bool:
    """Write sums of exp(z - c) whose users cancel c as logsumexp(z); whether there were any.

    None are, if the caller asks for a number that the loss would not be computed from any more, an exp(z - c) say.
    """
    before = scalars.rule[:], scalars.args[:], scalars.data[:]
    is_changed = _cancel(scalars, uses)
    if is_changed and scalars.wanted and not _reached(scalars).issuperset(scalars.wanted):
        scalars.rule[:], scalars.args[:], scalars.data[:] = before
        return False
    return is_changed


def _reached(scalars: Scalars) -> set[int]:
    """The nodes that the loss is computed from, and the loss."""
    found = {scalars.output}
    for node in range(scalars.output, -1, -1):
        if node in found:
            found.update(scalars.args[node])
    return found


def _cancel(scalars: Scalars, uses: Sequence[int]) -> bool:
    found = _sums(scalars, uses)
    users = _users(scalars, found)
    is_changed = False
    for each in found:
        try:
            changes = _Cancelled(scalars, each, users).changes()
        except NotCancelledError:
            continue
        is_changed = True
        for node, rule, args in changes:
            scalars.rule[node], scalars.args[node] = rule, args
        scalars.data[each.total] = floats.logsumexp([scalars.data[z] for z in each.zs])
    return is_changed


def _sums(scalars: Scalars, uses: Sequence[int]) -> list[Shifted]:
    """Sums whose terms are all exp(z - c), with one c for all of them."""
    found = []
    for total, terms in _sums_of_powers(scalars, uses).items():
        pairs = [scalars.args[scalars.args[term][0]] for term in terms]
        shifts = {scalars.constants.get(shift, shift) for _, shift in pairs}
        if len(terms) > 1 and len(shifts) == 1 and isfinite(scalars.data[total]):
            found.append(Shifted(total, shifts.pop(), [z for z, _ in pairs]))
    return found


def _sums_of_powers(scalars: Scalars, uses: Sequence[int]) -> dict[int, list[int]]:
    """The last node of each chain of additions whose terms are all powers, and these."""
    chains: dict[int, list[int]] = {}
    for node, rule in enumerate(scalars.rule):
        if rule is add and _is_power(scalars, scalars.args[node][1]):
            before, term = scalars.args[node]
            terms = _up_to(scalars, uses, before, chains)
            if terms is not None:
                terms.append(term)
                chains[node] = terms
    return chains


def _up_to(scalars: Scalars, uses: Sequence[int], node: int, chains: dict[int, list[int]]) -> list[int] | None:
    """The powers that are added up to a node; None if there is something else."""
    if _is_zero(scalars, node):
        return []
    if node in chains:
        return chains.pop(node) if uses[node] == 1 else None
    return [node] if _is_power(scalars, node) else None


def _is_power(scalars: Scalars, node: int) -> bool:
    """Whether a node is exp(z - c)."""
    return scalars.rule[node] is exp and scalars.rule[scalars.args[node][0]] is sub


def _is_zero(scalars: Scalars, node: int) -> bool:
    return node in scalars.constants and scalars.data[node] == 0.0


def _users(scalars: Scalars, sums: Sequence[Shifted]) -> dict[int, list[int]]:
    """Who uses the sums; who uses what is made of them; and who uses that, up to where a shift may come back."""
    users: dict[int, list[int]] = {each.total: [] for each in sums}
    depths = dict.fromkeys(users, 0)
    for node, args in enumerate(scalars.args) if users else ():
        for arg in {*args} & users.keys():
            users[arg].append(node)
            if depths[arg] < 2:
                users.setdefault(node, [])
                depths[node] = max(depths.get(node, 0), depths[arg] + 1)
    for result in {scalars.output, *scalars.wanted} & users.keys():
        users[result].append(-1)  # for a caller who asks for the number itself
    return users


class _Cancelled:
    """What becomes of the users of a sum, so that its shift is in none of them."""

    def __init__(self, scalars: Scalars, of: Shifted, users: dict[int, list[int]]) -> None:
        self.scalars, self.of, self.users = scalars, of, users

    def changes(self) -> list[Change]:
        """What changes.

        Raises:
            NotCancelledError: if there is a user that needs the shift.
        """
        total = self.of.total
        found: list[Change] = [(total, logsumexp, self.of.zs)]
        for user in self.users[total]:
            rule, args = self._made(user)
            if rule is log:
                found += [change for each in self.users[user] for change in self._of_log(user, each)]
            elif rule is div and args[1] == total and self._is_shifted_power(args[0]):
                found.append((user, SHARE, [self._unshifted(args[0]), total]))
            elif rule is div and args[1] == total and self.scalars.data[args[0]] == 1.0:
                found += [self._of_inverse(user, each) for each in self.users[user]]
            else:
                raise NotCancelledError
        return found

    def _made(self, node: int) -> tuple[Rule | None, list[int]]:
        return (self.scalars.rule[node], self.scalars.args[node]) if node >= 0 else (None, [])

    def _of_inverse(self, inverse: int, user: int) -> Change:
        """exp(z - c) · (1 / Σ)."""
        rule, args = self._made(user)
        for power, other in (args, args[::-1]) if rule is mul else ():
            if other == inverse and self._is_shifted_power(power):
                return user, SHARE, [self._unshifted(power), self.of.total]
        raise NotCancelledError

    def _of_log(self, logarithm: int, user: int) -> list[Change]:
        """log Σ + c;  (z - c) - log Σ, or the other way round;  log Σ with something else, and then c."""
        rule, args = self._made(user)
        if rule not in (add, sub) or args[0] == args[1]:
            raise NotCancelledError
        sign = -1 if rule is sub and args[1] == logarithm else 1  # with which the logarithm counts
        other = args[0] if args[1] == logarithm else args[1]
        if rule is add and self._is_shift(other):
            return [(user, SAME, [self.of.total])]
        replaced = [self.of.total if arg == logarithm else arg for arg in args]
        if rule is sub and self._is_difference(other):
            z = self.scalars.args[other][0]
            return [(user, sub, [z if arg == other else arg for arg in replaced])]
        return [(user, rule, replaced), *self._shift_comes_back(user, sign)]

    def _shift_comes_back(self, node: int, sign: int) -> list[Change]:
        """The users of a sum with the logarithm in it, if c comes back there."""
        found: list[Change] = []
        for user in self.users[node]:
            rule, args = self._made(user)
            wanted = add if sign > 0 else sub
            is_last = rule is wanted and args[0] == node and self._is_shift(args[1])
            is_first = rule is add and sign > 0 and args[1] == node and self._is_shift(args[0])
            if not (is_last or is_first):
                raise NotCancelledError
            found.append((user, SAME, [node]))
        return found

    def _is_shift(self, node: int) -> bool:
        return self.scalars.constants.get(node, node) == self.of.shift

    def _is_difference(self, node: int) -> bool:
        """Whether a node is z - c."""
        return self.scalars.rule[node] is sub and self._is_shift(self.scalars.args[node][1])

    def _is_shifted_power(self, node: int) -> bool:
        return _is_power(self.scalars, node) and self._is_difference(self.scalars.args[node][0])

    def _unshifted(self, power: int) -> int:
        """The z of exp(z - c)."""
        return self.scalars.args[self.scalars.args[power][0]][0]
