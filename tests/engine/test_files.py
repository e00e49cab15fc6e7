"""Is a file written whole or not at all, where it belongs, with its permissions?

Ctrl-C and full disks are in tests/faults.
"""

import os
import re
import stat
import sys
import threading
from pathlib import Path

import pytest

from tinygrad_edu.cli.main import main
from tinygrad_edu.files import check_writable, make_folder, write_whole

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions, links and pipes")


def hidden(folder):
    return [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_failure_leaves_the_old_file_intact(tmp_path, monkeypatch):
    file = tmp_path / "f.svg"
    file.write_bytes(b"old")

    def fail(*args):
        raise OSError(28, "no space left")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["f.svg"]


def test_a_file_gets_the_usual_permissions(tmp_path):
    mask = os.umask(0o022)
    try:
        write_whole(tmp_path / "f", b"")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o644


@needs_posix
@pytest.mark.parametrize("target", ["real", "folder/real", "not-there-yet"])
def test_a_symbolic_link_is_followed_and_kept(tmp_path, target):
    (tmp_path / "folder").mkdir()
    for name in ("real", "folder/real"):
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / "middle").symlink_to(target)
    (tmp_path / "link").symlink_to(tmp_path / "middle")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / target).read_bytes() == b"new"
    assert not (tmp_path / target).is_symlink()
    assert (tmp_path / "link").readlink() == tmp_path / "middle"
    assert not hidden(tmp_path)
    assert not hidden(tmp_path / "folder")


@needs_posix
def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "link")
    with pytest.raises(OSError, match="symbolic links") as raised:
        write_whole(tmp_path / "link", b"new")
    assert raised.value.__notes__ == ["  write instead:  a path without a link that leads to itself"]


@needs_posix
def test_a_pipe_is_written_to_and_kept(tmp_path):
    os.mkfifo(tmp_path / "f")
    content = bytes(range(256)) * 1000  # more than a pipe holds
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "f").read_bytes()), daemon=True)
    reader.start()
    write_whole(tmp_path / "f", content)
    reader.join(30)
    assert found == [content]
    assert (tmp_path / "f").is_fifo()
    (tmp_path / "nowhere").symlink_to(os.devnull)
    write_whole(tmp_path / "nowhere", b"new")
    assert (tmp_path / "nowhere").is_char_device()


@needs_posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_a_file_keeps_its_permissions_and_is_never_readable_by_others_meanwhile(tmp_path, mode, monkeypatch):
    path, seen, sync = tmp_path / "f", [], os.fsync
    path.write_bytes(b"old")
    path.chmod(mode)

    def look(file):
        seen.extend(stat.S_IMODE(each.stat().st_mode) for each in hidden(tmp_path))
        sync(file)

    monkeypatch.setattr("os.fsync", look)
    before = os.umask(0)
    try:
        write_whole(path, b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert seen == [mode]


@needs_posix
def test_a_file_is_synced_before_it_is_renamed_and_its_folder_after(tmp_path, monkeypatch):
    path, order, sync, replace = tmp_path / "f", [], os.fsync, Path.replace
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", lambda file: (order.append(stat.S_ISDIR(os.fstat(file).st_mode)), sync(file)))
    monkeypatch.setattr("pathlib.Path.replace", lambda one, other: (order.append("replace"), replace(one, other)))
    write_whole(path, b"new")
    assert order == [False, "replace", True]


@pytest.mark.parametrize("name", ["a" * 251 + ".svg", "花" * 83 + "ab.svg"])
def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path, name):
    try:
        (tmp_path / name).write_bytes(b"old")
    except OSError:
        pytest.skip("this disk takes no name of 255 bytes")
    write_whole(tmp_path / name, b"new")
    assert (tmp_path / name).read_bytes() == b"new"
    with pytest.raises(OSError, match="too long") as raised:
        write_whole(tmp_path / f"a{name}", b"new")
    assert raised.value.filename == str(tmp_path / f"a{name}")
    assert "a shorter name" in raised.value.__notes__[0]


def test_a_file_is_written_where_a_system_has_neither_owners_nor_folders_to_open(tmp_path, monkeypatch):
    monkeypatch.delattr("os.fchown", raising=False)
    monkeypatch.delattr("os.O_DIRECTORY", raising=False)
    (tmp_path / "f").write_bytes(b"old")
    write_whole(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
    assert not hidden(tmp_path)


def may_be_written(path, _):
    """As `os.access`, which lets an administrator write everywhere."""
    return bool(Path(path).stat().st_mode & stat.S_IWUSR)


@needs_posix
@pytest.mark.parametrize(
    ("name", "kind", "wrong", "instead"),
    [
        ("folder", IsADirectoryError, "this is a folder, not a file", "the name of a file"),
        ("none/f", FileNotFoundError, "there is no such folder to write into", "mkdir -p makes a folder"),
        ("file/f", NotADirectoryError, "this is a file, not a folder", "a path in a folder"),
        ("locked", PermissionError, "this file may not be written", "chmod u\\+w allows it"),
        ("closed/f", PermissionError, "no file may be written into this folder", "chmod u\\+w allows it"),
        ("closed/old", PermissionError, "no file may be written into this folder", "chmod u\\+w allows it"),
    ],
)
def test_the_error_for_an_unwritable_file_says_what_to_do(tmp_path, monkeypatch, capsys, name, kind, wrong, instead):
    for folder in ("folder.svg", "closed"):
        (tmp_path / folder).mkdir()
    for file in ("file", "locked.svg", "closed/old.svg"):
        (tmp_path / file).write_bytes(b"old")
    (tmp_path / "locked.svg").chmod(0o444)
    (tmp_path / "closed").chmod(0o555)
    monkeypatch.setattr("os.access", may_be_written)
    monkeypatch.chdir(tmp_path)
    try:
        with pytest.raises(kind, match=wrong) as raised:
            write_whole(Path(f"{name}.svg"), b"new")
        assert re.search(instead, raised.value.__notes__[0])
        assert main(["draw", "x", "x=1", "-o", f"{name}.svg"]) == 1
    finally:
        (tmp_path / "closed").chmod(0o755)
    said = capsys.readouterr().err
    assert re.fullmatch(f"tinygrad-edu draw: .*\n  what is wrong:  .*{wrong}\n  write instead:  .*{instead}.*\n", said)
    assert {path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {b"old"}
    assert not hidden(tmp_path)


def test_a_place_is_checked_without_writing(tmp_path):
    (tmp_path / "old").write_bytes(b"old")
    for name in ("old", "new"):
        check_writable(tmp_path / name)
    with pytest.raises(IsADirectoryError, match="this is a folder, not a file"):
        check_writable(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no such folder") as caught:
        check_writable(tmp_path / "none" / "f")
    assert caught.value.filename == str(tmp_path / "none")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_a_folder_is_made_with_its_parents_and_may_be_there_already(tmp_path):
    folder = tmp_path / "a" / "b"
    assert make_folder(folder) == make_folder(folder) == folder
    assert folder.is_dir()


def test_a_folder_is_not_made_in_place_of_a_file(tmp_path):
    (tmp_path / "f").write_bytes(b"old")
    with pytest.raises(FileExistsError, match="this is a file, where a folder is wanted") as caught:
        make_folder(tmp_path / "f")
    assert caught.value.__notes__ == ["  write instead:  another name for the folder"]
    assert (tmp_path / "f").read_bytes() == b"old"
