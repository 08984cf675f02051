"""What surrounds a command: streams, widths and signals."""

import io
import os
import signal
import threading

import pytest

from stationsim import terminal


class Stream(io.StringIO):
    def __init__(self, encoding="utf-8", tty=False):
        super().__init__()
        self._encoding, self.tty = encoding, tty

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self.tty


def test_json_uses_letters_that_the_stream_knows():
    assert "济" in terminal.json_text({"name": "济"}, Stream())
    assert terminal.json_text({"name": "济"}, Stream("ascii")).isascii()
    assert terminal.json_text({}, None) == '{"schema": "stationsim-cli/1"}'


@pytest.mark.parametrize(("columns", "width"), [(None, 100), ("40", 40), ("wide", 100)])
def test_width_where_there_is_no_terminal(monkeypatch, columns, width):
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert terminal.console().width == width


@pytest.mark.parametrize(
    ("tty", "term", "wanted", "shown"),
    [
        (True, "xterm", True, True),
        (True, "dumb", True, False),
        (False, "xterm", True, False),
        (True, "xterm", False, False),
    ],
)
def test_progress_is_for_terminals(monkeypatch, tty, term, wanted, shown):
    stream = Stream(tty=tty)
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with terminal.progress_bar(wanted) as progress:
        assert (progress is not None) == shown
        if progress is not None:
            progress(1, 2)
    assert ("day 1 of 2" in stream.getvalue()) == shown


def test_no_stream_at_all(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    monkeypatch.setattr("sys.stdout", None)
    assert terminal.guarded(lambda: None, ()) == 0
    with terminal.progress_bar(True) as progress:
        assert progress is None


def test_signals_are_handled_within_and_as_before_outside():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(terminal.Signalled) as raised, terminal.leaving_on_signals():
        os.kill(os.getpid(), signal.SIGTERM)
    assert raised.value.exit_code == 143
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_compiled_code_turns_into_another_error_is_still_one(capsys):
    def initialise():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except terminal.Signalled as signalled:
            raise ImportError("initialization failed") from signalled

    assert terminal.guarded(initialise, ()) == 143
    assert capsys.readouterr().err.startswith("interrupted")


def test_an_ignored_interrupt_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with terminal.leaving_on_signals():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_leave_signals_alone():
    codes = []
    thread = threading.Thread(target=lambda: codes.append(terminal.guarded(lambda: 3, ())))
    thread.start()
    thread.join()
    assert codes == [3]


def test_a_log_that_cannot_be_written_is_said(monkeypatch, capsys, tmp_path):
    def fail():
        raise RuntimeError("broken")

    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "none"))
    monkeypatch.setattr(terminal, "LOG", "no/such/log.txt")
    monkeypatch.chdir(tmp_path)
    assert terminal.guarded(fail, ()) == 1
    assert "RuntimeError: broken; it could not be logged" in capsys.readouterr().err
