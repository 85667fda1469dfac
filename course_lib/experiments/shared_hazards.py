"""What goes wrong with shared memory, each in a process that may die alone."""

import os
import time
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.shared_memory import SharedMemory

from course_lib import child
from course_lib.experiments.shared_memory import Offer, SharedArray, open_block, segments

PREFIX = "hazard07"

# What a child that is a copy of its parent would see changed.
_setting = 0


def inherited() -> dict[str, int]:
    """Set a module's variable to 42, start a child in every way, return what the child sees.

    Call it in a fresh process (`course_lib.child.run`): a fork of a notebook copies its
    threads' locks too.
    """
    global _setting
    _setting = 42
    return {method: _ask(method) for method in get_all_start_methods()}


def _ask(method: str) -> int:
    context = get_context(method)
    answers = context.Queue()
    process = context.Process(target=_tell_setting, args=(answers,))
    process.start()
    seen = answers.get()
    process.join()
    return seen


def _tell_setting(answers) -> None:
    answers.put(_setting)


def leak(how: str = "exit") -> list[str]:
    """Make a block and never unlink it; end normally, or by SIGKILL.

    Parameters
    ----------
    how : {"exit", "kill"}
        How this process ends.

    Returns
    -------
    list of str
        The blocks that existed just before the end, if it lives to tell.
    """
    block = SharedMemory(f"{PREFIX}-leak-{os.getpid()}", create=True, size=4096)
    print(block.name, flush=True)
    if how == "kill":
        os.kill(os.getpid(), 9)
    block.close()
    return _existing([block.name])


def visited_by_stranger(polite: bool) -> list[str]:
    """Let an unrelated process attach to a block and end; return the blocks that are left.

    Parameters
    ----------
    polite : bool
        True if the stranger keeps its resource tracker out of it.
    """
    block = SharedMemory(f"{PREFIX}-visit-{os.getpid()}", create=True, size=4096)
    child.run(_visit, block.name, polite)
    left = _existing([block.name])
    block.close()
    if left:
        block.unlink()
    return left


def _visit(name: str, polite: bool) -> None:
    open_block(name, stranger=polite).close()


def pool_without_unlink(n: int, method: str = "spawn") -> list[str]:
    """Make `n` blocks with Pool.map, as many a listing does; return those left after the pool.

    Parameters
    ----------
    n : int
        How many blocks.
    method : str
        How the workers start. Call it in a fresh process: where a resource tracker runs
        already, forked workers share it.
    """
    with get_context(method).Pool(2) as pool:
        names = pool.map(_make_block, range(n))
        pool.close()
        pool.join()
    # A forked worker has a tracker of its own, which cleans up shortly after it has ended.
    until = time.monotonic() + (10 if method == "fork" else 0)
    while (left := _existing(names)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _make_block(number: int) -> str:
    block = SharedMemory(f"{PREFIX}-pool{number}-{os.getpid()}", create=True, size=4096)
    block.close()
    return block.name


def share_of_sum(task: tuple[Offer, int, int]) -> int:
    """Add up rows `start` to `stop` of a shared array: the right work for ``Pool.map``."""
    offer, start, stop = task
    with SharedArray.attach(offer) as shared:
        return int(shared.array[start:stop].sum())


def send_sum(connection, offer: Offer, dies: bool = False) -> None:
    """Add up a shared array and send the sum; or die before the answer."""
    if dies:
        os._exit(1)
    with SharedArray.attach(offer) as shared:
        connection.send(int(shared.array.sum()))
    connection.close()


def crossed_answers() -> dict[str, str]:
    """Let two workers wait for "done" on one queue; return who took the answer meant for B.

    Worker B is busy when the answer to it arrives, which is all that it takes.
    """
    context = get_context("spawn")
    offers, answers, b_is_busy = context.Queue(), context.Queue(), context.Event()
    workers = {
        "A": context.Process(target=_offer_and_wait, args=("A", offers, answers, None)),
        "B": context.Process(target=_offer_and_wait, args=("B", offers, answers, b_is_busy)),
    }
    for worker in workers.values():
        worker.start()
    names = dict(offers.get() for _ in workers)
    open_block(names["B"]).close()  # the parent reads the block of B
    answers.put("done")  # and tells B
    workers["A"].join()
    story = {"answer meant for": "B", "taken by": "A"}
    try:
        open_block(names["A"]).close()
        story["then reading A"] = "works"
    except FileNotFoundError:
        story["then reading A"] = "FileNotFoundError"
    answers.put("done")
    b_is_busy.set()
    workers["B"].join()
    return story


def _offer_and_wait(who: str, offers, answers, busy) -> None:
    block = SharedMemory(f"{PREFIX}-{who}-{os.getpid()}", create=True, size=4096)
    offers.put((who, block.name))
    if busy is not None:
        busy.wait()
    answers.get()
    block.close()
    block.unlink()


def _existing(names: list[str]) -> list[str]:
    found = segments("")
    return names if found is None else [name for name in names if name in found]
