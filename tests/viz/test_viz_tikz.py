"""Do pictures and slides in LaTeX show what their SVG shows, and compile, whatever the names are?"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.errors import DrawingError
from tinygrad_edu.viz.fonts import font_files
from tinygrad_edu.viz.tikz import latex_text, tikz_document, tikz_picture

NASTY = ["a_b__c", "#x", "$m$", "\\frac", "100%", "~", "x^2", "{", "}", "&", "<b>", 'q"', "a|b", "w" * 60, "_", "''"]
LETTERS = "权重"


def compiled(path, program):
    """The text of what a TeX program makes of a file; its fonts include the bundled ones."""
    if shutil.which(program) is None or shutil.which("pdftotext") is None:
        pytest.skip(f"{program} or pdftotext is not installed (on Debian: texlive-latex-recommended, texlive-xetex)")
    fonts = os.pathsep.join({str(Path(file).parent) for file in font_files()})
    command = [program, "-interaction=nonstopmode", "-halt-on-error", path.name]
    done = subprocess.run(
        command, cwd=path.parent, capture_output=True, check=False, env={**os.environ, "OSFONTDIR": fonts}, timeout=1800
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    pdf = path.with_suffix(".pdf")
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def swept(text, **numbers):
    f = parse(text, **numbers)
    f.backward()
    return f


def nasty():
    f = Value(1.0, label=NASTY[0])
    for name in NASTY[1:]:
        f = f + Value(2.0, label=name) * -1.5
    return f


def test_every_text_and_shape_of_the_svg_is_in_the_picture():
    f = swept("f = sigmoid(w * x + b_1)", w=2, x=1, b_1=-1)
    model = nn.MLP(2, [3, 1], seed=0)
    for svg in (viz.draw(f).svg(), viz.sweep(f)[6].svg(), viz.draw_network(model).svg()):
        tags = [each.tag.rpartition("}")[2] for each in fromstring(svg).iter()]
        picture = tikz_picture(svg)
        assert picture.count(r"\node[") == tags.count("text") > 3
        shapes = sum(map(tags.count, ("path", "polygon", "polyline", "line", "rect", "ellipse")))
        assert picture.count(r"\path[") == shapes
        texts = [each.text or "" for each in fromstring(svg).iter() if each.tag.endswith("text")]
        assert all(f"{{{latex_text(text)}}};" in picture for text in texts)


def test_a_picture_is_made_smaller_where_it_has_to_fit():
    svg = viz.draw(swept("x * y", x=1, y=2)).svg()
    unit = float(re.search(r"x=([\d.]+)bp", tikz_picture(svg, widest=100))[1])
    assert unit == pytest.approx(100 / float(re.search(r'width="([\d.]+)pt', svg)[1]), rel=1e-3)
    assert "x=1bp" in tikz_picture(svg, widest=10_000, highest=10_000)


def test_a_text_is_escaped_sign_for_sign():
    assert latex_text(r"a_b # $ % & { } \ ~ ^") == (
        r"a\_b \# \$ \% \& \{ \} \textbackslash{} \textasciitilde{} \textasciicircum{}"
    )
    assert latex_text("∂f/∂x = -2 · (-3)") == r"$\partial$f/$\partial$x = $-$2 $\cdot$ ($-$3)"
    assert latex_text("leaky-relu") == "leaky-relu"


def test_tex_is_a_format_of_every_picture(tmp_path):
    f = swept("x * y", x=1, y=2)
    for picture in (viz.draw(f), viz.sweep(f)[2], viz.draw_network(nn.MLP(1, [1], seed=0))):
        assert tikz_document(picture.svg()) == picture.save(tmp_path / "f.tex").read_text(encoding="utf-8")
    with pytest.raises(DrawingError, match=r"f.svg, f.png or f.tex"):
        viz.sweep(f)[2].save(tmp_path / "f.jpg")


@pytest.mark.parametrize("program", ["pdflatex", "xelatex"])
def test_a_drawing_compiles_to_one_page_with_its_numbers(tmp_path, program):
    path = viz.draw(swept("q = x + y; f = q * z", x=-2, y=5, z=-4)).save(tmp_path / "f.tex")
    text = compiled(path, program)
    assert text.count("\f") == 1
    for part in ("q=x+y", "data−12", "grad−4", "local3", "upstreamgradient·localderivative"):
        assert part in re.sub(r"\s", "", text), text


def test_names_with_signs_of_latex_compile(tmp_path):
    f = nasty()
    f.backward()
    text = re.sub(r"\s", "", compiled(viz.draw(f).save(tmp_path / "f.tex"), "pdflatex"))
    assert all(name in text for name in ("a_b__c", "#x", "$m$", "\\frac", "100%", "<b>"))


def test_chinese_names_and_sentences_compile_with_xelatex(tmp_path):
    f = Value(2.0, label=LETTERS) * Value(-3.0, label="x")
    f.backward()
    assert LETTERS in compiled(viz.draw(f).save(tmp_path / "f.tex"), "xelatex")
    slides = compiled(viz.sweep(f, lang="zh").save(tmp_path / "deck.tex"), "xelatex")
    assert slides.count("\f") == 6
    assert "反向" in slides


def test_a_deck_has_a_slide_for_each_step_with_its_formula_and_sentence(tmp_path):
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    path = viz.sweep(f).save(tmp_path / "deck.tex")
    source = path.read_text(encoding="utf-8")
    assert source.count(r"\begin{frame}") == len(viz.sweep(f)) == 9
    assert r"\frac{\partial f}{\partial q} \cdot \frac{\partial q}{\partial x} = \left(-4\right) \cdot 1 = -4" in source
    pages = compiled(path, "pdflatex").split("\f")[:-1]
    assert len(pages) == 9
    assert "Backward, step 6 of 7" in pages[6]
    assert "q moves one for one with x" in pages[6]


def test_a_deck_of_nasty_names_compiles(tmp_path):
    text = compiled(
        viz.sweep(Value(1.0, label="a__b_") * Value(2.0, label="100%_$_x_y_z")).save(tmp_path / "d.tex"), "pdflatex"
    )
    assert text.count("\f") == 6


def test_the_derivation_compiles(tmp_path, capsys):
    from tinygrad_edu.cli.main import main

    assert main(["step", "a_b_c = x / y; f = tanh(a_b_c) * 1e-9", "x=1", "y=3", "--latex"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("% \\usepackage{amsmath}\n\\begin{align*}\n")
    document = f"\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{said}\\end{{document}}\n"
    (tmp_path / "f.tex").write_text(document, encoding="utf-8")
    assert "tanh" in compiled(tmp_path / "f.tex", "pdflatex")
