"""The command line as another program sees it: real processes, real files, exit codes."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Run = Callable[..., "Result"]


class Result:
    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.split(b"\n") if line]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: str, stdin: bytes = b"", cwd: Path | None = None) -> Result:
        environment = {**os.environ, "LYHORD_DATA": str(tmp_path / "data"), "LYHORD_WORKERS": "1"}
        environment.pop("LYHORD_CONFIG", None)
        command: Sequence[str] = [sys.executable, "-c", "from services.cli import main; main()"]
        done = subprocess.run(
            [*command, *words],
            input=stdin,
            capture_output=True,
            env=environment,
            cwd=cwd or tmp_path,
            timeout=120,
            check=False,
        )
        result = Result(done)
        assert "Traceback" not in result.err
        return result

    return call


def post(number: Any, text: str, **changes: Any) -> dict[str, Any]:
    return {
        "source": "forum",
        "id": number,
        "text": text,
        "municipality": "1880",
        "created_at": "2026-03-01T12:00:00Z",
        **changes,
    }


def lines(*posts: dict[str, Any]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in posts).encode()


def test_import_search_export_and_rejected(run: Run, tmp_path: Path) -> None:
    good = lines(
        post(1, "Vattenläckan på Storgatan är värre, ring 070-174 06 88"),
        post("forum:2", "Tack för fin skolmat!", created_at="2026-03-02T10:00:00+01:00"),
    )
    bad = b'{"source": "forum",\n' + lines(post(1.5, "x"), post(3, "y", municipality="9999"))
    (tmp_path / "in.jsonl").write_bytes(good + bad)
    imported = run("import", "in.jsonl")
    assert imported.code == 1
    assert imported.out == b""
    assert run("import", "in.jsonl").code == 1

    found = run("search", "läcka", "--json")
    assert found.code == 0
    (hit,) = found.rows
    assert hit["id"] == "forum:1"
    assert hit["text"].endswith("ring [telefon]")
    assert hit["redactions"] == ["telefon"]
    assert "score" in hit

    rejected = run("rejected", "--json").rows
    assert [row["line"] for row in rejected] == [3, 4, 5]
    assert {row["file"] for row in rejected} == {str(tmp_path / "in.jsonl")}
    assert "id" in rejected[1]["reason"]
    assert "municipality" in rejected[2]["reason"]

    newest = run("search", "--sort", "newest", "--json").rows
    assert [row["id"] for row in newest] == ["forum:2", "forum:1"]
    exported = run("export", "*", "--format", "jsonl")
    assert [row["id"] for row in exported.rows] == ["forum:2", "forum:1"]

    again = run("import", "-", stdin=exported.out)
    assert again.code == 0, again.err
    assert run("export").rows == exported.rows


def test_csv_out_is_harmless_and_csv_in_is_understood(run: Run) -> None:
    table = (
        "id;text;skriven\r\n"
        '1;"=cmd|hej";2026-03-01T12:00:00Z\r\n'
        '2;"rad 1\r\nhål";2026-03-01T12:00:00Z\r\n'
    )
    done = run(
        "import", "-", "--format", "csv", "--map", "created_at=skriven",
        "--set", "source=eservice", "--set", "municipality=1280",
        stdin=table.encode("cp1252"),
    )  # fmt: skip
    assert done.code == 0, done.err
    out = run("export", "--format", "csv").out.decode()
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [row["id"] for row in rows] == ["eservice:1", "eservice:2"]
    assert rows[0]["text"] == "'=cmd|hej"
    assert rows[1]["text"] == "rad 1\nhål"
    assert rows[0]["sentiment.label"] in {"negative", "neutral", "positive"}


def test_tag_gives_a_line_for_each_line(run: Run) -> None:
    stdin = (
        "Vattenläcka i Örebro!\n"
        '{"text": "Mejla mig på anna@example.com", "id": 7, "author": "A"}\n'
        '{"text": 5}\n'
        "\n"
        '"en sträng"\n'
    ).encode()
    result = run("tag", stdin=stdin)
    assert result.code == 1
    plain, known, wrong, empty, quoted = result.rows
    assert plain["topic"] == "vatten_avlopp"
    assert plain["places"][0]["municipality"] == "1880"
    assert known["id"] == 7
    assert known["text"] == "Mejla mig på [e-post]"
    assert known["redactions"] == ["e-post"]
    assert known["author"].startswith("p_")
    assert "text" in wrong["error"]
    assert empty["text"] == ""
    assert quoted["text"] == "en sträng"
    assert not run("search", "--json").rows


def test_topics_tells_what_a_file_of_topics_would_change(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hamnen.toml"
    file.write_text('[hamn]\nname = "Hamnen"\nseeds = { 3 = "gästhamn" }\n')
    rows = [post(1, "Gästhamnen är full igen"), post(2, "Vattenläcka!"), {"text": 5}]
    posts = "\n".join(map(json.dumps, rows)).encode()
    result = run("topics", str(file), "--json", stdin=posts)
    assert result.code == 1
    assert "3: text" in result.err
    assert "1 of 2 posts would get other topics" in result.err
    (change,) = result.rows
    assert (change["line"], change["id"]) == (1, "1")
    assert "hamn" in change["after"]
    assert "hamn" not in change["before"]
    told = run("topics", str(file), stdin=posts).out.decode()
    assert "Gästhamnen är full igen" in told
    assert "hamn                       0       1  +1" in told
    file.write_text("[hamn]\n")
    assert run("topics", str(file), stdin=posts).code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["search", "vatten ("], "^"),
        (["search", "okänt:värde"], "municipality"),
        (["search", "x", "--topic", "fel"], "vatten_avlopp"),
        (["search", "x", "--since", "igår"], "--since"),
        (["search", "x", "--since", "2025-02-30"], "is not a possible day"),
        (["search", "x", "--size", "0"], "--size"),
        (["import", "saknas.jsonl"], "saknas.jsonl"),
        (["import", "-", "--set", "fel=1"], "fel"),
        (["import", "-", "--set", "municipality"], "--set"),
        (["import", "-", "--map", "text=a", "--map", "text=b"], "'a'"),
        (["nonsens"], "nonsens"),
        (["alerts", "--topic", "vatten"], "vatten_avlopp"),
        (["import", "-", "--set", "municipality=Atlantis"], "Atlantis"),
        (["--config", "saknas.toml", "check"], "saknas.toml"),
    ],
)
def test_wrong_use_is_exit_2_with_a_message(run: Run, words: list[str], message: str) -> None:
    result = run(*words)
    assert result.code == 2
    assert message in result.err


@pytest.mark.parametrize(
    "command", ["search", "threads", "responses", "alerts", "counts", "coverage"]
)
def test_an_empty_store_is_told_with_where_it_is(run: Run, tmp_path: Path, command: str) -> None:
    result = run(command)
    assert result.code == 0
    assert f"there are no posts in {tmp_path / 'data'} yet" in result.err


def test_no_time_between_two_bounds_finds_nothing_and_is_said(run: Run) -> None:
    result = run("search", "--since", "2026-02-02", "--until", "2026-02-01")
    assert (result.code, result.out) == (0, b"")
    assert "no time lies between" in result.err


def test_nothing_refused_and_nothing_kept_are_told(run: Run) -> None:
    assert "nothing was refused" in run("rejected").err
    assert "no search is kept" in run("saved").err


def test_the_help_tells_of_every_command_in_whole_sentences(run: Run) -> None:
    commands = run("--help").out.partition(b"Commands:")[2]
    assert b"import" in commands
    assert b"..." not in commands


def test_what_is_no_index_and_no_log_is_told_and_no_mistake_of_ours(
    run: Run, tmp_path: Path
) -> None:
    assert run("import", "-", stdin=json.dumps(post(1, "Hej")).encode()).code == 0
    assert run("search").err == "1 of 1 posts\n"
    folder = tmp_path / "data"
    for journal in folder.glob("log.db-*"):
        journal.unlink()
    (folder / "log.db").write_text("inget " * 1_000)
    for meta in folder.glob("index*/meta.json"):
        meta.write_text("inget")
    for command, told in (("search", "cannot be read"), ("import", "cannot be opened")):
        result = run(command, *(["-"] if command == "import" else []))
        assert result.code == 3, result.err
        assert told in result.err


def test_a_column_that_no_row_has_is_told(run: Run) -> None:
    result = run("import", "-", "--map", "text=brev", stdin=json.dumps(post(1, "Hej")).encode())
    assert "no row has a column 'brev'" in result.err


def test_settings_name_what_is_wrong(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lyhord.toml").write_text('web_port = "hej"\nokand = 1\n')
    result = run("check")
    assert result.code == 2
    assert "web_port" in result.err
    assert "okand" in result.err


def test_check_on_a_fresh_folder(run: Run) -> None:
    result = run("check")
    assert result.code == 0, result.out
    assert b"FAIL" not in result.out


def test_what_csv_export_writes_csv_import_reads(run: Run) -> None:
    texts = ["=1+1", "-5", "@kommunen svara!", "'citat' här", "'=", "vanlig text"]
    assert run("import", "-", stdin=lines(*map(post, range(6), texts))).code == 0
    before = run("export").rows
    table = run("export", "--format", "csv").out
    cells = [row["text"] for row in csv.DictReader(io.StringIO(table.decode(), newline=""))]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    again = run("import", "-", "--format", "csv", stdin=table)
    assert again.code == 0
    assert "not read" not in again.err
    assert run("export").rows == before


def test_export_writes_a_workbook(run: Run) -> None:
    assert run("import", "-", stdin=lines(post(1, "=1+1"), post(2, "vanlig text"))).code == 0
    book = openpyxl.load_workbook(io.BytesIO(run("export", "*", "--format", "xlsx").out))
    header, *rows = book["Inlägg"].iter_rows(values_only=True)
    assert {row[header.index("text")] for row in rows} == {"=1+1", "vanlig text"}
    about = dict(book["Om urvalet"].iter_rows(values_only=True))
    assert about["Fråga"] == "*"
    assert about["Antal inlägg"] == "2"


def test_a_search_is_kept_and_narrowed(run: Run) -> None:
    run(
        "import",
        "-",
        stdin=lines(post(1, "hål i vägen"), post(2, "fin väg"), post(3, "hål i isen")),
    )
    assert run("save", "hål", "hål OR grop", "--municipality", "Örebro").code == 0
    assert len(run("search", "--saved", "hål", "--json").rows) == 2
    assert [row["id"] for row in run("search", "väg", "--saved", "hål", "--json").rows] == [
        "forum:1"
    ]
    assert run("counts", "--saved", "hål", "--municipality", "Karlstad", "--json").rows == []
    assert run("saved", "--json").rows == [
        {"name": "hål", "query": "hål OR grop", "municipality": ["Örebro"]}
    ]
    assert "hål" in run("search", "--saved", "gropar").err
    assert run("save", "trasig", "(hål").code == 2
    assert run("save", "hål", "--remove").code == 0
    assert run("saved", "--json").rows == []


def test_what_a_selection_is_can_be_told(run: Run) -> None:
    posts = [post(n, f"Vattenläckan är inte lagad {n}") for n in range(20)]
    posts += [post(n, f"Bussen är inte i tid {n}") for n in range(20, 90)]
    assert run("import", "-", stdin=lines(*posts)).code == 0
    assert "vattenläcka" in [row["term"] for row in run("terms", "vattenläcka", "--json").rows]
    assert len(run("similar", "forum:1", "--size", "3", "--json").rows) == 3
    assert run("similar", "forum:99").code == 2
    folded = run("search", "bussen", "--size", "50", "--fold", "--json").rows
    assert sum(1 + len(row["copies"]) for row in folded) == 50
    sample = list(
        csv.DictReader(io.StringIO(run("sample", "--size", "9").out.decode(), newline=""))
    )
    assert len(sample) == 9
    assert sample[0]["coded"] == ""
    [total, *_] = run("counts", "--by", "source", "--then-by", "lang", "--json").rows
    assert (total["value"], total["count"]) == ("forum", 90)


def test_a_source_that_fell_silent_is_told_beside_a_series(run: Run) -> None:
    days = [day for day in range(60) if not 40 <= day < 50]
    start = datetime(2026, 1, 5, 12, tzinfo=UTC)
    posts = [
        post(10 * day + n, "snö")
        | {"created_at": (start + timedelta(days=day, minutes=n)).isoformat()}
        for day in days
        for n in range(6)
    ]
    assert run("import", "-", stdin=lines(*posts)).code == 0
    [told] = run("coverage", "--json").rows
    assert (told["source"], told["posts"], told["first"]) == ("forum", 300, "2026-01-05")
    assert told["silences"] == [{"first": "2026-02-14", "last": "2026-02-23", "expected": 60.0}]
    assert "forum: no post 2026-02-14 – 2026-02-23" in run("counts", "snö").err
    assert run("sources", "--json").rows == []


def test_threads_tell_who_waits(run: Run) -> None:
    answer = post(2, "Hej! Badet öppnar i juni.") | {
        "in_reply_to": "1",
        "author_role": "municipality",
        "created_at": "2026-03-02T08:30:00Z",
    }
    question = post(1, "När öppnar badet?") | {"created_at": "2026-02-27T15:30:00Z"}
    assert run("import", "-", stdin=lines(answer, question)).code == 0
    assert run("threads", "--json").rows == [
        {
            "thread_id": "forum:1",
            "municipality": "1880",
            "status": "answered",
            "opened_at": "2026-02-27T15:30:00Z",
            "posts": 2,
            "waiting_since": None,
            "first_response_at": "2026-03-02T08:30:00Z",
            "first_response_seconds": 234_000,
            "first_response_office_seconds": 7_200,
            "topic": "kultur_fritid",
            "last_at": "2026-03-02T08:30:00Z",
        }
    ]
    then = run("threads", "--now", "2026-03-01", "--status", "unanswered")
    assert b"forum:1" in then.out
    assert "1 of them wait" in then.err
    assert run("threads", "--municipality", "Karlstad", "--json").rows == []
    assert run("threads", "--municipality", "Ankeborg").code == 2


def test_a_file_has_one_name_however_it_is_reached(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "in.jsonl").write_bytes(b'{"x": 1}\n')
    run("import", "in.jsonl", "sub/../in.jsonl")
    run("import", "../in.jsonl", cwd=tmp_path / "sub")
    assert [row["file"] for row in run("rejected", "--json").rows] == [str(tmp_path / "in.jsonl")]


def test_a_query_may_begin_with_a_minus(run: Run) -> None:
    run("import", "-", stdin=lines(post(1, "hål i vägen"), post(2, "fin väg")))
    assert [row["id"] for row in run("search", "-hål", "--json").rows] == ["forum:2"]
    assert [row["id"] for row in run("export", "-id:2").rows] == ["forum:1"]
    assert run("search", "-h").out.startswith(b"Usage")
    assert run("search", "--hål").code == 2


def test_a_pipe_can_be_imported(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with subprocess.Popen(["cp", "/dev/stdin", str(pipe)], stdin=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        writer.stdin.write(lines(post(1, "hej")))
        writer.stdin.close()
        assert run("import", str(pipe)).code == 0
    assert len(run("search", "--json").rows) == 1


def start(data: Path, *words: str, **streams: Any) -> "subprocess.Popen[bytes]":
    program = [sys.executable, "-c", "from services.cli import main; main()"]
    environment = {**os.environ, "LYHORD_DATA": str(data), "LYHORD_WORKERS": "1"}
    return subprocess.Popen([*program, *words], env=environment, start_new_session=True, **streams)


def test_a_reader_that_goes_away_is_no_mistake(run: Run, tmp_path: Path) -> None:
    run("import", "-", stdin=lines(*(post(number, "hej") for number in range(300))))
    for words in (
        ["export"],
        ["search", "--size", "300"],
        ["export", "--format", "csv"],
        ["check"],
    ):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with start(tmp_path / "data", *words, **streams) as program:
            assert program.stdout is not None
            assert program.stderr is not None
            program.stdout.close()
            assert program.stderr.read() == b""
        assert program.returncode == 0


@pytest.mark.parametrize("rows", [0, 1])
def test_ctrl_c_ends_an_import_without_a_traceback(tmp_path: Path, rows: int) -> None:
    streams = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(tmp_path / "data", "import", "-", **streams) as program:
        assert program.stdin is not None
        assert program.stderr is not None
        program.stdin.write(rows * lines(*(post(number, "hej") for number in range(500))))
        program.stdin.flush()
        # The key is the first thing that an import makes; its processes are starting then.
        while not (tmp_path / "data" / "pseudonym.key").exists():
            assert program.poll() is None
        os.killpg(program.pid, signal.SIGINT)
        told = program.stderr.read().decode()
    assert program.returncode == 130
    assert told.strip() == "lyhord: interrupted"


def test_a_place_may_be_typed_in_any_unicode_form(run: Run) -> None:
    run("import", "-", stdin=lines(post(1, "Vattenläcka i Örebro!")))
    assert len(run("search", "--place", "O\u0308rebro", "--json").rows) == 1
    assert run("search", "--place", os.fsdecode(b"\xff"), "--json").rows == []


def test_a_terminal_without_emoji_is_no_mistake(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("import", "-", stdin=lines(post(1, "Så arg 😡")))
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    assert "Så arg ?".encode("latin-1") in run("search").out


def test_rules_are_tried_kept_and_forgotten_and_alerts_handled(run: Run, tmp_path: Path) -> None:
    row = post(1, "När lagas gatlyktan på Storgatan?", created_at="2026-03-02T08:00:00Z")
    assert run("import", "-", stdin=lines(row)).code == 0
    file = tmp_path / "regler.toml"
    file.write_text('[[rules]]\nname = "kö"\nmethod = "queue"\npromise = 9\n', encoding="utf-8")
    tried = run("rules", "--try", "regler.toml", "--now", "2026-04-01")
    assert tried.code == 0, tried.err
    assert b"fired once in the last 90 days\n    2026-03-03T08:05:00Z" in tried.out
    [trial] = run("rules", "--try", "regler.toml", "--now", "2026-04-01", "--json").rows
    assert (trial["count"], trial["alerts"][0]["posts"]) == (1, ["forum:1"])

    assert run("rules", "--add", "regler.toml").code == 0
    assert [each["name"] for each in run("rules", "--json").rows] == ["volym", "kö"]
    assert run("rules", "--remove", "kö").code == 0
    assert run("rules", "--remove", "kö").code == 2
    assert run("rules", "--add", "saknas.toml").code == 2

    who = ("--who", "jouren")
    assert run("handle", "r_1", "--acknowledge", "--comment", "på väg", *who).code == 0
    assert run("handle", "r_1", "--mute", "2026-05-01", *who).code == 2
    assert run("handle", "r_1", "--mute", "2026-05-01", *who, "--rule", "kö").code == 0
    assert run("handle", "r_1", "--acknowledge").code == 2
    done = run("handle", "--list", "--json").rows
    assert [each["action"] for each in done] == ["acknowledge", "comment", "mute"]
