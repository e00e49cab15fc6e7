"""In which colours, and in which language, is a picture drawn?

    viz.draw(f, theme="dark", lang="zh")

Every picture of `viz` takes both. The colours of a theme are those of `style.py`; what is written in pictures is in
this one table, with a row for each text and a column for each language, as in `steps/sentences.py`. `{name}` is filled
in; all columns of a row have the same names.

Names to know: `Look`, `look_of`, `WORDS`. Read next: `quoting.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from tinygrad_edu.show import counted, show_count
from tinygrad_edu.steps.sentences import check_language, filled
from tinygrad_edu.viz.style import LIGHT, Theme, themed

# fmt: off
WORDS: dict[str, tuple[str, ...]] = {
    # What is counted; in Chinese with its measure word
    "node":          ("node", "个节点"),
    "edge":          ("edge", "条边"),
    "variable":      ("variable", "个变量"),
    "constant":      ("constant", "个常数"),
    "term":          ("term", "项"),
    "point":         ("point", "个点"),
    "parameter":     ("parameter", "个参数"),
    "neuron":        ("neuron", "个神经元"),
    # The graph of a Value
    "data":          ("data {number}", "数值 {number}"),
    "grad":          ("grad {number}", "梯度 {number}"),
    "local":         ("local {number}", "局部 {number}"),
    "a_constant":    ("a constant", "常数"),
    "sum":           ("the sum of the products", "乘积之和"),
    "on_edge":       ("on an edge: local, the local derivative of the operation by this argument",
                      "边上：局部，即运算对这个自变量的局部导数"),
    "below":         ("below it: upstream gradient · local derivative = contribution to the gradient at its start",
                      "其下：上游梯度 · 局部导数 = 对起点梯度的贡献"),
    "not_yet":       ("—: not computed yet; call backward()", "—：还没有计算；请调用 backward()"),
    "positive":      ("blue, solid: positive", "蓝色实线：正"),
    "negative":      ("orange, dashed: negative", "橙色虚线：负"),
    "larger":        ("stronger and thicker: larger", "越深越粗：越大"),
    "flat":          ("grey: a gradient of 0", "灰色：梯度为 0"),
    "too_many":      ("{nodes}, {edges}: too many to read", "{nodes}，{edges}：太多，看不清"),
    "output_is":     ("output {name} = {number}", "输出 {name} = {number}"),
    "leaves":        ("{variables}, {constants}", "{variables}，{constants}"),
    "draw_less":     ("draw a part of it, or raise max_nodes", "请画其中一部分，或加大 max_nodes"),
    # A program
    "a_number":      ("a number", "一个数"),
    # A network
    "input":         ("input", "输入"),
    "output":        ("output", "输出"),
    "layer":         ("layer {layer}", "第 {layer} 层"),
    "more":          ("{count} more", "还有 {count} 个"),
    "input_number":  ("input {number}", "输入 {number}"),
    "bias_is":       ("{activation}, inputs: {count}, bias {number}", "{activation}，输入：{count}，偏置 {number}"),
    "bias":          ("b: bias", "b：偏置"),
    "inside":        ("a: activation · shade: its sign and size", "a：激活值 · 底色：它的正负和大小"),
    "shade_of_bias": ("shade: sign and size of the bias", "底色：偏置的正负和大小"),
    "shade_of_activation": ("shade: sign and size of the activation", "底色：激活值的正负和大小"),
    "by_it":         ("∂: gradient of the output by it", "∂：输出对它的梯度"),
    "weights":       ("lines are weights: blue, solid: positive · orange, dashed: negative · thicker: larger",
                      "线是权重：蓝色实线：正 · 橙色虚线：负 · 越粗越大"),
    "pale_others":   ("pale: of other neurons than the one with the thick ring", "淡色：不属于粗圈的神经元"),
    "pale_smaller":  ("pale: not among the {count} largest between two layers",
                      "淡色：不在两层之间最大的 {count} 个之列"),
    "strongest":     ("of the weights between two layers, the {count} largest are drawn",
                      "两层之间只画最大的 {count} 个权重"),
    # Plots
    "accuracy_of":   ("accuracy {percent} %, {points}", "准确率 {percent} %，{points}"),
    "class":         ("class {label}", "类别 {label}"),
    "loss":          ("loss", "损失"),
    "accuracy":      ("accuracy", "准确率"),
    "epoch":         ("epoch", "轮次"),
    "training":      ("training", "训练"),
    "validation":    ("validation", "验证"),
    "no_epoch":      ("no epoch finished", "没有完成一轮"),
    "epochs":        ("{count} epochs, {measured}", "{count} 轮，{measured}"),
    "from_to":       ("loss {first} → {last}", "损失 {first} → {last}"),
    "and_right":     (", accuracy {percent} %", "，准确率 {percent} %"),
    "of_validation": ("validation {measured}", "验证{measured}"),
    "stopped":       ("stopped early", "提前停止"),
    "best":          ("best: epoch {epoch}", "最佳：第 {epoch} 轮"),
    "at_epoch":      ("epoch {epoch}, loss {loss}", "第 {epoch} 轮，损失 {loss}"),
    "neuron_of":     ("a{neuron} (layer {layer})", "a{neuron}（第 {layer} 层）"),
    "activation":    ("activation", "激活值"),
    "deviation":     ("{title}, deviation {number}", "{title}，标准差 {number}"),
    "layer_holds":   ("layer {layer}: {parameters}", "第 {layer} 层：{parameters}"),
    "layer_grads":   ("layer {layer}: gradients", "第 {layer} 层：梯度"),
    "layer_gives":   ("layer {layer}, {activation}", "第 {layer} 层，{activation}"),
    "stuck":         ("{title}: {stuck} of {count} neurons stuck", "{title}：{count} 个神经元中 {stuck} 个不再变化"),
    "parameters":    ("parameters", "参数个数"),
    "of_parameters": ("weights and biases", "权重和偏置"),
    "of_gradients":  ("gradients", "梯度"),
    "activations":   ("activations", "激活值个数"),
    "of_neurons":    ("activations of {neurons}", "{neurons}的激活值"),
    # The lessons
    "iteration":     ("iteration", "迭代次数"),
    "cost":          ("cost", "代价"),
    "too_long":      ("steps of 1.2 become too long", "步长 1.2 变得太大"),
    "read_as":       ("a {right}, read as {said}", "{right} 认成 {said}"),
    # A training in motion
    "film":          ("A training, epoch by epoch", "逐轮看训练"),
    "film_shows":    ("the plane as the network divides it, and the network with its weights",
                      "网络划分的平面，以及网络和它的权重"),
    "play":          ("Play", "播放"),
    "pause":         ("Pause", "暂停"),
}
# fmt: on


class Look(NamedTuple):
    """The colours and the language of a picture.

    >>> Look().say("best", epoch=7), Look(lang="zh").say("best", epoch=7)
    ('best: epoch 7', '最佳：第 7 轮')
    """

    theme: Theme = LIGHT
    lang: str = "en"

    def say(self, key: str, /, **places: object) -> str:
        """A row of the table, with its places filled in."""
        return filled(WORDS, self.lang, key, **places)

    def counted(self, count: int, thing: str) -> str:
        """A count with its thing.

        >>> Look().counted(1, "point"), Look(lang="zh").counted(1200, "point")
        ('1 point', '1,200 个点')
        """
        return counted(count, thing) if self.lang == "en" else f"{show_count(count)} {self.say(thing)}"


def look_of(call: str, theme: str, lang: str) -> Look:
    """The look that was asked for.

    Args:
        call: the function that was called, for the message.
        theme: "light" or "dark".
        lang: "en" or "zh".

    Raises:
        OptionError: if there is no such theme or language; with the nearest one.

    >>> look_of("draw", "dark", "en").theme.name
    'dark'
    >>> look_of("draw", "drak", "en")
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.OptionError: draw(..., theme='drak')
      what is wrong:  the choices are light, dark
      write instead:  theme='dark'
    """
    check_language(lang, f"{call}(..., {{}})")
    return Look(themed(theme, f"{call}(..., {{}})"), lang)
