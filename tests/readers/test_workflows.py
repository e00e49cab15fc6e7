"""Would the guide be published? The lines of its workflow, run as a server runs them, in a repository of their own."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML comes with the extra [docs]")

ROOT = Path(__file__).parents[2]
STEPS = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())["jobs"]["publish"]["steps"]
AFTER_THE_BUILD = [step for step in STEPS if "run" in step and not re.search("pip install|docs/build.py", step["run"])]


def git(*arguments, at):
    return subprocess.run(["git", *arguments], cwd=at, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def server(tmp_path):
    """Runs the steps after the guide is built for a ref, in a new shallow clone, as each run has."""
    source, remote = tmp_path / "source", tmp_path / "remote.git"
    (source / "docs").mkdir(parents=True)
    (source / "docs/publish.py").write_bytes((ROOT / "docs/publish.py").read_bytes())
    git("init", "--quiet", "--initial-branch=main", at=source)
    git("add", ".", at=source)
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "--message=first", at=source)
    git("clone", "--quiet", "--bare", str(source), str(remote), at=tmp_path)

    def run(name, kind, words):
        runner = tmp_path / f"run {len(list(tmp_path.iterdir()))}"
        guide = runner / "guide"
        guide.mkdir(parents=True)
        (guide / "index.html").write_text(words)
        git("clone", "--quiet", "--depth=1", remote.as_uri(), str(runner / "work"), at=tmp_path)
        given = {"RUNNER_TEMP": str(runner), "GITHUB_REF_NAME": name, "VERSION": name if kind == "tag" else "dev"}
        for step in AFTER_THE_BUILD:
            folder = step.get("working-directory", "work").replace("${{ runner.temp }}/", "")
            command = ["bash", "-e", "-c", step["run"]]
            subprocess.run(command, cwd=runner / folder, check=True, env={**os.environ, **given}, timeout=600)

    def shown(path):
        return git("show", f"gh-pages:{path}", at=remote)

    return run, shown


def test_each_version_of_the_guide_is_kept_beside_the_others(server):
    run, shown = server
    run("main", "branch", "first words")
    run("v0.1.0", "tag", "a release")
    run("main", "branch", "other words")
    assert json.loads(shown("versions.json")) == ["0.1.0", "dev"]
    assert (shown("dev/index.html"), shown("0.1.0/index.html")) == ("other words", "a release")
    assert "0.1.0/index.html" in shown("index.html")
    with pytest.raises(subprocess.CalledProcessError):
        shown("docs/publish.py")  # nothing of the source is published


def test_a_guide_without_a_change_is_published_again_without_a_commit(server):
    run, shown = server
    run("main", "branch", "the same")
    run("main", "branch", "the same")
    assert shown("dev/index.html") == "the same"
