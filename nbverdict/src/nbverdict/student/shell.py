"""An IPython shell without terminal, history or kernel: a list of outputs for each cell.

It is made once, in the fork server, before any submission; each student's process gets
its own copy by the fork.
"""

import linecache
import sys
import traceback
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nbverdict.settings import Settings
from nbverdict.wire.fields import MAX_OUTPUTS


class Outputs:
    """What a cell has shown so far, as nbformat's output dictionaries.

    Parameters
    ----------
    settings : Settings
        How much is kept.
    """

    def __init__(self, settings: Settings):
        self.items: list[dict[str, Any]] = []
        self._room = settings.output
        self._pictures = settings.pictures

    def text(self, name: str, text: str) -> None:
        """Add to a stream; what is over the limit is cut.

        Parameters
        ----------
        name : str
            "stdout" or "stderr".
        text : str
        """
        if self._room <= 0:
            return
        text = str.__str__(text)[: self._room]
        self._room -= len(text)
        if self._room <= 0:
            text += "\n... output cut here ...\n"
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.items.append({"output_type": "stream", "name": name, "text": text})

    def data(self, kind: str, data: dict, **more) -> None:
        """Add a rich result: its plain text and its picture.

        Parameters
        ----------
        kind : str
            "display_data" or "execute_result".
        data : dict
            Its forms by MIME type.
        **more
            Further fields of the output.
        """
        kept = {}
        for mime in ("text/plain", "image/png", "image/jpeg"):
            value = data.get(mime)
            if isinstance(value, bytes):
                import base64

                value = base64.b64encode(value).decode()
            if type(value) is not str:
                continue
            if mime == "text/plain":
                value = value[: max(0, self._room)]
                self._room -= len(value)
            elif len(value) > self._pictures:
                continue
            else:
                self._pictures -= len(value)
            kept[mime] = value
        if len(self.items) < MAX_OUTPUTS:
            self.items.append({"output_type": kind, "data": kept, "metadata": {}, **more})

    def error(self, name: str, value: str, lines: list[str]) -> None:
        """Add a traceback.

        Parameters
        ----------
        name, value : str
            Name and text of the exception.
        lines : list of str
            Of the traceback: the first and the last ones are kept.
        """
        lines = [line[:4000] for line in lines[:20] + (lines[-20:] if len(lines) > 20 else [])]
        self.items.append(
            {"output_type": "error", "ename": name, "evalue": value[:2000], "traceback": lines}
        )


class Stream:
    """A text file that writes to the outputs of the running cell."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, shell, name: str):
        self._shell, self.name = shell, f"<{name}>"
        self._kind = name

    def write(self, text: str) -> int:
        """Write text; return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.text(self._kind, text)
        return len(text)

    def writelines(self, lines) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def isatty(self) -> bool:
        """Return False."""
        return False

    def readable(self) -> bool:
        """Return False."""
        return False

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that programs started by the notebook write to."""
        return 1 if self._kind == "stdout" else 2


class _Publisher(DisplayPublisher):
    shell: Any

    def publish(self, data, metadata=None, source=None, **kwargs):
        self.shell.outputs.data("display_data", data)

    def clear_output(self, wait=False):
        self.shell.outputs.items.clear()


class _Hook(DisplayHook):
    shell: Any

    def start_displayhook(self):
        pass

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        count = self.shell.execution_count
        self.shell.outputs.data("execute_result", format_dict, execution_count=count)

    def finish_displayhook(self):
        pass


class Shell(InteractiveShell):
    """IPython's shell with captured outputs.

    Attributes
    ----------
    settings : Settings
        How much output is kept. Made before any submission, it gets theirs with the fork.
    outputs : Outputs
        Of the cell or call that runs.
    """

    def __init__(self, **kwargs):
        self.settings = Settings()
        self.outputs = Outputs(self.settings)
        super().__init__(
            display_pub_class=_Publisher, displayhook_class=_Hook, config=_config(), **kwargs
        )

    # A program of a cell writes to descriptors 1 and 2; a terminal is not there.
    system = InteractiveShell.system_raw

    def enable_gui(self, gui=None):
        """Do nothing: there is no window system."""

    def ask_exit(self):
        """Do nothing: the cell ends, the notebook goes on."""

    def _showtraceback(self, etype, evalue, stb):
        try:
            text = str(evalue)
        except BaseException:
            text = "(its text could not be made)"
        self.outputs.error(str(etype.__name__), text, list(stb))

    def show_usage(self):
        """Do nothing: there is no pager."""

    def run(self, source: str, count: int) -> list[dict]:
        """Run one cell; return its outputs.

        Parameters
        ----------
        source : str
        count : int
            Its execution count.
        """
        self.outputs = Outputs(self.settings)
        self.execution_count = count
        try:
            self.run_cell(source, store_history=True)
        except BaseException as raised:  # IPython's own machinery, bent by the student
            lines = traceback.format_exception_only(raised)
            self.outputs.error(type(raised).__name__, str(raised), lines)
        return self.outputs.items

    def run_test(self, source: str) -> tuple[list[dict], str, str | None]:
        """Run a test cell; return its outputs, its error in one line, and its value as text.

        It leaves no trace in the history: later cells do not find its source there.

        Parameters
        ----------
        source : str
        """
        self.outputs = Outputs(self.settings)
        files = set(linecache.cache)
        done = self.run_cell(source, store_history=False)
        for file in set(linecache.cache) - files:
            del linecache.cache[file]
        error = done.error_before_exec or done.error_in_exec
        lines = traceback.format_exception_only(error) if error else []
        value = getattr(done, "result", None)
        return self.outputs.items, "".join(lines)[:2000].strip(), _repr(value)

    def take_over_streams(self) -> None:
        """Make print and warnings write to the outputs."""
        sys.stdout, sys.stderr = Stream(self, "stdout"), Stream(self, "stderr")


def _repr(value: Any) -> str | None:
    return None if value is None else repr(value)


def _config() -> Config:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    return config


def make() -> Shell:
    """Return the shell, ready to be forked."""
    shell = Shell.instance()
    shell.run("1 + 1", 0)  # first use loads what it loads lazily
    shell.user_ns.pop("_", None)
    shell.outputs = Outputs(shell.settings)
    return shell
