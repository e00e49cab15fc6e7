"""Is a name that is not one of the choices answered with the choices, and the nearest one?"""

import pytest

from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.choices import nearest, unknown
from tinygrad_edu.errors import ExpressionError, OptionError


@pytest.mark.parametrize(
    ("ask", "asked", "choices", "instead"),
    [
        (lambda: nn.MLP(1, [1], activation="tahn"), "activation='tahn'", "linear, sqrt, exp", "activation='tanh'"),
        (lambda: nn.MLP(1, [1], init="xavie"), "init='xavie'", "uniform, normal", "init='xavier'"),
        (lambda: viz.draw(Value(1.0), detail="fulll"), "draw(..., detail='fulll')", "op, full", "detail='full'"),
        (lambda: viz.player(Value(1.0), lang="zhh"), "lang='zhh'", "en, zh", "lang='zh'"),
        (lambda: nn.EarlyStopping(monitor="lose"), "EarlyStopping(monitor='lose')", "loss, accuracy", "monitor='loss'"),
        (lambda: nn.EarlyStopping(monitor="?"), "EarlyStopping(monitor='?')", "loss, accuracy", "monitor='loss'"),
    ],
)
def test_every_door_names_the_choices_and_the_nearest_one(ask, asked, choices, instead):
    with pytest.raises(OptionError) as caught:
        ask()
    first, wrong, write = str(caught.value).splitlines()
    assert first == asked
    assert wrong.startswith(f"  what is wrong:  the choices are {choices}")
    assert write == f"  write instead:  {instead}"


def test_a_function_that_is_nearly_one_is_named():
    with pytest.raises(ExpressionError, match=r"there is no function sigmoyd(.|\n)*sigmoid\(\.\.\.\)"):
        parse("sigmoyd(x)", x=1)


def test_what_is_like_no_name_gets_the_first_one():
    assert nearest("?", ["mean", "sum"]) == []
    assert str(unknown("reduction", 3, ["mean", "sum"])).endswith("reduction='mean'")
