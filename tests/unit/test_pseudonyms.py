"""Pseudonyms last, tell nothing, and know their own; the key is whole, private and one."""

import re
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.errors import Misuse
from lyhord.privacy.pseudonyms import KEY_BYTES, Pseudonymiser

OURS = Pseudonymiser(bytes(range(32)))
THEIRS = Pseudonymiser(bytes(range(1, 33)))
ANY_TEXT = st.text(st.characters(categories=None))
SOURCES = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
OPEN = "import sys, pathlib; from lyhord.privacy.pseudonyms import Pseudonymiser as P;"
OPEN += "print(P.open(pathlib.Path(sys.argv[1])).pseudonym('x', 'anna'))"


@given(source=SOURCES, author=ANY_TEXT)
def test_a_pseudonym_has_one_form_and_is_known_as_own(source: str, author: str) -> None:
    made = OURS.pseudonym(source, author)
    assert re.fullmatch("p_[a-z2-7]{20}", made)
    assert OURS.is_own(made)
    assert not THEIRS.is_own(made)


@given(source=SOURCES, other=SOURCES, author=ANY_TEXT)
def test_a_pseudonym_stays_when_it_is_imported_again(source: str, other: str, author: str) -> None:
    made = OURS.pseudonym(source, author)
    assert OURS.pseudonym(other, made) == made


@given(one=st.tuples(SOURCES, ANY_TEXT), other=st.tuples(SOURCES, ANY_TEXT))
def test_two_authors_have_two_pseudonyms(one: tuple[str, str], other: tuple[str, str]) -> None:
    same = (
        one[0] == other[0] and len({unicodedata.normalize("NFC", a[1]) for a in (one, other)}) == 1
    )
    assert (OURS.pseudonym(*one) == OURS.pseudonym(*other)) == same


@given(author=ANY_TEXT)
def test_the_unicode_form_does_not_matter(author: str) -> None:
    forms = {unicodedata.normalize(form, author) for form in ("NFC", "NFD")}
    assert len({OURS.pseudonym("x", form) for form in forms}) == 1


@given(st.from_regex(r"p_[a-z2-7]{20}", fullmatch=True))
def test_a_name_that_only_looks_like_a_pseudonym_is_hashed(name: str) -> None:
    assert not OURS.is_own(name)
    assert OURS.pseudonym("x", name) != name


@pytest.mark.parametrize("change", [str.upper, lambda own: own + "\n", lambda own: own[:-1]])
def test_an_altered_pseudonym_is_hashed(change: Callable[[str], str]) -> None:
    own = OURS.pseudonym("x", "anna")
    assert OURS.pseudonym("x", change(own)) not in {own, change(own)}


def test_another_key_gives_another_pseudonym_for_ours() -> None:
    ours = OURS.pseudonym("x", "anna")
    assert THEIRS.pseudonym("x", ours) != ours


def test_the_key_is_made_on_first_run_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "pseudonym.key"
    first = Pseudonymiser.open(path).pseudonym("x", "anna")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == KEY_BYTES
    assert [each.name for each in path.parent.iterdir()] == ["pseudonym.key"]
    assert Pseudonymiser.open(path).pseudonym("x", "anna") == first


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    Pseudonymiser.open(path)
    path.chmod(mode)
    with pytest.raises(Misuse, match="chmod 600"):
        Pseudonymiser.open(path)


@pytest.mark.parametrize("content", [b"", b"half a key", bytes(33)])
def test_a_damaged_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(Misuse, match="no pseudonym key"):
        Pseudonymiser.open(path)
    assert path.read_bytes() == content


def test_a_place_where_no_key_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "key"):
        with pytest.raises(Misuse, match="cannot be read or made"):
            Pseudonymiser.open(path)


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    def pseudonym(_: int) -> str:
        command = [sys.executable, "-c", OPEN, str(tmp_path / "key")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(pseudonym, range(6)))) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "key"]


def test_a_crash_in_the_middle_leaves_no_key(tmp_path: Path) -> None:
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16));" + OPEN
    path = tmp_path / "key"
    command = [sys.executable, "-B", "-c", limited, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Misuse" in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert Pseudonymiser.open(path).is_own(Pseudonymiser.open(path).pseudonym("x", "anna"))
