"""What does the page say, and in which languages?

Every string of the player and the worksheet is in this one table, with a row for each string and a column for each
language. A translation is one more column. `{name}` is filled in when the string is shown; all columns of a row have
the same names.

Names to know: `LANGUAGES`, `strings`. Read next: `slips.py`.
"""

from __future__ import annotations

from tinygrad_edu.choices import unknown
from tinygrad_edu.show import ordinal
from tinygrad_edu.steps.wording import Role

LANGUAGES = ("en", "zh")
HTML_LANG = {"en": "en", "zh": "zh-Hans"}

# fmt: off
TABLE: dict[str, tuple[str, ...]] = {
    # ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────
    "title":             ("The chain rule, step by step: {output}", "链式法则，一步一步：{output}"),
    "formula":           ("A formula, such as q = x + y; f = q * z", "公式，例如 q = x + y; f = q * z"),
    "tools":             ("Tools", "工具"),
    "stage":             ("The graph", "计算图"),
    "tabs":              ("What to do with it", "可以做什么"),
    "graph":             ("Computation graph of {expression}", "{expression} 的计算图"),
    "box":               ("value {value}, gradient {gradient}", "数值 {value}，梯度 {gradient}"),
    "too_large":         ("This graph is too large to draw: {nodes} nodes, {edges} edges. The steps are all here.",
                          "这张图太大，画不下：{nodes} 个结点，{edges} 条边。所有步骤都在这里。"),
    "source":            ("made with tinygrad_edu", "由 tinygrad_edu 生成"),

    # ── the bar: formula, examples, link, language ───────────────────────────────────────────────────────────────
    "no_script":         ("This page computes with JavaScript, which this browser has switched off.",
                          "这个页面用 JavaScript 计算，而这个浏览器关闭了它。"),
    "side":              ("The step, and what to do with it", "这一步，以及可以做什么"),
    "examples_button":   ("Examples ▾", "例子 ▾"),
    "examples":          ("Examples", "例子"),
    "formula_empty":     ("Type a formula, such as q = x + y; f = q * z",
                          "输入公式，例如 q = x + y; f = q * z"),
    "formula_python":    ("{name}: a graph of {nodes} nodes from Python. Type a formula to replace it.",
                          "{name}：来自 Python 的图，{nodes} 个结点。输入公式可以替换它。"),
    "instead":           ("Write instead:", "改写成："),
    "write_instead":     ("Write {better} instead", "改写成 {better}"),
    "leave_out":         ("Leave it out", "删掉它"),
    "full_stop":         (".", "。"),
    "share":             ("Share", "分享"),
    "share_link":        ("Link to this page as it is now", "指向页面当前状态的链接"),
    "share_copied":      ("Copied: this link opens the page as it is now.",
                          "已复制：这个链接打开页面现在的样子。"),
    "share_by_hand":     ("This link opens the page as it is now. Copy it from here.",
                          "这个链接打开页面现在的样子，可以从这里复制。"),
    "share_framed":      ("In a notebook the page has no address. Save it with player(f).save(\"f.html\"), open that "
                          "file, and put this behind its address.",
                          "在笔记本里页面没有地址。用 player(f).save(\"f.html\") 保存并打开它，"
                          "再把这一段接在它的地址后面。"),
    "link_part":         ("The link has a part that is not read: {part}",
                          "链接里有读不懂的部分：{part}"),
    "link_step":         ("In the link, step has to be a whole number, and not {step}.",
                          "链接里的 step 应是整数，不是 {step}。"),
    "link_far":          ("The link wants step {step}, and the last is {last}.",
                          "链接要第 {step} 步，而最后一步是 {last}。"),
    "link_number":       ("In the link, {name} needs a number, and not {text}.",
                          "链接里的 {name} 应是数，不是 {text}。"),
    "link_name":         ("The link has a number for {name}, which is not an input here.",
                          "链接给了 {name} 的值，而这里没有这个输入。"),
    "link_formula":      ("The formula of the link is wrong: see the formula box.",
                          "链接里的公式有误：见公式框。"),
    "link_outside":      ("The numbers of the link are outside the domain of an operation; the first numbers are shown.",
                          "链接里的数超出了某个运算的定义域；显示的是最初的数。"),
    "no_picture":        ("This browser cannot run WebAssembly, which lays the picture out. The steps are all here.",
                          "这个浏览器不能运行排版图形的 WebAssembly。所有步骤都在这里。"),
    "present":           ("Present", "演示"),
    "theme_system":      ("Colours: as the system has them", "颜色：跟随系统"),
    "theme_light":       ("Colours: light", "颜色：浅色"),
    "theme_dark":        ("Colours: dark", "颜色：深色"),
    "close":             ("Close", "关闭"),
    # ── the stage: zoom, presentation, legend ────────────────────────────────────────────────────────────────────
    "stage_terms":       ("{count} terms", "{count} 项"),
    "stage_edges":       ("{count} arrows", "{count} 条箭头"),
    "stage_close":       ("Fold {name}", "折叠{name}"),
    "stage_arrived":     ("{arrived} of {all}", "{arrived} / {all}"),
    "stage_positive":    ("positive", "正"),
    "stage_negative":    ("negative", "负"),
    "stage_thicker":     ("thicker: larger", "越粗越大"),
    "stage_stopped":     ("nothing passes", "没有东西传过去"),
    "stage_dashed":      ("not reached yet", "尚未到达"),
    "stage_tools":       ("Look around", "查看"),
    "stage_farther":     ("Zoom out (−)", "缩小 (−)"),
    "stage_closer":      ("Zoom in (+)", "放大 (+)"),
    "stage_fit":         ("fit", "适应"),
    "stage_fit_all":     ("Show everything (0)", "显示全部 (0)"),
    "stage_full":        ("Full screen", "全屏"),
    "stage_end":         ("End the presentation (Esc)", "结束演示 (Esc)"),
    "key_zoom":          ("zoom out, zoom in, show everything", "缩小、放大、显示全部"),
    "key_pan":           ("move the graph", "移动计算图"),
    "stage_no_full":     ("This frame may not fill the screen: save the page and open the file.",
                          "这个框架不能全屏：请保存页面再打开文件。"),
    # ── any size: groups, samples, the overview ──────────────────────────────────────────────────────────────────
    "size_layer":        ("layer {layer}", "第 {layer} 层"),
    "size_neuron":       ("neuron {neuron}", "神经元 {neuron}"),
    "size_neurons":      ("{count} neurons", "{count} 个神经元"),
    "size_loss_of":      ("loss of sample {sample}", "样本 {sample} 的损失"),
    "size_term":         ("term {sample}", "第 {sample} 项"),
    "size_parameters":   ("parameters", "参数"),
    "size_use":          ("use {time}", "第 {time} 次使用"),
    "size_node":         ("{count} node", "{count} 个结点"),
    "size_nodes":        ("{count} nodes", "{count} 个结点"),
    "size_leaf":         ("{count} leaf", "{count} 个叶结点"),
    "size_leafs":        ("{count} leaves", "{count} 个叶结点"),
    "size_more":         ("… {count} node", "… {count} 个结点"),
    "size_mores":        ("… {count} nodes", "… {count} 个结点"),
    "size_before":       ("before this part", "在这部分之前"),
    "size_between":      ("between these", "在这些之间"),
    "size_after":        ("after this part", "在这部分之后"),
    "size_sum_samples":  ("sum over {count} samples", "{count} 个样本求和"),
    "size_sum_terms":    ("sum of {count} terms", "{count} 项求和"),
    "size_meet":         ("where all of them meet", "它们在这里汇合"),
    "size_overview":     ("{drawn} of {nodes} nodes are drawn", "画出 {nodes} 个结点中的 {drawn} 个"),
    "size_overview_label": ("All {nodes} nodes, depth to the right; {drawn} of them are drawn on the stage.",
                          "全部 {nodes} 个结点，从左到右越来越深；其中 {drawn} 个画在舞台上。"),
    "size_sample":       ("Sample", "样本"),
    "size_sample_back":  ("Previous sample", "上一个样本"),
    "size_sample_next":  ("Next sample", "下一个样本"),
    "size_of":           ("of {count}", "/ {count}"),
    "size_samples":      ("samples", "个样本"),
    "size_terms":        ("terms", "项"),
    "size_is_samples":   ("{output} sums over {count} samples with the same parameters.",
                          "{output} 对 {count} 个样本求和，它们共用参数。"),
    "size_is_terms":     ("{output} is a sum of {count} terms.", "{output} 是 {count} 项的和。"),
    "size_other_samples": ("{count} other samples", "另外 {count} 个样本"),
    "size_other_terms":  ("{count} other terms", "另外 {count} 项"),
    # ── exports ──────────────────────────────────────────────────────────────────────────────────────────────────
    "sweep_begin":       ("First forward: every box gets its number. Then backward: every arrow multiplies by its "
                          "local derivative, and the gradient of {output} reaches every box.",
                          "先前向：每个方框得到它的数。再反向：每条箭头乘以它的局部导数，"
                          "{output} 的梯度到达每个方框。"),
    "sweep_backward":    ("Every number is known. Now backward: every arrow multiplies by its local derivative, and "
                          "the gradient of {output} reaches every box.",
                          "所有的数都已知。现在反向：每条箭头乘以它的局部导数，{output} 的梯度到达每个方框。"),
    "sweep_step":        ("{phase}, step {step} of {steps}", "{phase}，第 {step} 步，共 {steps} 步"),
    "sweep_end":         ("The gradient of {output}", "{output} 的梯度"),
    "sweep_more":        ("{gradients}, … and {count} more", "{gradients}，…… 还有 {count} 个"),
    # ── downhill ─────────────────────────────────────────────────────────────────────────────────────────────────
    # ── paths ────────────────────────────────────────────────────────────────────────────────────────────────────

    # ── controls ──────────────────────────────────────────────────────────────────────────────────────────────────
    "controls":          ("Steps", "步骤"),
    "first":             ("First step", "第一步"),
    "back":              ("Back", "上一步"),
    "next":              ("Next", "下一步"),
    "last":              ("Last step", "最后一步"),
    "play":              ("Play", "播放"),
    "pause":             ("Pause", "暂停"),
    "speed":             ("Speed", "速度"),
    "timeline":          ("Timeline", "时间轴"),
    "keys":              ("Keys", "按键"),
    "key_play":          ("Play or pause", "播放或暂停"),
    "key_formula":       ("Into the formula box", "到公式框"),
    "key_tabs":          ("A panel, by its place", "第几个面板"),
    "key_escape":        ("In the formula box: back to the last formula that was right",
                          "在公式框里：回到上一个正确的公式"),
    "segment_forward":   ("forward", "前向"),
    "segment_seed":      ("seed", "起点"),
    "segment_backward":  ("backward", "反向"),
    "at_beginning":      ("the beginning", "开头"),
    "at_end":            ("the end", "结尾"),
    "phase_forward":     ("Forward", "前向"),
    "phase_seed":        ("Seed", "起点"),
    "phase_backward":    ("Backward", "反向"),
    "step_of":           ("step {step} of {steps}", "第 {step} 步，共 {steps} 步"),

    # ── the card ──────────────────────────────────────────────────────────────────────────────────────────────────
    "phase_begin":       ("What will happen", "接下来会发生什么"),
    "phase_end":         ("The gradient", "梯度"),
    "steps":             ("{count} steps", "共 {count} 步"),
    "steps_one":         ("{count} step", "共 {count} 步"),
    "begin":             ("{output} will be computed, and then its gradient: how much {output} changes when an input "
                          "changes a little.",
                          "先算出 {output}，再算出它的梯度：输入变化一点，{output} 变化多少。"),
    "begin_leaf":        ("{output} is an input itself: there is nothing to compute.",
                          "{output} 本身就是输入：没有要计算的。"),
    "begin_forward":     ("Values go forward, from the inputs to {output}: {count} operations, one in each step.",
                          "数值向前走，从输入到 {output}：{count} 个运算，每步一个。"),
    "begin_forward_one": ("Values go forward, from the inputs to {output}: {count} operation.",
                          "数值向前走，从输入到 {output}：{count} 个运算。"),
    "begin_seed_one":    ("The way back begins at {output}: its gradient by itself, {seed}, is 1.",
                          "反向从 {output} 开始：它对自己的梯度 {seed} 是 1。"),
    "begin_backward":    ("Gradients go back: {count} applications of the chain rule, one for each use of a node. "
                          "What arrives at a node adds up.",
                          "梯度往回走：用 {count} 次链式法则，结点每被使用一处就用一次。到达同一结点的贡献相加。"),
    "begin_backward_one": ("Gradients go back: {count} application of the chain rule.", "梯度往回走：用 {count} 次链式法则。"),
    "end_largest":       ("{input} has the largest influence: when it grows a little, {output} changes {times} times "
                          "as much.",
                          "{input} 的影响最大：它增加一点，{output} 变化它的 {times} 倍。"),
    "end_equal":         ("{inputs} have the largest influence, and the same: {output} changes {times} times as much "
                          "as each of them, up or down.",
                          "{inputs} 的影响最大，而且一样大：{output} 变化它们各自的 {times} 倍，或增或减。"),
    "end_inputs":        ("{count} inputs", "{count} 个输入"),
    "end_inputs_one":    ("{count} input", "{count} 个输入"),
    "end_one":           ("When {input} grows a little, {output} changes {times} times as much: the gradient is one "
                          "number.",
                          "{input} 增加一点，{output} 变化它的 {times} 倍：梯度是一个数。"),
    "end_leaf":          ("{output} is its own input: it changes by just as much as itself.",
                          "{output} 就是它自己的输入：它变化多少，就是多少。"),
    "end_flat":          ("Every gradient is 0: no small change of an input changes {output} here.",
                          "所有梯度都是 0：在这里，任何输入变化一点，{output} 都不变。"),
    "end_nan":           ("A gradient is NaN: somewhere on the way back to {output}, 0 met inf, or a number was NaN.",
                          "有的梯度是 NaN：在从 {output} 往回的路上，0 遇到了 inf，或者某个数是 NaN。"),
    "end_constant":      ("{output} has no inputs, so there is no gradient.", "{output} 没有输入，所以没有梯度。"),
    "end_more":          ("These are the largest; there are {count} more.", "这些是最大的；还有 {count} 个。"),
    "try_predict":       ("Predict them yourself", "自己来预测"),
    "try_downhill":      ("Go downhill", "往下走"),
    "try_inputs":        ("Other inputs", "换别的输入"),
    "over":              ("over", "比"),
    "root_of":           ("square root of", "平方根"),
    "copy":              ("Copy", "复制"),
    "copied":            ("Copied", "已复制"),
    "copy_line":         ("Copy the step in one line", "复制这一行"),
    "caption_upstream":  ("upstream", "上游"),
    "caption_local":     ("local", "局部"),
    "local_constant":    ("local derivative of {op} is {number}", "{op} 的局部导数是 {number}"),
    "local_constant_by": ("local derivative of {op} by its {role} is {number}", "{op} 对{role}的局部导数是 {number}"),
    "local_other":       ("local: the other {noun} {name}", "局部导数：另一个{noun} {name}"),
    "local_argument":    ("local: the {noun} {name}", "局部导数：{noun} {name}"),
    "local_result":      ("local: the result {name} itself", "局部导数：结果 {name} 本身"),
    "local_formula":     ("local derivative of {op}: {formula}", "{op} 的局部导数：{formula}"),
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
                          "{moved} 增加多少，{user} 就减少多少。{user} 是输出，它自己的梯度是 1：所以 {argument} 得到 −1。"),
    "say_edge":          ("When {moved} changes a little, {user} changes {times} times as much. So the gradient of "
                          "{user} is multiplied by {local} on its way to {argument}.",
                          "{moved} 变化一点，{user} 变化它的 {times} 倍。所以 {user} 的梯度乘以 {local} 再传给 "
                          "{argument}。"),
    "say_edge_output":   ("When {moved} changes a little, {user} changes {times} times as much. {user} is the output, "
                          "whose own gradient is 1: so {argument} gets {local}.",
                          "{moved} 变化一点，{user} 变化它的 {times} 倍。{user} 是输出，它自己的梯度是 1：所以 "
                          "{argument} 得到 {local}。"),
    "say_kink":          ("{user} has a kink here: its slope by {moved} jumps from {left} to {right}. By convention its "
                          "local derivative is {local}.",
                          "{user} 在这里有折点：它对 {moved} 的斜率从 {left} 跳到 {right}。按约定，局部导数取 {local}。"),
    "say_not_finite":    ("The local derivative of {user} by {moved} is {local} here: the curve is vertical, or a "
                          "number on the way is not finite. {argument} gets no usable gradient.",
                          "{user} 对 {moved} 的局部导数在这里是 {local}：曲线是竖直的，或者途中有数不是有限的。"
                          "{argument} 得不到可用的梯度。"),
    "in_its_role":       ("the {role} {argument} of {user}", "{user} 的{role} {argument}"),
    "in_its_role_alone": ("the {role} {argument} of {user} alone", "{user} 里只有{role} {argument}"),
    "sum_first":         ("{number} so far", "目前 {number}"),
    "to_come":           ("{count} more to come", "还有 {count} 个"),
    "complete":          ("complete", "完整"),
    "used_once":         ("{name} is used once", "{name} 只用了一次"),
    "used_times":        ("{name} is used {count} times", "{name} 用了 {count} 次"),

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
                          "没有东西传过去：{user} 的值取自另一个参数，{argument} 不起作用。"),
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

    # ── live inputs ───────────────────────────────────────────────────────────────────────────────────────────────
    "tab_inputs":        ("Inputs", "输入"),
    "inputs_help":       ("Type a number, or drag: all is computed again.", "输入数字或拖动：一切都会重新计算。"),
    "inputs_find":       ("Find an input by its name", "按名称查找输入"),
    "inputs_more":       ("Show more: {count} left", "显示更多：还有 {count} 个"),
    "inputs_none":       ("No input has such a name.", "没有这个名称的输入。"),
    "inputs_no":         ("There are no inputs: every number is written into the formula.", "没有输入：每个数都写在公式里。"),
    "kind_inputs":       ("inputs", "输入"),
    "kind_weights":      ("weights", "权重"),
    "kind_biases":       ("biases", "偏置"),
    "kind_targets":      ("targets", "目标"),
    "kind_others":       ("others", "其他"),
    "value_of":          ("value of {name}", "{name} 的值"),
    "slider_of":         ("{name}, by dragging", "{name}，拖动"),
    "reset":             ("Reset all", "全部恢复"),
    "reset_one":         ("Reset {name} to {number}", "把 {name} 恢复为 {number}"),
    "not_a_number":      ("{name} needs a number, such as -1.5, 1/2 or 1e-3.", "{name} 需要一个数，例如 -1.5、1/2 或 1e-3。"),
    "outside":           ("{formula} is not defined here: {signature} needs {domain}. The page keeps the last numbers.",
                          "{formula} 在这里没有定义：{signature} 要求 {domain}。页面保留之前的数。"),
    "no_program":        ("The inputs cannot be changed here, because a row of the rule table does not say how "
                          "JavaScript computes it. What to write: {missing}",
                          "这里不能改变输入，因为规则表的一行没有说明 JavaScript 怎样计算它。要写的是：{missing}"),

    # ── nudge ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "tab_nudge":         ("Nudge", "轻推"),
    "nudge_help":        ("When an input moves by δ, the gradient predicts that the output moves by gradient · δ.",
                          "输入移动 δ，梯度预言输出移动梯度 · δ。"),
    "nudge_leaf":        ("input", "输入"),
    "nudge_size":        ("δ, the change", "δ，变化量"),
    "nudge_wrong":       ("δ needs a number other than 0, such as 0.1, -1/2 or 1e-3.", "δ 需要一个非 0 的数，例如 0.1、-1/2 或 1e-3。"),
    "nudge_predicted":   ("gradient · δ, predicted", "梯度 · δ，预言的"),
    "nudge_actual":      ("actual change of {output}", "实际的 {output} 变化"),
    "nudge_gap":         ("difference", "差"),
    "nudge_close":       ("The prediction is good to {percent}.", "预言误差 {percent}。"),
    "nudge_far":         ("The prediction is off by {percent}: over such a large change the slope does not stay the "
                          "same. Try a smaller δ.",
                          "预言误差 {percent}：变化这么大，斜率不再相同。试试更小的 δ。"),
    "nudge_exact":       ("The prediction is exact: {output} is a straight line in {name} here.",
                          "预言是精确的：在这里 {output} 对 {name} 是直线。"),
    "nudge_flat":        ("Neither changes: {output} is flat in {name} here.", "都没有变化：在这里 {output} 对 {name} 是平的。"),
    "nudge_outside":     ("There is no number for {output} at {name} = {number}: it is outside of the domain.",
                          "在 {name} = {number} 处 {output} 没有值：超出了定义域。"),
    "nudge_picture":     ("{output} along {name}: the curve, and its tangent of slope {slope}",
                          "{output} 随 {name} 的变化：曲线，以及斜率为 {slope} 的切线"),
    "nudge_curve":       ("{output}, computed", "{output}，算出的"),
    "nudge_tangent":     ("its tangent: slope = gradient", "切线：斜率 = 梯度"),

    # ── predict ───────────────────────────────────────────────────────────────────────────────────────────────────
    "predict":           ("Predict the gradients", "预测梯度"),
    "predict_help":      ("Each gradient on the way back is hidden until you predict it.",
                          "反向的每个梯度先藏起来，等你说出它是多少。"),
    "predict_on":        ("Predict mode", "预测模式"),
    "predict_forward":   ("Go to the backward steps: the first question is there.",
                          "继续到反向步骤：第一个问题在那里等着。"),
    "predict_ask":       ("What is {gradient} after this step?", "这一步之后 {gradient} 是多少？"),
    "predict_given":     ("{upstream} is {number}.", "{upstream} 是 {number}。"),
    "predict_before":    ("So far {gradient} is {number}.", "到目前为止 {gradient} 是 {number}。"),
    "predict_check":     ("Check", "检查"),
    "predict_show":      ("Show it", "显示答案"),
    "predict_next":      ("Next question", "下一题"),
    "predict_answer":    ("your answer", "你的答案"),
    "predict_right":     ("Right: {number}.", "对：{number}。"),
    "predict_wrong":     ("Not {answer}.", "不是 {answer}。"),
    "predict_unknown":   ("Write down the product first: upstream gradient · local derivative.",
                          "先写出乘积：上游梯度 · 局部导数。"),
    "predict_shown":     ("It is {number}.", "答案是 {number}。"),
    "predict_score":     ("{right} right of {asked}", "{asked} 题对 {right} 题"),
    "predict_number":    ("Write a number, such as -4 or 0.25.", "写一个数，例如 -4 或 0.25。"),
    "mistake_path":      ("A path was forgotten: {argument} is used more than once, and the contributions add up.",
                          "漏了一条路径：{argument} 用了不止一次，各个贡献要相加。"),
    "mistake_upstream":  ("The upstream gradient was forgotten: multiply by {gradient}.",
                          "忘了上游梯度：要乘以 {gradient}。"),
    "mistake_local":     ("The local derivative was forgotten: the upstream gradient was passed on as it is.",
                          "忘了局部导数：上游梯度被原样传了过去。"),
    "mistake_output":    ("In the local derivative, the output was used for the input, or the input for the output.",
                          "局部导数里把输出当成了输入，或把输入当成了输出。"),
    "mistake_other":     ("This is the local derivative by another argument of {user}.",
                          "这是 {user} 对另一个参数的局部导数。"),
    "mistake_sign":      ("The sign is wrong.", "符号错了。"),
    "mistake_twice":     ("This contribution was accumulated twice.", "这个贡献被累加了两次。"),

    # ── why this order ────────────────────────────────────────────────────────────────────────────────────────────
    "order":             ("Why this order?", "为什么是这个顺序？"),
    "order_help":        ("A node may pass its gradient on only when all its users have contributed. Here the same "
                          "graph is swept in another order.",
                          "一个结点只有在所有使用它的结点都贡献之后，才能把梯度传下去。这里用另一种顺序扫过同一张图。"),
    "order_choice":      ("order", "顺序"),
    "order_right":       ("reverse topological order (right)", "逆拓扑序（正确）"),
    "order_depth":       ("depth first, as soon as a node is reached", "深度优先，一到达就传"),
    "order_breadth":     ("breadth first, as soon as a node is reached", "广度优先，一到达就传"),
    "order_forward":     ("from the inputs to the output", "从输入到输出"),
    "order_turn":        ("turn", "次序"),
    "order_node":        ("node", "结点"),
    "order_read":        ("gradient it read", "读到的梯度"),
    "order_true":        ("complete gradient", "完整的梯度"),
    "order_verdict":     ("verdict", "结论"),
    "order_early":       ("too early: {count} more to come", "太早：还有 {count} 个没到"),
    "order_fine":        ("complete", "完整"),
    "order_leaf":        ("gradient of {name}: {wrong}, should be {right}", "{name} 的梯度：{wrong}，正确是 {right}"),
    "order_same":        ("gradient of {name}: {right}, correct", "{name} 的梯度：{right}，正确"),
    "order_lucky":       ("In this order no node is read too early: whenever one passes its gradient on, every path "
                          "to it is complete. The order matters where paths meet again.",
                          "这个顺序没有太早读取任何结点，因为没有结点还在等另一条路径。路径重新汇合的地方，顺序才重要。"),
    "early_badge":       ("⚠ too early", "⚠ 太早"),

    # ── gradient check ────────────────────────────────────────────────────────────────────────────────────────────
    "check":             ("Gradient check", "梯度检验"),
    "check_help":        ("Each input is moved by ±h, and the slope that the output shows is checked against the "
                          "gradient; so is each local derivative, against its own operation.",
                          "每个输入移动 ±h，把输出显示的斜率与梯度对照；每个局部导数也与它自己的运算对照。"),
    "check_what":        ("derivative", "导数"),
    "check_analytic":    ("analytic", "解析"),
    "check_numeric":     ("central difference", "中心差分"),
    "check_error":       ("error", "误差"),
    "check_verdict":     ("verdict", "结论"),
    "check_step":        ("h is about {step}·max(1, |x|), chosen for accuracy; accepted error: up to {tolerance}.",
                          "h 大约是 {step}·max(1, |x|)，取最合适的；误差不超过 {tolerance} 为正确。"),
    "check_ok":          ("✓ ok", "✓ 正确"),
    "check_kink":        ("∧ kink: two slopes, {left} and {right}", "∧ 折点：两个斜率，{left} 和 {right}"),
    "check_edge":        ("| edge of the domain", "| 定义域的边"),
    "check_unclear":     ("? rounding hides it", "? 被舍入掩盖"),
    "check_wrong":       ("✗ WRONG", "✗ 错误"),

    # ── the worksheet ─────────────────────────────────────────────────────────────────────────────────────────────
    "sheet_title":       ("Worksheet: the chain rule on {expression}", "练习：{expression} 的链式法则"),
    "sheet_name":        ("Name", "姓名"),
    "sheet_date":        ("Date", "日期"),
    "sheet_given":       ("Given", "已知"),
    "sheet_forward":     ("1. Forward: compute every number", "1. 前向：算出每个数"),
    "sheet_backward":    ("2. Backward: one application of the chain rule in each row, in this order",
                          "2. 反向：每行用一次链式法则，按这个顺序"),
    "sheet_gradient":    ("3. The gradient", "3. 梯度"),
    "sheet_shared":      ("A node that is used more than once has several rows: its gradient is their sum. Carry "
                          "the sum on.",
                          "用了不止一次的结点有好几行：它的梯度是它们的和。把和写下去。"),
    "sheet_key":         ("Answer key", "答案"),
    "sheet_operation":   ("operation", "运算"),
    "sheet_numbers":     ("in numbers", "代入数字"),
    "sheet_result":      ("result", "结果"),
    "sheet_rule":        ("chain rule", "链式法则"),
    "sheet_upstream":    ("upstream", "上游"),
    "sheet_local":       ("local", "局部"),
    "sheet_sum":         ("so far", "累计"),
    "sheet_digits":      ("Four significant digits are enough.", "四位有效数字就够了。"),

    # ── where an operation is defined, as the rule table says it ──────────────────────────────────────────────────
    "x > 0":             ("x > 0", "x > 0"),
    "x >= 0":            ("x >= 0", "x >= 0"),
    "a finite x":        ("a finite x", "有限的 x"),
    "y != 0":            ("y != 0", "y != 0"),
    "x >= 0, unless the exponent y is whole, and x != 0, if y is negative":
                         ("x >= 0, unless the exponent y is whole, and x != 0, if y is negative",
                          "x >= 0（除非指数 y 是整数），并且 y 为负时 x != 0"),
    "x > 0, or x = 0 with y > 0, because its derivative by the exponent has log(x) in it":
                         ("x > 0, or x = 0 with y > 0, because its derivative by the exponent has log(x) in it",
                          "x > 0，或 x = 0 且 y > 0，因为对指数的导数里有 log(x)"),

    # ── what an argument is to an operation, as the rule table says it ────────────────────────────────────────────
    "argument":          ("argument", "参数"),
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


def strings(lang: str) -> dict[str, str]:
    """Every string in one language.

    Raises:
        OptionError: if there is no such column.

    >>> strings("en")["next"], strings("zh")["next"]
    ('Next', '下一步')
    """
    if lang not in LANGUAGES:
        raise unknown("lang", lang, LANGUAGES)
    column = LANGUAGES.index(lang)
    return {key: row[column] for key, row in TABLE.items()}


def role_in(lang: str, role: Role) -> str:
    """What an argument is to an operation, in one language.

    >>> role_in("en", Role("factor", 2)), role_in("zh", Role("factor", 2)), role_in("zh", Role("base", 0))
    ('second factor', '第 2 个因子', '底数')
    """
    noun = strings(lang).get(role.noun, role.noun)
    return ORDINALS[lang](role.number) + noun if role.number else noun
