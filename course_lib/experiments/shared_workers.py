"""What the processes of lesson 07 run: a fresh process imports its function from a module."""

import os
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from course_lib.experiments.shared_memory import left_of

# What a child that is a copy of its parent would see changed.
setting = 0


def send_sum(values, connection) -> None:
    """Add up an array, and send the sum through this worker's end of a pipe."""
    connection.send(int(values.sum()))
    connection.close()


def die(connection) -> None:
    """End at once, without an answer and without cleaning up."""
    os._exit(1)


def sum_in_block(name, shape, dtype, connection) -> None:
    """Attach to a block, add up the array in it, and send the sum."""
    block = SharedMemory(name)
    array = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(int(array.sum()))
    del array
    block.close()


def share_of_sum(task) -> int:
    """Add up some rows of a table in a block: the right work for ``Pool.map``."""
    name, shape, dtype, start, stop = task
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    total = int(table[start:stop].sum())
    del table
    block.close()
    return total


def make_block(number) -> str:
    """Make a block, close it, and return its name; nobody unlinks it."""
    block = SharedMemory(create=True, size=4096)
    block.close()
    return block.name


def pool_of_makers(method) -> list[str] | None:
    """Let a pool make three blocks, as many a listing does; return those that are left after it."""
    with get_context(method).Pool(2) as pool:
        names = pool.map(make_block, range(3))
        pool.close()
        pool.join()
    return left_of(names, patience=10 if method == "fork" else 0)


def tell_setting(connection) -> None:
    """Send what this process sees in the variable of this module."""
    connection.send(setting)


def inherited() -> dict[str, int]:
    """Set the variable to 42, start a child in every way, return what the child sees."""
    global setting
    setting = 42
    return {method: ask(method) for method in get_all_start_methods()}


def ask(method) -> int:
    """Start a child that tells what it sees."""
    ours, theirs = get_context(method).Pipe(duplex=False)
    child = get_context(method).Process(target=tell_setting, args=(theirs,))
    child.start()
    theirs.close()
    with ours:
        seen = ours.recv()
    child.join()
    return seen
